"""Our catalogue as a Qt translator, so that ``qsTr`` in QML and ``tr`` in Python speak the chosen language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QObject, QTranslator

from shared.catalogue import catalogue


class CatalogueTranslator(QTranslator):
    """Answers Qt from the gettext catalogue of one language. Qt itself puts the number in for ``%n``."""

    def __init__(self, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue(language)

    def isEmpty(self) -> bool:  # noqa: N802  # Qt's name
        return False

    def translate(self, context: str, sentence: str, disambiguation: str | None = None, n: int = -1) -> str:
        if n < 0:
            return self._catalogue.gettext(sentence)
        return self._catalogue.ngettext(sentence, sentence, n)


class Tongue(QObject):
    """The one language an app speaks at a time."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._translator: CatalogueTranslator | None = None

    def speak(self, language: str) -> None:
        """Switch the whole app; QML follows after ``engine.retranslate()``."""
        if self._translator:
            QCoreApplication.removeTranslator(self._translator)
        self._translator = CatalogueTranslator(language, self)
        QCoreApplication.installTranslator(self._translator)
        QLocale.setDefault(QLocale(language))
