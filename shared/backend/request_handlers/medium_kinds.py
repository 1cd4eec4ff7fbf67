"""Says whether bytes are the picture, the video or the recording they were sent as."""

from __future__ import annotations

import io
import wave

from shared.hall.errors import Invalid
from shared.requests.media import CLIP_RATES, CLIP_SECONDS, MediumKind


def require_kind(kind: MediumKind, head: bytes) -> None:
    """Raises Invalid if a medium that begins so is not of this kind."""
    if kind is MediumKind.PICTURE and not _is_picture(head):
        raise Invalid("This is no picture a display can show: choose a PNG, JPEG, GIF or WebP file.", field="content")
    if kind is MediumKind.VIDEO and not _is_video(head):
        raise Invalid("This is no video a display can play: choose an MP4 or WebM file.", field="content")


def _is_picture(head: bytes) -> bool:
    known = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
    return head.startswith(known) or (head[:4], head[8:12]) == (b"RIFF", b"WEBP")


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
