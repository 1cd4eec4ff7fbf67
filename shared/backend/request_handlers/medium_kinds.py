"""Says whether bytes are the picture, the video or the recording they were sent as, and none too large to be shown."""

from __future__ import annotations

import io
import struct
import wave

from shared.hall.errors import Invalid, TooLarge
from shared.requests.media import CLIP_RATES, CLIP_SECONDS, LARGEST_SIDE, MediumKind

FRAMES_OF_JPEG = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers whose segments begin with the size of the picture."""


def require_kind(kind: MediumKind, head: bytes) -> None:
    """Raises Invalid if a medium that begins so is not of this kind, TooLarge for a picture of too many pixels."""
    if kind is MediumKind.PICTURE:
        _require_picture(head)
    if kind is MediumKind.VIDEO and not _is_video(head):
        raise Invalid("This is no video a display can play: choose an MP4 or WebM file.", field="content")


def _require_picture(head: bytes) -> None:
    try:
        width, height = _pixels(head)
    except (struct.error, IndexError):  # it ends before
        width = height = 0
    if not width or not height:
        raise Invalid("This is no picture a display can show: choose a PNG, JPEG, GIF or WebP file.", field="content")
    if max(width, height) > LARGEST_SIDE:
        raise TooLarge(
            "This picture is too large: it has {width} × {height} pixels, and may have at most {most} a side. "
            "Make it smaller, then try again.",
            width=str(width),
            height=str(height),
            most=str(LARGEST_SIDE),
        )


def _pixels(head: bytes) -> tuple[int, int]:
    """Width and height as the picture's own header says; 0 if it is none. Raises struct.error or IndexError."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return struct.unpack_from(">II", head, 16)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return struct.unpack_from("<HH", head, 6)
    if head.startswith(b"\xff\xd8\xff"):
        return _pixels_of_jpeg(head)
    if (head[:4], head[8:12]) == (b"RIFF", b"WEBP"):
        return _pixels_of_webp(head)
    return 0, 0


def _pixels_of_jpeg(head: bytes) -> tuple[int, int]:
    """From the first frame, behind what cameras write before it."""
    at = 2
    while head[at] == 0xFF:
        marker = head[at + 1]
        if marker in FRAMES_OF_JPEG:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack_from(">H", head, at + 2)[0]  # a second 0xFF only fills
    return 0, 0


def _pixels_of_webp(head: bytes) -> tuple[int, int]:
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            [bits] = struct.unpack_from("<I", head, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case _:
            return 0, 0


def _is_video(head: bytes) -> bool:
    is_mp4 = head[4:8] == b"ftyp" and head[8:12] != b"qt  "
    return is_mp4 or (head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64])


def require_clip(whole: bytes) -> None:
    """Raises Invalid unless this is a WAV file of the right length, with all its samples."""
    least, most = CLIP_RATES
    try:
        with wave.open(io.BytesIO(whole)) as clip:
            is_known = clip.getnchannels() <= 2 and least <= clip.getframerate() <= most
            frames = clip.readframes(clip.getnframes())
            seconds = len(frames) / (clip.getframerate() * clip.getnchannels() * clip.getsampwidth() or 1)
    except (wave.Error, EOFError, RuntimeError):  # RuntimeError: a chunk that ends after the file
        is_known, seconds = False, 0.0
    if not is_known:
        raise Invalid(
            "A recording is a WAV file (PCM, one or two channels, {least} to {most} kHz): "
            "save it as one and try again.",
            field="content",
            least=str(least // 1000),
            most=str(most // 1000),
        )
    shortest, longest = CLIP_SECONDS
    if not shortest <= seconds <= longest:
        raise Invalid(
            "This recording lasts {seconds} seconds, and one lasts from {least} to {most}: record it again.",
            field="content",
            seconds=f"{seconds:.2f}",
            least=str(shortest),
            most=str(longest),
        )
