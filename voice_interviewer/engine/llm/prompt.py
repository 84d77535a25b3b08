"""What a language model is told: the files of prompts/llm, filled with one turn of the interview.

Whatever the candidate said stands between tags as data, with < and > escaped. The model sees no rubric, no
model answer and no hint of them: what it does not know it cannot give away.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from string import Template

from voice_interviewer.core.model.moves import Move, Reply, ReplyContext
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.numbers import mark
from voice_interviewer.errors import BankProblem

FIRST_WORDS, LAST_WORDS = 60, 250
"""Of a long answer: how it began and how it ended; what the rules heard in between leads the ranking."""
MOST_FACTS, MOST_SAID, MOST_MOVES = 12, 4, 5
_LINE_WIDTH = 100
FACT_WORDS, _LINE_WORDS = 10, 35
_LANGUAGES = {"en": "English"}
_VARIABLES = {
    "system": {"persona", "language"},
    "turn": {"type", "level", "question", "asked", "facts", "said", "moves", "answer"},
    "again": {"why"},
}

Message = dict[str, str]


class Prompts:
    """The three prompt files, read and checked at once."""

    def __init__(self, folder: Traversable, persona: str, language: str = "en") -> None:
        """Raises BankProblem for a file that is missing or uses other variables than it is given."""
        self._templates = {name: _template(folder.joinpath(f"{name}.md"), known) for name, known in _KNOWN}
        spoken = _LANGUAGES.get(language, language)
        self.system = self._fill("system", {"persona": persona, "language": spoken})
        """The same for every turn, so that a server need not read it twice."""

    def messages(self, context: ReplyContext, planned: Reply) -> list[Message]:
        """One request about this answer."""
        question = context.question
        told = [(exchange.turn, exchange.answer) for exchange in context.earlier]
        known = [_one_line(_escaped(fact), FACT_WORDS) for fact in counted(told)[-MOST_FACTS:]]
        asked_before = [_one_line(line) for line in context.said[-MOST_SAID:]]
        values = {
            "type": question.type,
            "level": context.level,
            "question": _one_line(question.say),
            "asked": _one_line(context.asked),
            "facts": "\n".join(known) or "nothing yet",
            "said": "\n".join(asked_before) or "none",
            "moves": "\n".join(map(_move_line, choices(planned))),
            "answer": fenced(context.answer.text),
        }
        return self._request(self._fill("turn", values))

    def trial(self) -> list[Message]:
        """A request that holds nobody's words, to find out what a server can do."""
        values = {
            "type": "behavioural",
            "level": "mid",
            "question": "Tell me about a time something had to be put in order.",
            "asked": "Tell me about a time something had to be put in order.",
            "facts": "nothing yet",
            "said": "none",
            "moves": "result | result | And what came of it?",
            "answer": "Last spring the shelves were a mess, so I sorted them by the date of arrival.",
        }
        return self._request(self._fill("turn", values))

    def again(self, messages: list[Message], before: str, why: str) -> list[Message]:
        """The same request once more, with what was wrong with the first answer to it."""
        tail = [
            {"role": "assistant", "content": before},
            {"role": "user", "content": self._fill("again", {"why": why})},
        ]
        return [*messages, *tail] if before else messages

    def _request(self, turn: str) -> list[Message]:
        return [{"role": "system", "content": self.system}, {"role": "user", "content": turn}]

    def _fill(self, name: str, values: Mapping[str, str]) -> str:
        return self._templates[name].substitute(values).strip()


_KNOWN = tuple(_VARIABLES.items())


def choices(planned: Reply) -> tuple[Move, ...]:
    """The ranked moves a model may choose from."""
    return planned.ranked[:MOST_MOVES]


def counted(told: Sequence[tuple[int, Transcript]]) -> tuple[str, ...]:
    """What was told with a number, an amount, a year or a length of time, for somebody who must remember the
    interview: each clause that holds one, and its turn, oldest first. told: turn and answer."""
    lines: dict[str, None] = {}
    for turn, answer in told:
        signs = mark(answer.text).numbers
        for clause in clauses(answer):
            if any(clause.start <= at < clause.end for at in signs):
                lines.setdefault(f"{_shortened(clause.text)} (turn {turn})")
    return tuple(lines)


def _shortened(text: str) -> str:
    return " ".join(text.split()[: FACT_WORDS - 2])


def fenced(answer: str) -> str:
    """The answer as lines of data; the middle of a very long one is left out."""
    words = answer.split()
    if len(words) <= FIRST_WORDS + LAST_WORDS:
        return "\n".join(_lines(words)) or "(nothing)"
    return "\n".join([*_lines(words[:FIRST_WORDS]), "[...]", *_lines(words[-LAST_WORDS:])])


def _lines(words: list[str]) -> list[str]:
    return textwrap.wrap(_escaped(" ".join(words)), _LINE_WIDTH, break_long_words=False)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _one_line(text: str, most_words: int = _LINE_WORDS) -> str:
    return " ".join(text.split()[:most_words])


def _move_line(move: Move) -> str:
    return f"{move.move} | {move.target or 'none'} | {_escaped(_one_line(move.say)) or '(no words)'}"


def _template(file: Traversable, known: set[str]) -> Template:
    try:
        template = Template(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise BankProblem("bad_prompt", f"{file}: {reason}", "Mend or restore the file.") from None
    found = set(template.get_identifiers())
    stray = re.search(r"\$(?![a-z_{$])", template.template.replace("$$", "")) or not template.is_valid()
    wrong = [f"${name} is unknown" for name in sorted(found - known)]
    wrong += [f"${name} is missing" for name in sorted(known - found)] + ["a lone $ stands in it"] * bool(
        stray
    )
    if wrong:
        raise BankProblem("bad_prompt", f"{file}: {'; '.join(wrong)}", "Mend the file.")
    return template
