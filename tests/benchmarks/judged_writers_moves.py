"""How often the engine makes a move that two interviewers accept, on answers of writers it never learned
from.

    python tests/benchmarks/judged_writers_moves.py [WRITER ...] [--reader auto|words|FOLDER] [--show]

WRITERS are letters of tests/data/writers; without any, the sealed ones. Per writer and on the whole:
accepted, wrong, an accepted move among the first five that may be made, the mean over moves, the best
constant move beside it, requests that were heard, and what is obeyed in ordinary answers though nobody
asked. Writers and judges are simulated.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from judged_answers import known_questions
from judged_writers import MOVES, SEALED, Answer, read

from voice_interviewer.core.model.moves import Reply
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.engine.written import read_item, written_context

MAX_PROBES = 3
REQUESTS = ("repeat", "hint", "skip", "wait", "close")
COSTLY = ("skip", "close")
TOP = 5


@dataclass(frozen=True)
class Chosen:
    answer: Answer
    reply: Reply

    @property
    def move(self) -> str:
        return self.reply.chosen.move

    @property
    def accepted(self) -> bool:
        return self.move in self.answer.accepted


def choose(engine: RulesEngine, answer: Answer) -> Chosen:
    given = {
        "id": answer.id,
        "question": answer.question,
        "question_text": answer.asked,
        "type": answer.type,
        "level": answer.level,
        "history": [{"question": asked, "answer": said} for asked, said in answer.history],
        "text": answer.text,
    }
    item = read_item({name: value for name, value in given.items() if value})
    question = known_questions().get(item.question or "")
    return Chosen(answer, engine.reply(written_context(item, question, "mid", MAX_PROBES)))


def line(chosen: Sequence[Chosen]) -> str:
    """Only a language model raises contradictions: an answer that wants nothing else is left out."""
    judged = [each for each in chosen if set(each.answer.accepted) - {"contradiction"}]
    by_move: dict[str, list[bool]] = {}
    for each in judged:
        by_move.setdefault(each.answer.accepted[0], []).append(each.accepted)
    wrong = sum(each.move in each.answer.wrong for each in judged)
    top = sum(any(move.move in each.answer.accepted for move in each.reply.ranked[:TOP]) for each in judged)
    macro = sum(sum(right) / len(right) for right in by_move.values()) / len(by_move)
    rate = sum(each.accepted for each in judged) / len(judged)
    return (
        f"{len(judged)} answers, accepted {rate:.1%}, wrong {wrong / len(judged):.1%}, "
        f"among the first {TOP} {top / len(judged):.1%}, by move {macro:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("writers", nargs="*", default=SEALED)
    parser.add_argument("--reader", default="auto")
    parser.add_argument("--show", action="store_true", help="every answer whose move is wrong")
    given = parser.parse_args()
    engine, everything = RulesEngine.from_content(load_reader(given.reader)), []
    for writer in given.writers:
        chosen = [choose(engine, answer) for answer in read(writer)]
        everything += chosen
        print(f"{writer}: {line(chosen)}", flush=True)
    print(f"all: {line(everything)}")
    agreed = [each.answer for each in everything if each.answer.accepted]
    constant = Counter(move for answer in agreed for move in answer.accepted).most_common(1)[0][0]
    right, wrong = (
        sum(constant in of for of in lists) / len(agreed)
        for lists in ([each.accepted for each in agreed], [each.wrong for each in agreed])
    )
    print(f"always {constant}: accepted {right:.1%}, wrong {wrong:.1%}")
    for move in MOVES:
        those = [each for each in everything if each.answer.accepted[:1] == (move,)]
        missed = Counter(each.move for each in those if not each.accepted).most_common(3)
        if those:
            instead = ", ".join(f"{name} {count}" for name, count in missed)
            print(f"  {move}: {sum(each.accepted for each in those)} of {len(those)}   {instead}")
    asked = [each for each in everything if set(each.answer.accepted) & set(REQUESTS)]
    heard = sum(each.accepted for each in asked)
    print(f"requests answered as asked: {heard} of {len(asked)}")
    ordinary = [each for each in everything if each.answer.ordinary]
    for name, moves in (("skip or stop", COSTLY), ("repeat, explain or wait", ("repeat", "hint", "wait"))):
        false = [each for each in ordinary if each.move in moves and each.move not in each.answer.accepted]
        print(f"{name} though nobody asked, in ordinary answers: {len(false)} of {len(ordinary)}")
    for each in everything if given.show else ():
        if each.move in each.answer.wrong:
            print(f"{each.answer.id} {'/'.join(each.answer.accepted)}: {each.move}: {each.answer.text[:150]}")


if __name__ == "__main__":
    main()
