"""Our catalogue as a Qt translator, so that ``qsTr`` in QML and ``tr`` in Python speak the chosen language."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from shared.catalogue import catalogue, languages, look_up, spoken
from shared.languages import best


class CatalogueTranslator(QTranslator):
    """Answers Qt from the gettext catalogue of one language. Qt itself replaces ``%n`` by the number."""

    def __init__(self, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue(language)

    def isEmpty(self) -> bool:  # noqa: N802  # Qt's name
        return False

    def translate(self, context: str, sentence: str, disambiguation: str | None = None, n: int = -1) -> str:
        return look_up(self._catalogue, sentence, None if n < 0 else n)


class ScreenLanguage(QObject):
    """The one language an app speaks at a time."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._translators: list[QTranslator] = []

    def speak(self, language: str, others: Iterable[str] = ()) -> None:
        """Switch the app to ``language``, and our texts to the first of it and ``others`` they are translated into. QML
        follows after ``engine.retranslate()``."""
        self.hush()
        self._translators = [CatalogueTranslator(spoken(language, others), self), _qt_translator(language, self)]
        for translator in self._translators:
            QCoreApplication.installTranslator(translator)
        QLocale.setDefault(locale_of(language))

    def speak_system_language(self) -> None:
        """Speak the machine's language, or English if our texts are not translated into it."""
        language = best(QLocale.system().uiLanguages(), languages())
        self.speak(language or "en")
        if not language:
            QLocale.setDefault(QLocale.system())  # the hall's own names are still shown in it

    def hush(self) -> None:
        """Take the translations out: the sentences are English again."""
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
        self._translators = []
        QLocale.setDefault(QLocale.system())


def locale_of(language: str) -> QLocale:
    """How numbers are written in a language, always with the digits of labels and clocks, 0 to 9.

    Some countries write Arabic with them; for a language no country writes with them it is the C locale.
    """
    usual = QLocale(language)
    others = QLocale.matchingLocales(usual.language(), usual.script(), QLocale.Country.AnyCountry)
    return next((one for one in (usual, *others) if one.zeroDigit() == "0"), QLocale.c())


def _qt_translator(language: str, parent: QObject) -> QTranslator:
    """Qt's own texts, such as a field's menu; empty for a language Qt lacks. Installed last, it is asked first."""
    translator = QTranslator(parent)
    translator.load(QLocale(language), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator
