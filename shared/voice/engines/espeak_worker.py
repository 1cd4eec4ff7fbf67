"""The process in which the eSpeak NG of the package espeakng-loader speaks; a script, so that nothing of ours loads it.

Arguments: the library, the folder of its data, the voice, the words per minute, the WAV file to write. The text comes
from the input, in UTF-8.
"""

from __future__ import annotations

import ctypes
import sys
import wave

SYNCHRONOUS, RATE, BY_CHARACTER, UTF8 = 2, 1, 1, 1
"""From eSpeak's speak_lib.h: no sound device; the parameter; how a position is counted; how the text is written."""

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main(library: str, data: str, voice: str, speed: str, file: str) -> int:
    spoken = bytearray()

    def hear(samples: ctypes.Array[ctypes.c_short], count: int, events: int) -> int:
        if samples and count > 0:
            spoken.extend(ctypes.string_at(samples, 2 * count))
        return 0

    heard = Callback(hear)  # must live as long as the library may call it
    engine = ctypes.CDLL(library)
    rate = engine.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), 0)
    if rate <= 0 or engine.espeak_SetVoiceByName(voice.encode()):
        print(f"there is no voice {voice} in {data}", file=sys.stderr)  # noqa: T201  # the other process reads it
        return 1
    engine.espeak_SetSynthCallback(heard)
    engine.espeak_SetParameter(RATE, int(speed), 0)
    text = sys.stdin.buffer.read() + b"\0"
    engine.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, BY_CHARACTER, 0, UTF8, None, None)
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(spoken)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
