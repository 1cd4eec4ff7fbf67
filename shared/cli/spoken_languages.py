"""What `nowserving check` says of voices: who says the calls of this machine's halls, in each of their languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.hall.errors import Unfit
from shared.hall.field_types import Language, in_language
from shared.hall.hall import Hall
from shared.languages import own_name
from shared.settings import Settings
from shared.voice.station_voice import AUTO, NONE, voice_of
from shared.voice.voice import SpeechError


def voices(chosen: Settings, halls: Iterable[Hall]) -> tuple[list[str], list[str]]:
    """Who speaks which language, and the faults: languages nobody speaks here. None of either without sound."""
    spoken: list[str] = []
    faults: list[str] = []
    if chosen.sound and chosen.voice != NONE:
        for hall in halls:
            _look_at(hall, chosen, spoken, faults)
    return spoken, faults


def _look_at(hall: Hall, chosen: Settings, spoken: list[str], faults: list[str]) -> None:
    name = in_language(hall.settings.name, hall.settings.languages[0]) or hall.id
    try:
        voice = voice_of(chosen, lambda: hall, lambda _: None)
    except Unfit as unfit:
        faults.append(unfit.detail)
        return
    for language in _said(hall):
        try:
            spoken.append(f"{name}: calls in {own_name(language)} are said by {voice.full_name(language)}.")
        except SpeechError as error:
            alone = "" if chosen.voice == AUTO else f" Only {chosen.voice} is asked: voice = {AUTO} asks all."
            faults.append(f"{name}: {error}{alone}")


def _said(hall: Hall) -> Iterator[Language]:
    """The languages some display of this hall speaks; a hall without displays of its own speaks all of its own."""
    speaking = [display.languages or hall.settings.languages for display in hall.displays.values() if display.speaks]
    several = speaking if hall.displays else [hall.settings.languages]
    if hall.settings.announce_times:
        yield from dict.fromkeys(language for languages in several for language in languages)
