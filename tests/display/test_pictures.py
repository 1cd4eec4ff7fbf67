"""The default displays look as they did when somebody last looked at them; ``NOWSERVING_RENEW=1`` renews the pictures.

A picture is compared small and grey, so that another version of a font rasteriser makes no difference, and a part that
is missing, moved, cut or in another size does.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from shared.hall.display_values import DisplayLayout
from tests.display.pictures import SIZES, Pictured, display_of

REFERENCES = Path(__file__).parent / "reference"

SMALL = 96
"""Pixels of the longer side."""

USUAL, WORST = 2.0, 60
"""How far shades of grey (0 to 255) may be off: on average, and in one pixel."""

DEFAULTS = {
    "calls": Pictured(display=display_of(DisplayLayout.CALLS)),
    "calls-media": Pictured(display=display_of(DisplayLayout.CALLS_AND_MEDIA)),
    "calls-next": Pictured(display=display_of(DisplayLayout.CALLS_AND_NEXT)),
    "calls-waiting": Pictured(display=display_of(DisplayLayout.CALLS_AND_WAITING, "ar")),
    "calls-light": Pictured(display=display_of(DisplayLayout.CALLS, "ru", dark=False)),
    "portrait": Pictured(display=display_of(DisplayLayout.PORTRAIT), size=SIZES["upright"]),
}


def small(picture: QImage) -> QImage:
    size = picture.size().scaled(SMALL, SMALL, Qt.AspectRatioMode.KeepAspectRatio)
    smooth = Qt.TransformationMode.SmoothTransformation
    return picture.scaled(size, mode=smooth).convertToFormat(QImage.Format.Format_Grayscale8)


def shades(picture: QImage) -> list[int]:
    return [shade for y in range(picture.height()) for shade in bytes(picture.constScanLine(y))[: picture.width()]]


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_display_looks_as_in_its_reference_picture(qapp: QApplication, name: str, tmp_path: Path) -> None:
    picture, file = small(DEFAULTS[name].picture()), REFERENCES / f"{name}.png"
    if os.environ.get("NOWSERVING_RENEW"):
        picture.save(str(file))
    reference = QImage(str(file)).convertToFormat(QImage.Format.Format_Grayscale8)
    assert reference.size() == picture.size()
    off = [abs(one - other) for one, other in zip(shades(picture), shades(reference), strict=True)]
    picture.save(str(tmp_path / f"{name}.png"))
    assert sum(off) / len(off) < USUAL and max(off) < WORST, f"compare {tmp_path / name}.png with {file}"


def test_a_picture_with_a_call_less_is_another_one(qapp: QApplication) -> None:
    one, other = (
        shades(small(Pictured(display=display_of(DisplayLayout.CALLS), calls=calls).picture())) for calls in (5, 4)
    )
    assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > WORST
