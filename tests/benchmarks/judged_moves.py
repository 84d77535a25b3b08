"""How often the rules make a move that a good interviewer could make, and what was chosen instead.

    python tests/benchmarks/judged_moves.py words|FOLDER [FILE ...]

FOLDER holds the sentence encoder (`voice-interviewer models download semantic --to FOLDER`). Files: dev,
check, unseen. Of `unseen` only the figures are shown: it is there to report with, not to learn from.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from judged_answers import confusion, judge, rates

from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine


def main() -> None:
    reader = load_reader(sys.argv[1])
    for name in sys.argv[2:] or ("dev", "check", "unseen"):
        results = judge(RulesEngine.from_content(reader), [name])
        accepted, wrong = rates(results)
        print(f"{name} ({reader.tier}): {len(results)} answers, accepted {accepted:.1%}, wrong {wrong:.1%}")
        print(confusion(results))
        if name != "unseen":
            for each in results:
                if not each.accepted:
                    mark = "WRONG" if each.clearly_wrong else "     "
                    print(f"  {mark} {each.id}: {each.move}/{each.target}, not {', '.join(each.accept)}")


if __name__ == "__main__":
    main()
