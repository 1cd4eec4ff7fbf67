"""What is said when a customer is called: the number as people read it, then the point by its own name."""

from __future__ import annotations

from shared.catalogue import is_translated, spoken, translate
from shared.hall.field_types import Language, PointId, in_language
from shared.hall.hall import Hall
from shared.hall.values import Call
from shared.voice.letters_and_numbers import label_words, with_pause
from shared.voice.voice import Utterance, Word


def call_utterance(hall: Hall, call: Call, language: Language) -> Utterance:
    """*Number A 42. Room 3.* No preposition joins the two: a point's name can be inflected by nobody but its hall."""
    heading = (number_word(language),) if is_translated(language) else ()
    return Utterance(language, (*heading, *short_call_utterance(hall, call, language).words))


def short_call_utterance(hall: Hall, call: Call, language: Language) -> Utterance:
    """*A 42. Room 3.*, for the second language and for a backlog."""
    *words, last = label_words(call.label, language) or [Word("number.0", "0")]
    point = (point_word(hall, call.point, language),) if call.point in hall.points else ()
    return Utterance(language, (*words, with_pause(last), *point))


def several_calls_utterance(hall: Hall, language: Language) -> Utterance:
    """For a backlog too long to say: *Several numbers are called. Please look at the display.*

    In another language of the hall, or in English, where it is not translated into this one.
    """
    found = spoken(language, hall.settings.languages)
    return Utterance(found, several_words(found))


def number_word(language: Language) -> Word:
    return Word("sentence.number", translate(language, "Number"))


def several_words(language: Language) -> tuple[Word, ...]:
    return (
        Word("sentence.several", translate(language, "Several numbers are called.")),
        Word("sentence.look", translate(language, "Please look at the display.")),
    )


def point_word(hall: Hall, point: PointId, language: Language) -> Word:
    return Word(f"point.{point}", in_language(hall.point(point).name, language, hall.settings.languages))
