"""How long reading an answer takes in both tiers, and how that grows with the answer's length.

    python tests/benchmarks/decision_time.py [ENCODER_FOLDER]

Each length is read for the first time (nothing of the answer is remembered, as at the end of a turn nobody
was listening to), then once more with ten words added (as at the next pause). Medians of five.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from voice_interviewer.content.resources import load_bank
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.reader.encoder import Encoder
from voice_interviewer.engine.reader.load import load_reader

LENGTHS = (50, 100, 250, 500)
REPEATS = 5


def answer(words: int, variant: int) -> Transcript:
    """Sentences of 12 words, all different."""
    subjects = ("the nurse", "our buyer", "a driver", "my lead", "the board", "one parent", "the client")
    acts = ("checked", "moved", "called about", "paid for", "rebuilt", "wrote down", "asked for")
    sentences = [
        f"On day {number} {subjects[number % 7]} {acts[(number + variant) % 7]} item {variant}{number}"
        " before the shift was over."
        for number in range(words // 12 + 1)
    ]
    return Transcript.typed(" ".join(" ".join(sentences).split()[:words]), 0)


def took_ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def measure(reader: Reader, question: Question) -> dict[int, tuple[float, float]]:
    """Words -> ms for an answer never read before, and for the same with ten words more."""
    reader.read(question, question.say, answer(50, 99))
    found = {}
    for words in LENGTHS:
        first, again = [], []
        for variant in range(REPEATS):
            told, longer = answer(words, variant), answer(words + 10, variant)
            first.append(took_ms(lambda told=told: reader.read(question, question.say, told)))
            again.append(took_ms(lambda longer=longer: reader.read(question, question.say, longer)))
        found[words] = (statistics.median(first), statistics.median(again))
    return found


def main(folder: str = "") -> None:
    question = max(load_bank("ai-ethics-specialist").questions, key=lambda each: len(each.points))
    readers = [load_reader("words"), *([load_reader(folder)] if folder else [])]
    for reader in readers:
        found = measure(reader, question)
        for words, (first, again) in found.items():
            print(f"{reader.tier:10} {words:4} words: {first:6.1f} ms, ten words later {again:6.1f} ms")
        ratio = found[LENGTHS[-1]][0] / found[LENGTHS[0]][0]
        print(
            f"{reader.tier:10} {LENGTHS[-1] / LENGTHS[0]:.0f} times the words take {ratio:.1f} times as long"
        )
    if folder:
        encoder = Encoder.load(Path(folder))
        encoder.encode(["warm up"])
        times = []
        for variant in range(REPEATS):
            words = answer(360, variant).text.split()
            units = [" ".join(words[at : at + 12]) for at in range(0, 360, 12)]
            times.append(took_ms(lambda units=units: encoder.encode(units)))
        print(f"encoding 30 pieces of 12 words: {statistics.median(times):.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
