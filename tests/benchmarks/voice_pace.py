"""How many words a minute each of Kokoro's voices says: the pairs of configs/voices.toml, and if they hold.

    python tests/benchmarks/voice_pace.py [--voice NAME ...] [--check] [--json]

Without --check it measures each speed over CALIBRATION lines of the banks and prints `pace = [...]` for each
voice. With --check it asks for rates a person can choose and tells what other lines come out at: within 8 %.
A word is what stands between spaces; the time is the whole line's, the pauses between its sentences included.
"""

import argparse
import json
import sys
from dataclasses import replace

from voice_audio.ports import Voice
from voice_audio.voices.kokoro import KokoroVoice
from voice_interviewer.content.fixed_lines import bank_lines
from voice_interviewer.live.voices import kokoro_model, load_kokoro, named_voices

SPEEDS = (0.3, 0.6, 1.0, 1.9, 2.5)
"""Kokoro's own durations are whole frames, so its pace does not simply follow its speed."""
CALIBRATION, COMPARED, CHECKED = slice(3, None, 19), slice(3, None, 57), slice(10, None, 29)
"""Every so-manieth question of the banks: for the pace at speed 1; some of these for how other speeds compare
with that; and others, to check."""
RATES = (90, 120, 165, 240, 330)
WITHIN = 0.08


def rate(voice: Voice, lines: tuple[str, ...], asked: int) -> float:
    """Words a minute over all lines together."""
    seconds = sum(
        sound.samples.size / sound.rate_hz for sound in (voice.render(line, asked) for line in lines)
    )
    return sum(len(line.split()) for line in lines) / seconds * 60


def calibrated(name: str) -> tuple[tuple[float, float], ...]:
    """Pairs of speed and words a minute."""
    settings = named_voices()[name].settings

    def at(speed: float, lines: slice) -> float:
        fixed = KokoroVoice(kokoro_model(), replace(settings, pace=((speed, 100.0), (speed, 101.0))))
        try:
            return rate(fixed, bank_lines()[lines], 100)
        finally:
            fixed.close()

    usual, compared = at(1.0, CALIBRATION), at(1.0, COMPARED)
    return tuple((speed, round(at(speed, COMPARED) / compared * usual, 1)) for speed in SPEEDS)


def checked(name: str) -> dict[int, float]:
    """What came of each rate asked for, words a minute."""
    voice = load_kokoro(name)
    return {asked: round(rate(voice, bank_lines()[CHECKED], asked), 1) for asked in RATES}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--voice", action="append", choices=tuple(named_voices()))
    options.add_argument("--check", action="store_true")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    found, missed = {}, 0
    for name in chosen.voice or named_voices():
        if not chosen.check:
            found[name] = {"pace": calibrated(name)}
            line = f"{name}: pace = {[list(pair) for pair in found[name]['pace']]}"
        else:
            rates = checked(name)
            found[name] = {"asked_and_measured": rates}
            far = [asked for asked, measured in rates.items() if abs(measured / asked - 1) > WITHIN]
            missed += bool(far)
            said = ", ".join(
                f"{asked}: {measured} ({measured / asked - 1:+.0%})" for asked, measured in rates.items()
            )
            line = f"{name}: {said}{'  NOT within 8 %' if far else ''}"
        if not chosen.json:
            print(line, flush=True)
    if chosen.json:
        print(json.dumps(found, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
