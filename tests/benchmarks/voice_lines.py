"""Whether the interviewer is understood: lines said by a voice and heard by Whisper base.

    python tests/benchmarks/voice_lines.py [--voice NAME] [--set banks|stock|signs] [--every N] [--rate WPM]
                                           [--whisper DIR] [--json]

banks: every question; stock: every line of lines.yaml, its places filled in; signs: acronyms and
figures, each of which has to be heard right. At most 2 % of the words may be wrong, numbers read as words,
and no sign. Lines are heard several at a time, as many as fit Whisper's window of 30 s.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from voice_audio.files import to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, Samples, Voice
from voice_audio.transcribers.whisper import load_whisper
from voice_interviewer.bench.speech import plain_words, word_errors
from voice_interviewer.content.fixed_lines import bank_lines, stock_lines
from voice_interviewer.live.voices import SYSTEM, load_kokoro, pronounced, system_voice, voice_names
from voice_interviewer.settings.places import models_dir

MOST_WRONG = 0.02
WINDOW_S, GAP_S = 27.0, 0.7
FILLINGS = {
    "quote": "you rebuilt the training set",
    "said": "the audit",
    "before": "it was your decision",
    "claim": "you led a team of five",
    "question": "What did you do yourself?",
    "title": "AI ethics specialist",
    "minutes": "30",
}
SIGNS = (
    ("This is an interview for the role of AI ethics specialist.", r"\bA\.?I\.? ethics specialist"),
    ("How does the GDPR apply to that?", r"\bGDPR\b"),
    ("Who signed the DPIA in the end?", r"\bDPI ?A\b"),
    ("What was the ROI of that project?", r"\bROI\b"),
    ("You wrote the query in SQL yourself.", r"\b(?:SQL|sequel)\b"),
    ("The line was staffed 24/7 that year.", r"24[/ -]?7|twenty[- ]four seven"),
    ("It saved $2.5 million in a year.", r"\$?2\.5 million|two point five million dollars"),
    ("Complaints fell by 37 % in a month.", r"37 ?%|thirty[- ]seven percent"),
    ("You started there in 2024.", r"2024|twenty twenty[- ]four|two thousand (?:and )?twenty[- ]four"),
    ("There were 10,000 users at that time.", r"10,?000|ten thousand"),
    ("What did the A/B test show?", r"\bA ?[/-]?B test"),
    ("How did you set your OKRs?", r"\bOK ?(?:R|ar)"),
    ("Which KPIs did you look at?", r"\bKPI"),
    ("What did R&D say about it?", r"R ?(?:&|and) ?D"),
    ("The SLO was missed twice.", r"\bSLO\b"),
    ("How did you set up CI/CD?", r"CI ?/?-? ?CD"),
    ("The budget was £300 for each of them.", r"£300|(?:three hundred|300) pounds"),
    ("It took 3-4 weeks to agree.", r"(?:3|three) ?(?:to|-) ?(?:4|four) weeks"),
    ("That was common in the 1990s.", r"(?:19|nineteen) ?(?:90|nineties)"),
    ("It costs about 40k a month.", r"40,?000|40k|forty thousand"),
)
"""What is said, and what Whisper has to write."""
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
)
_NUMBERS = dict(enumerate(f"{_NAMES} seventeen eighteen nineteen twenty".split()))
_NUMBERS |= {30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}


@dataclass(frozen=True)
class Heard:
    """A group of lines: what was said and what Whisper wrote."""

    said: str
    heard: str
    sound_s: float
    work_s: float

    @property
    def errors(self) -> int:
        return word_errors(words(self.said), words(self.heard))

    def differences(self) -> Iterator[str]:
        """Each place where the two differ, with the word before it."""
        said, heard = words(self.said), words(self.heard)
        for what, begin, end, there, then in SequenceMatcher(a=said, b=heard, autojunk=False).get_opcodes():
            if what != "equal":
                context = " ".join(said[max(0, begin - 2) : begin])
                yield f"... {context} [{' '.join(said[begin:end])} -> {' '.join(heard[there:then])}]"


def words(text: str) -> list[str]:
    """Plain words, small numbers read out."""
    read = re.sub(r"\b\d{1,2}\b", lambda found: _read(int(found[0])), text.replace("%", " percent"))
    return plain_words(read.replace("'", "").replace("’", ""))


def _read(number: int) -> str:
    return _NUMBERS.get(number) or f"{_NUMBERS[number // 10 * 10]} {_NUMBERS[number % 10]}"


def filled(line: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda place: FILLINGS[place[1]], line)


def groups(voice: Voice, lines: Sequence[str], rate: int) -> Iterator[tuple[str, Samples, float]]:
    """Lines that fit one window: text, sound at 16 kHz, seconds it took to render."""
    said, sound, work_s = [], [np.zeros(round(GAP_S * SAMPLE_RATE_HZ), np.int16)], 0.0
    for line in lines:
        begun = time.perf_counter()
        spoken = to_rate(voice.render(line, rate), SAMPLE_RATE_HZ).samples
        took = time.perf_counter() - begun
        if said and sum(map(len, sound)) + len(spoken) > WINDOW_S * SAMPLE_RATE_HZ:
            yield " ".join(said), np.concatenate(sound), work_s
            said, sound, work_s = [], sound[:1], 0.0
        said.append(line)
        sound += [spoken, sound[0]]
        work_s += took
    yield " ".join(said), np.concatenate(sound), work_s


def hear(transcriber: Any, voice: Voice, lines: Sequence[str], rate: int) -> Iterator[Heard]:
    for said, samples, work_s in groups(voice, lines, rate):
        heard = " ".join(word.text for word in transcriber.transcribe(samples))
        yield Heard(said, heard, len(samples) / SAMPLE_RATE_HZ, work_s)


def chosen_voice(name: str) -> Voice:
    """Without the cache: what is heard is what is rendered now."""
    return system_voice() if name == SYSTEM else pronounced(load_kokoro(name))


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--voice", default="heart", choices=voice_names())
    options.add_argument("--set", dest="sets", action="append", choices=("banks", "stock", "signs"))
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--rate", type=int, default=165)
    options.add_argument("--whisper", type=Path, default=models_dir() / "whisper-base")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    voice, transcriber = chosen_voice(given.voice), load_whisper(given.whisper)
    lines = {"banks": bank_lines(), "stock": tuple(dict.fromkeys(map(filled, stock_lines())))}
    found: dict[str, Any] = {"voice": given.voice, "rate": given.rate}
    for name in given.sets or ("signs", "banks", "stock"):
        if name == "signs":
            found[name] = signs(transcriber, voice, given.rate)
        else:
            found[name] = understood(transcriber, voice, lines[name][:: given.every], given.rate)
        if not given.json:
            print(
                f"{given.voice}, {name}: {json.dumps(found[name], indent=2, ensure_ascii=False)}", flush=True
            )
    if given.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if all(found[name]["reached"] for name in ("signs", "banks", "stock") if name in found) else 1


def understood(transcriber: Any, voice: Voice, lines: Sequence[str], rate: int) -> dict[str, Any]:
    """Word errors over all lines, every difference, and what rendering cost."""
    heard = list(hear(transcriber, voice, lines, rate))
    said = sum(len(words(group.said)) for group in heard)
    wrong = sum(group.errors for group in heard) / said
    return {
        "lines": len(lines),
        "words": said,
        "words_wrong": round(wrong, 4),
        "real_time_factor": round(sum(g.work_s for g in heard) / sum(g.sound_s for g in heard), 2),
        "differences": [place for group in heard for place in group.differences()],
        "reached": wrong <= MOST_WRONG,
    }


def signs(transcriber: Any, voice: Voice, rate: int) -> dict[str, Any]:
    """Each by itself, since a neighbour would help Whisper to guess."""
    missed = []
    for line, wanted in SIGNS:
        (heard,) = hear(transcriber, voice, [line], rate)
        if re.search(wanted, heard.heard, re.IGNORECASE) is None:
            missed.append(f"{line} -> {heard.heard}")
    return {"lines": len(SIGNS), "missed": missed, "reached": not missed}


if __name__ == "__main__":
    sys.exit(main())
