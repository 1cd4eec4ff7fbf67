"""Our catalogue as a Qt translator, so that ``qsTr`` in QML and ``tr`` in Python speak the chosen language."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from shared.catalogue import catalogue, languages, look_up, spoken
from shared.languages import best


class CatalogueTranslator(QTranslator):
    """Answers Qt from the gettext catalogue of one language. Qt itself puts the number in for ``%n``."""

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
        """Switch the whole app, our words to the first of these they are translated into; QML follows after
        ``engine.retranslate()``."""
        self.hush()
        self._translators = [CatalogueTranslator(spoken(language, others), self), _of_qt(language, self)]
        for translator in self._translators:
            QCoreApplication.installTranslator(translator)
        QLocale.setDefault(locale_of(language))

    def speak_as_the_machine(self) -> None:
        """The machine's own language: in English words, its plurals too, where nobody has translated ours."""
        language = best(QLocale.system().uiLanguages(), languages())
        self.speak(language or "en")
        if not language:
            QLocale.setDefault(QLocale.system())  # the hall's own names still stand in it

    def hush(self) -> None:
        """Back to the sentences as they are written."""
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
        self._translators = []
        QLocale.setDefault(QLocale.system())


def locale_of(language: str) -> QLocale:
    """How numbers are written in a language; always with the figures of labels and clocks, 0 to 9.

    Arabic is written with them in some countries; where no country does, they are written as in no language.
    """
    usual = QLocale(language)
    others = QLocale.matchingLocales(usual.language(), usual.script(), QLocale.Country.AnyCountry)
    return next((one for one in (usual, *others) if one.zeroDigit() == "0"), QLocale.c())


def _of_qt(language: str, parent: QObject) -> QTranslator:
    """Qt's own words, like those of a field's menu; none for a language Qt does not speak. It is asked first."""
    translator = QTranslator(parent)
    translator.load(QLocale(language), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator
