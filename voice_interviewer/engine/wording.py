"""What the interviewer's moves sound like: the lines of a file, checked, and the choice among them.

A hash decides, so that the same interview always sounds the same and no two of its questions do. No line is
said twice, and none begins like one of the newest before it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voice_interviewer.content.tones import toned
from voice_interviewer.core.model.bank import QUESTION_TYPES
from voice_interviewer.core.model.catalogue import Catalogue
from voice_interviewer.core.model.moves import Candidate, ReplyContext, is_probe
from voice_interviewer.core.probing.quoting import quotes
from voice_interviewer.core.probing.ranking import POINT
from voice_interviewer.core.probing.routes import MEANING_ASKED, NOTHING_ASKED
from voice_interviewer.core.probing.wants import asks_about_past
from voice_interviewer.core.understanding.lexicon import fold
from voice_interviewer.core.understanding.requests import ASK_BACK
from voice_interviewer.errors import BankProblem

MAX_WORDS, MAX_SENTENCES = 25, 2
"""Of a follow-up. What is longer is hard to hold in mind while it is being asked."""
SIDE_WORDS = 6
"""A term or one side of a contradiction is said back in at most so many words."""
QUOTE_WORDS = 8
TONED_DRAWS = 4
"""A line of this tone is so many times as likely as one that any tone says."""
PLANNED = frozenset(("situational", "technical", "leadership"))
"""Questions that ask what one would do, unless they are worded for the past."""
NEWEST, RECENT = 3, 8
"""A line never begins like one of the newest lines, and rather not like one of the recent ones."""

Wordings = Annotated[tuple[str, ...], Field(min_length=3)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Forms(_Strict):
    """Wordings of one follow-up. plain: about what happened, or about anything; would: for a question about
    what one would do; quoted: with {quote}; said: with {said} and, where there are two sides, {before}."""

    plain: Wordings | None = None
    would: Wordings | None = None
    quoted: Wordings | None = None
    said: Wordings | None = None

    @model_validator(mode="after")
    def _speakable(self) -> "Forms":
        for line in (*(self.plain or ()), *(self.would or ())):
            _require(speakable(line), line, "is no single request of at most 25 words")
            _require("{" not in line, line, "holds a place for a quote")
        for line in self.quoted or ():
            _require(line.count("{quote}") == 1, line, "needs {quote} once")
            full = line.replace("{quote}", _words(QUOTE_WORDS))
            _require(speakable(full), line, f"is too long with a quote of {QUOTE_WORDS} words")
        for line in self.said or ():
            _require(line.count("{said}") == 1, line, "needs {said} once")
            full = line.replace("{said}", _words(SIDE_WORDS)).replace("{before}", _words(SIDE_WORDS))
            _require(speakable(full), line, f"is too long with {SIDE_WORDS} words to each side")
        return self


class ProbeLines(Forms):
    """types: wordings for one type of question, which come before those for any."""

    plain: Wordings
    types: Mapping[str, Forms] = {}


def _worded(move: str | None) -> bool:
    """Whether a move has wordings under probes."""
    return is_probe(move) or move == "redirect"


class Lines(_Strict):
    """lines.yaml of a language in one tone. probes: by move, or by move and target as in "depth.people".

    explain: what leads to a question in other words, {plain}; explain_types: what each type of question
    wants.
    """

    probes: dict[str, ProbeLines]
    interrupt: Wordings
    wait: Wordings
    go_on: Wordings
    repeat_asked: Wordings
    repeat: Wordings
    ask_back: Wordings
    explain: Wordings
    explain_types: dict[str, Wordings]
    hint: Wordings
    hint_past: Wordings
    skip: Wordings
    leave: Wordings
    move_on: Wordings
    nothing_asked: Wordings
    toned: frozenset[str] = frozenset()
    """Those of all these lines that not every tone says: they are taken more often."""

    @model_validator(mode="after")
    def _checked(self) -> "Lines":
        unknown = {key for lines in self.probes.values() for key in lines.types if key not in QUESTION_TYPES}
        _require(not unknown, ", ".join(sorted(unknown)), "is no follow-up")
        for line in (*self.repeat, *self.repeat_asked, *self.ask_back):
            _require(line.count("{question}") == 1, line, "needs {question} once")
        for line in self.explain:
            _require(line.count("{plain}") == 1, line, "needs {plain} once")
        types = self.explain_types
        _require(set(types) == set(QUESTION_TYPES), ", ".join(types), f"are not {', '.join(QUESTION_TYPES)}")
        for line in (line for wordings in types.values() for line in wordings):
            _require(speakable(line), line, "is no single request of at most 25 words")
        return self


def _require(holds: bool, line: str, complaint: str) -> None:
    if not holds:
        raise ValueError(f"{line!r} {complaint}")


def _words(count: int) -> str:
    return " ".join("x" * count)


def speakable(line: str) -> bool:
    """Whether a follow-up can be said: 1-25 words, at most two sentences and one question mark, no markup."""
    sentences = re.findall(r"[^.?!]+[.?!]*", line)
    return (
        0 < len(line.split()) <= MAX_WORDS
        and sum(1 for sentence in sentences if sentence.strip()) <= MAX_SENTENCES
        and line.count("?") <= 1
        and not re.search(r"[*_#`\[\]<>|~\n\r\t]|https?:", line)
    )


def load_lines(path: Traversable, catalogue: Catalogue, tone: str = "neutral") -> Lines:
    """Read and check a file of wordings for those moves, as that tone says them. Raises BankProblem that
    names the file and the place."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        kept = toned(data, tone)
        ours = frozenset(_texts(kept)) - frozenset(_texts(toned(data, "")))
        lines = Lines.model_validate({**kept, "toned": ours} if isinstance(kept, dict) else kept)
    except OSError as error:
        raise BankProblem("no_lines", f"Cannot read {path}: {error.strerror}", "Check the path.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise BankProblem("bad_lines", f"{path}: not YAML: {reason}", "Mend the file.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise BankProblem("bad_lines", f"{path}: {place}: {first['msg']}", "Mend that entry.") from None
    worded = {key.split(".")[0] for key in lines.probes}
    for moves, complaint in (
        (worded - catalogue.probes - {"redirect"}, "is no follow-up"),
        ((catalogue.probes | {"redirect"}) - worded, "has no wordings"),
    ):
        if moves:
            names = ", ".join(map(repr, sorted(moves)))
            raise BankProblem("bad_lines", f"{path}: probes: {names} {complaint}", "Mend that entry.")
    return lines


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(each)


# --- choosing ---------------------------------------------------------------------------------------


class Phrase(NamedTuple):
    """A line as it would be said, and the wording it was made from. own: the bank itself asks it."""

    line: str
    wording: str
    own: bool = False


class Wording:
    """The words for the moves of one reply.

    request: what was said to the interviewer, if anything; answered: whether anything was said to the point.
    """

    def __init__(
        self, lines: Lines, context: ReplyContext, request: str | None = None, answered: bool = True
    ) -> None:
        self._lines, self._context, self._request = lines, context, request
        self._answered = answered
        self._said = [_plain(line) for line in context.said]
        asked = {_plain(e.asked) for e in context.earlier if e.move is None} | {_plain(context.question.say)}
        between = [line for line in self._said if line not in asked]
        asked_now = [(e.move, e.asked) for e in context.earlier] + [(context.asked_move, context.asked)]
        probes = [_plain(line) for move, line in asked_now if _worded(move)]
        self._last = {_opening(line) for line in (*between[-1:], *probes[-1:])}
        self._newest = self._last | {_opening(line) for line in between[-NEWEST:]}
        self._recent = [_opening(line) for line in self._said[-RECENT:]]

    def line(self, candidate: Candidate) -> str | None:
        """The line for a move. Empty: it is made in silence; None: nothing is left to say it with, so it
        cannot be made."""
        for tier in self._tiers(candidate):
            fresh = [phrase for phrase in tier if _plain(phrase.line) not in self._said]
            best = min(fresh, key=self._wear, default=None)
            if best is not None and _opening(_plain(best.line)) not in self._blocked(best):
                return best.line
        if candidate.move in ("move_on", "close", "skip"):
            return ""
        if candidate.move == "wait":  # whoever asked for time gets it, whatever has been said before
            return min(self._lines.wait, key=lambda line: _last(_plain(line), self._said))
        if candidate.move == "repeat":
            again = [phrase.line for tier in self._tiers(candidate) for phrase in tier]
            return next((line for line in again if _plain(line) not in self._said), None)
        return None

    def _blocked(self, phrase: Phrase) -> set[str]:
        """What a phrase must not begin like. The bank's own line is worth more than variety."""
        return self._last if phrase.own else self._newest

    def _wear(self, phrase: Phrase) -> tuple[bool, bool, int]:
        """How worn a phrase is: it begins like the newest lines, its wording was used, it begins like a
        recent line."""
        opening = _opening(_plain(phrase.line))
        used = any(_made_of(phrase.wording, line) for line in self._said)
        return opening in self._blocked(phrase), used, _last(opening, self._recent)

    def _tiers(self, candidate: Candidate) -> Iterator[list[Phrase]]:
        """Every wording of a move, the preferred ones first."""
        move, context, lines = candidate.move, self._context, self._lines
        if move == "redirect":
            yield from self._interrupting(candidate)
        elif is_probe(move):
            yield from self._probing(candidate)
        elif candidate.reason == MEANING_ASKED:
            yield self._explaining()
        elif move == "repeat":
            question = _open_question(context)
            yield [
                Phrase(line.replace("{question}", question), line)
                for line in self._shuffled(self._again(), "repeat")
            ]
        elif move == "close" or (context.question.type == "closing" and move == "move_on"):
            # What was asked is answered with the plan's own line, and the goodbye needs none before it.
            if candidate.reason == NOTHING_ASKED:
                yield self._plainly(lines.nothing_asked, move)
        else:
            past = asks_about_past(context.question)
            plain: dict[str, Wordings] = {
                # Who only broke off has asked for nothing.
                "wait": lines.wait if self._request or candidate.quote else lines.go_on,
                "hint": lines.hint_past if past else lines.hint,
                "skip": lines.skip,
                # Nobody is thanked for an answer that was none.
                "move_on": lines.move_on if self._answered and not self._request else lines.leave,
            }
            yield self._plainly(plain[move], move)
            if move == "skip":
                yield self._plainly(lines.leave, move)

    def _shuffled(self, wordings: Sequence[str], move: str) -> list[str]:
        draws = {line: TONED_DRAWS if line in self._lines.toned else 1 for line in wordings}
        return sorted(wordings, key=lambda line: _rank(self._context, move, line, draws[line]))

    def _plainly(self, wordings: Sequence[str], move: str) -> list[Phrase]:
        return [Phrase(line, line) for line in self._shuffled(wordings, move)]

    def _again(self) -> Wordings:
        """The wordings around a question that is said again, by what the candidate said to it."""
        if self._request == ASK_BACK:
            return self._lines.ask_back
        return self._lines.repeat if self._request is None else self._lines.repeat_asked

    def _explaining(self) -> list[Phrase]:
        """The question in other words, or what its type wants; nothing that was said about it already."""
        here = [_plain(line) for _, line in _asked_here(self._context)]
        told = [text for text in self._explanations() if not any(_plain(text) in line for line in here)]
        leads = self._shuffled(self._lines.explain, "explain")
        return [Phrase(lead.replace("{plain}", text), lead) for text in told[:1] for lead in leads]

    def _explanations(self) -> list[str]:
        """What could be said to explain the question, the best first, of its type the least worn."""
        question = self._context.question
        past = question.type in PLANNED and asks_about_past(question)
        kind = self._lines.explain_types["behavioural" if past else question.type]
        worn = {
            text: max((i for i, line in enumerate(self._said) if _plain(text) in line), default=-1)
            for text in self._shuffled(kind, "explain")
        }
        plain = [question.plain] if question.plain and not _follow_up(self._context) else []
        return plain + sorted(worn, key=worn.__getitem__)

    def _probing(self, candidate: Candidate) -> Iterator[list[Phrase]]:
        """The bank's own line, then the candidate's words said back, then the follow-up as it stands; each
        for this type of question first."""
        move, context = candidate.move, self._context
        yield [Phrase(line, line, own=True) for line in self._own(candidate)]
        probes = self._lines.probes
        lines = probes.get(f"{move}.{candidate.target}") or probes[move]
        forms: list[Forms] = [lines]
        if context.question.type in lines.types:
            forms.insert(0, lines.types[context.question.type])
        for form in forms if candidate.said else ():
            sides = {"{said}": candidate.said or "", "{before}": candidate.before or ""}
            yield self._filled(form.said or (), sides, move)
        quote = self._spoken_quote(candidate.quote)
        for form in forms if quote else ():
            yield self._filled(form.quoted or (), {"{quote}": quote or ""}, move)
        for form in forms:
            yield self._plainly(self._in_tense(form), move)

    def _in_tense(self, form: Forms) -> Sequence[str]:
        """What fits the question's tense: of a type that has wordings for the other one alone, none."""
        if asks_about_past(self._context.question):
            return form.plain or ()
        return form.would or (form.plain if isinstance(form, ProbeLines) else ()) or ()

    def _filled(self, wordings: Sequence[str], places: dict[str, str], move: str) -> list[Phrase]:
        phrases = []
        for wording in self._shuffled(wordings, move):
            line = wording
            for place, words in places.items():
                line = line.replace(place, words)
            if speakable(line):
                phrases.append(Phrase(line[0].upper() + line[1:], wording))
        return phrases

    def _interrupting(self, candidate: Candidate) -> Iterator[list[Phrase]]:
        """A word to come in with, and what is still open."""
        probes = self._lines.probes
        asked = self._own(candidate) or [
            *self._shuffled(self._in_tense(probes.get(f"redirect.{candidate.target}", Forms())), "open")
        ]
        for questions in (asked, self._shuffled(probes["redirect"].plain, "open")):
            leads = self._shuffled(self._lines.interrupt, "interrupt")
            pairs = [(lead, question) for question in questions for lead in leads]
            yield [
                Phrase(f"{lead} {question}", question)
                for lead, question in pairs
                if speakable(f"{lead} {question}") and _plain(question) not in self._said
            ]

    def _own(self, candidate: Candidate) -> list[str]:
        """What the bank itself would ask here."""
        question = self._context.question
        if candidate.target and candidate.target.startswith(POINT):
            wanted = candidate.target.removeprefix(POINT)
            return [point.probe for point in question.points if point.id == wanted and point.probe]
        if candidate.move == "challenge" and candidate.target is None and question.challenge:
            return [question.challenge]
        return []

    def _spoken_quote(self, quote: str | None) -> str | None:
        """The quote in the second person where it can be said back, at most once per quote in an
        interview."""
        context = self._context
        pieces = quotes(context.answer, context.doubt_threshold) if quote else ()
        spoken = next((piece.spoken for piece in pieces if piece.text == quote), None)
        return None if spoken and any(spoken in line.lower() for line in context.said) else spoken


def _asked_here(context: ReplyContext) -> list[tuple[str | None, str]]:
    """Move and line of all that was asked about the open question, oldest first."""
    asked = [(e.move, e.asked) for e in context.earlier if e.question_id == context.question.id]
    return [*asked, (context.asked_move, context.asked)]


def _follow_up(context: ReplyContext) -> bool:
    """Whether something further was asked about the question, so that it is not its wording that is open."""
    return any(_worded(move) for move, _ in _asked_here(context))


def _open_question(context: ReplyContext) -> str:
    """The question or follow-up that is still waiting for an answer, in the words it was last put in."""
    asked, plain = _asked_here(context), context.question.plain
    put = plain if plain and any(line.endswith(plain) for _, line in asked) else context.question.say
    return next((line for move, line in reversed(asked) if is_probe(move)), put)


def _rank(context: ReplyContext, move: str, line: str, draws: int) -> bytes:
    """Where a hash of seed, turn, question and move puts a wording: the best of so many draws."""
    source = f"{context.seed}/{context.turn}/{context.question.id}/{move}/{line}"
    return min(
        hashlib.sha256(f"{source}/{draw}".encode("utf-8", "surrogatepass")).digest() for draw in range(draws)
    )


@lru_cache(maxsize=2048)
def _plain(line: str) -> str:
    return " ".join(fold(line).split())


def _opening(plain: str) -> str:
    return " ".join(plain.split()[:2])


def _last(item: str, items: Sequence[str]) -> int:
    """How late an item stands for the last time, counted from 1; 0 when it does not."""
    return next((index for index in range(len(items), 0, -1) if items[index - 1] == item), 0)


@lru_cache(maxsize=2048)
def _ends(wording: str) -> tuple[str, str]:
    """What stands before the first place to be filled and after the last."""
    pieces = re.split(r"\{\w+\}", wording)
    return _plain(pieces[0]), _plain(pieces[-1]) if len(pieces) > 1 else ""


def _made_of(wording: str, line: str) -> bool:
    """Whether that line, said before, was made of this wording."""
    head, tail = _ends(wording)
    return line.startswith(head) and line.endswith(tail) and bool(head or tail)
