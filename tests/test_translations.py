"""Every sentence is translated into every language, with its numbers and names, and no unused one is left."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polib
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtQml import QJSEngine
from PySide6.QtWidgets import QApplication

from shared import catalogue, customer_sentences
from shared.catalogue import translate
from shared.hall import errors
from shared.ui.qt_translations import ScreenLanguage, locale_of

HOUSE = Path(__file__).parent.parent
LANGUAGES = ("ar", "de", "en", "ru")
NUMBERS = range(201)

FOR_PROGRAMS = {
    "request_parsing.py",
    "json_codec.py",
    "routes.py",
    "customer_site.py",
    "customer_pages.py",
    "openapi.py",
    "server.py",
    "security_middleware.py",
    "metrics.py",
    "device_request_bodies.py",
}
"""Where refusals go to programs, or are worded by the page that shows them."""

FAILURES = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.Failure)}
NOT_ON_SCREEN = {"Malformed", "Unfit"}
ON_BEHALF = {"_require": 1, "_at_most": 3, "require_name": 1, "Gap": 1, "_find": 3, "TextFormat": 2}
"""Functions that raise a refusal for others, and which of their arguments is the sentence."""


# ── what is said ──


@cache
def said() -> dict[str, bool]:
    """Every sentence in the code, and whether it has a plural."""
    return dict([*_in_qml(), *_in_python(), *_on_pages(), *_by_the_hall(), *_about_opening()])


def _files(ending: str, *rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((HOUSE / room).rglob(f"*.{ending}"))


def _in_qml() -> Iterator[tuple[str, bool]]:
    for file in _files("qml", "kiosk", "display", "resources/qml"):
        for literal, number in re.findall(r'\bqsTr\(("(?:[^"\\]|\\.)*")(\s*,\s*""\s*,)?', file.read_text("utf-8")):
            yield json.loads(literal), bool(number)


def _on_pages() -> Iterator[tuple[str, bool]]:
    for file in _files("html", "resources/web/templates"):
        for literal, number in re.findall(r'\bt\(("(?:[^"\\]|\\.)*")(\s*,)?', file.read_text("utf-8")):
            yield json.loads(literal), bool(number)


def _calls(*rooms: str) -> Iterator[tuple[Path, str, ast.Call]]:
    for file in _files("py", *rooms):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield file, getattr(node.func, "attr", getattr(node.func, "id", "")), node


def _in_python() -> Iterator[tuple[str, bool]]:
    """``tr(sentence, note, n)``, ``translate(context, sentence, note, n)`` and ``translate(language, sentence, n)``."""
    for _, name, call in _calls("kiosk", "display", "console", "shared/ui", "shared/voice"):
        place = {"tr": 0, "translate": 1}.get(name, len(call.args))
        for sentence in _literals(call.args[place : place + 1]):
            yield sentence, len(call.args) == place + 3 or "%n" in sentence


def _about_opening() -> Iterator[tuple[str, bool]]:
    """Sentences that kiosk and pages share: in calls of ``translate``, and in tables of sentences."""
    for node in ast.walk(ast.parse(Path(customer_sentences.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "translate":
            yield from ((sentence, False) for sentence in _literals(node.args[1:2]))
    for name, value in vars(customer_sentences).items():
        if name.isupper() and isinstance(value, (str, tuple)):
            yield from ((sentence, "%n" in sentence) for sentence in ([value] if isinstance(value, str) else value))


def _by_the_hall() -> Iterator[tuple[str, bool]]:
    """Refusals that a person can meet, with blanks for labels and names."""
    for file, name, call in _calls(
        "shared/hall", "shared/requests", "shared/set_up_file", "shared/link", "shared/backend", "shared/ui"
    ):
        place = 0 if name in FAILURES - NOT_ON_SCREEN else ON_BEHALF.get(name, len(call.args))
        if file.name not in FOR_PROGRAMS:
            for sentence in _literals(call.args[place : place + 1]):
                yield sentence, False


def _literals(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from _literals([node.body, node.orelse])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


# ── every catalogue has it ──


@cache
def written(language: str) -> dict[str, polib.POEntry]:
    file = polib.pofile(str(HOUSE / "resources" / "translations" / f"{language}.po"))
    return {entry.msgid: entry for entry in file}


def forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def names(text: str) -> set[str]:
    """The placeholders of a sentence, without ``%n``."""
    return set(re.findall(r"\{\w*\}|%\d", text))


def test_the_kiosk_speaks_four_languages() -> None:
    assert tuple(catalogue.languages()) == LANGUAGES


def test_the_sentences_are_found() -> None:
    assert said()["%n people wait"], "a plural of the kiosk, the display and the pages"
    assert not said()["Please try again"], "a sentence of the kiosk"
    assert {"Finish and call next", "Which ticket do you need?", "Welcome to %1"} <= said().keys()
    assert {"Only an active service point can pause.", "A service needs a name."} <= said().keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    missing = sorted(said().keys() - written(language).keys())
    empty = sorted(sentence for sentence, entry in written(language).items() if not all(forms(entry)))
    assert not missing
    assert not empty


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    left = sorted(written(language).keys() - said().keys())
    unsure = [entry.msgid for entry in written(language).values() if entry.obsolete or entry.fuzzy]
    assert not left + unsure


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_in_order_and_has_each_sentence_once(language: str) -> None:
    file = polib.pofile(str(HOUSE / "resources" / "translations" / f"{language}.po"))
    sentences = [entry.msgid for entry in file]
    assert sentences == sorted(set(sentences))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_with_a_number_has_every_form_of_its_language(language: str) -> None:
    count = {"ar": 6, "de": 2, "en": 2, "ru": 3}[language]
    for sentence, entry in written(language).items():
        assert len(entry.msgstr_plural) == (count if said()[sentence] else 0), sentence
        assert entry.msgid_plural == (sentence if said()[sentence] else ""), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_numbers_stay_in_a_translation(language: str) -> None:
    different = [
        form for sentence, entry in written(language).items() for form in forms(entry) if names(form) != names(sentence)
    ]
    assert not different


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_for_several_numbers_shows_its_number(language: str) -> None:
    for sentence in (sentence for sentence, counted in said().items() if counted):
        chosen = [catalogue.catalogue(language).ngettext(sentence, sentence, number) for number in NUMBERS]
        silent = {form for form in chosen if "%n" not in form and chosen.count(form) > 1}
        assert not silent


@pytest.mark.parametrize("language", ["ar", "de", "ru"])
def test_no_sentence_was_left_in_english(language: str) -> None:
    same_in_both = {
        "{0}: {1}",
        "Kiosk",
        "Name",
        "Pause",
        "Version",
        " min",
        " s",
        "{0} min",
        "{0} h {1} min",
        "{0}, in {1}",
    }
    left = [sentence for sentence, entry in written(language).items() if sentence in forms(entry)]
    assert set(left) <= same_in_both


# ── the right form is said ──

ONE = "%n people wait"
RUSSIAN = {
    0: "Ждут 0 человек",
    1: "Ждёт 1 человек",
    2: "Ждут 2 человека",
    3: "Ждут 3 человека",
    5: "Ждут 5 человек",
    11: "Ждут 11 человек",
    21: "Ждёт 21 человек",
    100: "Ждут 100 человек",
}
ARABIC = {
    0: "لا أحد ينتظر",
    1: "شخص واحد ينتظر",
    2: "شخصان ينتظران",
    3: "3 أشخاص ينتظرون",
    5: "5 أشخاص ينتظرون",
    11: "11 شخصًا ينتظرون",
    21: "21 شخصًا ينتظرون",
    100: "100 شخص ينتظرون",
}
ENGLISH = {0: "0 people wait", 1: "1 person waits", 2: "2 people wait", 21: "21 people wait"}
GERMAN = {0: "0 Personen warten", 1: "1 Person wartet", 2: "2 Personen warten", 21: "21 Personen warten"}
CASES = [
    (language, number, words)
    for language, forms_of in (("ru", RUSSIAN), ("ar", ARABIC), ("en", ENGLISH), ("de", GERMAN))
    for number, words in forms_of.items()
]


@pytest.mark.parametrize(("language", "number", "words"), CASES)
def test_a_number_is_said_in_its_form_on_pages_and_in_windows(
    qapp: QApplication, language: str, number: int, words: str
) -> None:
    assert translate(language, ONE, number) == words
    with_tongue = _Speaking(language)
    assert QCoreApplication.translate("menu", ONE, None, number) == words
    assert with_tongue.in_qml(f'qsTr("{ONE}", "", {number})') == words
    with_tongue.hush()


def test_a_window_speaks_the_language_it_is_told(qapp: QApplication) -> None:
    german = _Speaking("de")
    assert german.in_qml('qsTr("Back")') == "Zurück"
    assert QCoreApplication.translate("Refusals", "Sign in first.") == "Bitte melden Sie sich zuerst an."
    assert QCoreApplication.translate("Refusals", "Nobody has ever said this.") == "Nobody has ever said this."
    german.hush()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_said_stays_nothing(qapp: QApplication, language: str) -> None:
    """A catalogue keeps its own header under the empty sentence."""
    speaking = _Speaking(language)
    assert translate(language, "") == QCoreApplication.translate("Refusals", "") == ""
    speaking.hush()


@pytest.mark.parametrize("language", [*LANGUAGES, "ar-EG", "bn", "ckb", "fa", "mr", "my", "ne", "ps"])
def test_a_number_is_written_as_on_tickets_in_every_language(language: str) -> None:
    assert locale_of(language).toString(2042).replace(".", "").replace(",", "").replace("\xa0", "") == "2042"


def test_a_language_of_one_country_is_that_language() -> None:
    assert translate("de-AT", "Back") == translate("DE-ch-1996", "Back") == "Zurück"
    assert translate("xx", ONE, 1) == "1 person waits"


class _Speaking:
    """A whole app that speaks a language until this is over."""

    def __init__(self, language: str) -> None:
        self.tongue = ScreenLanguage()
        self.tongue.speak(language)

    def in_qml(self, expression: str) -> str:
        engine = QJSEngine()
        engine.installExtensions(QJSEngine.Extension.TranslationExtension)
        answer: Any = engine.evaluate(expression)  # the stub tells of a tuple
        return str(answer.toString())

    def hush(self) -> None:
        self.tongue.hush()
