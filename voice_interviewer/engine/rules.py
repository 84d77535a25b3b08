"""The engine that needs no model: rules choose the move, a file of wordings gives it a voice.

The choice is `core.probing.ranking`'s, the words are `engine.wording`'s.
"""

from functools import cached_property
from importlib.resources.abc import Traversable

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.resources import LINES, words
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.catalogue import Catalogue
from voice_interviewer.core.model.evidence import HEARD, Slot
from voice_interviewer.core.model.moves import Move, Reply, ReplyContext
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.probing.choice import requested
from voice_interviewer.core.probing.heard import Read
from voice_interviewer.core.probing.ranking import is_scored, rank_moves
from voice_interviewer.core.probing.routes import asks_for_time, is_non_answer, last_breath, request_in
from voice_interviewer.core.understanding import evidence
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.wording import Lines, Wording, load_lines, speakable

SOMETHING_SAID = 0.5
"""How probably there is anything to judge in what deserves thanks."""
READINGS_KEPT = 64
"""Answers of one interview that need not be read again."""


class RulesEngine:
    """Follow-ups from rules alone, the same for the same context. Implements `engine.port.Engine`."""

    def __init__(
        self, lines: Traversable, reader: Reader, catalogue: Catalogue, tone: str = "neutral"
    ) -> None:
        """lines: the file of wordings, read when first needed. BankProblem then, if it cannot be used.

        reader: what reads the answers. catalogue: the moves there are. tone: one of `tones.TONES`, it
        changes the words alone.
        """
        self._path, self._reader, self._tone, self._catalogue = lines, reader, tone, catalogue
        self._readings: dict[tuple[object, ...], Reading] = {}
        self.name = f"rules ({reader.tier})"

    @classmethod
    def from_content(cls, reader: Reader, tone: str = "neutral") -> "RulesEngine":
        """The engine with the wordings the product ships."""
        return cls(words(LINES), reader, load_catalogue(), tone)

    @cached_property
    def lines(self) -> Lines:
        return load_lines(self._path, self._catalogue, self._tone)

    def assess(self, context: ReplyContext) -> tuple[Slot, ...]:
        """What this answer alone shows, see `core.understanding.evidence.assess`."""
        reading = self._now(context)
        return evidence.assess(context.question, context.answer, reading)

    def asks_for_time(self, context: ReplyContext) -> bool:
        """Whether the last thing said asks for time to think, see `core.probing.routes.asks_for_time`."""
        read, alone = self._reads(context), Transcript(last_breath(context.answer.words))
        return any(asks_for_time(read(context.asked, each)) for each in (context.answer, alone))

    def reply(self, context: ReplyContext) -> Reply:
        """The next line, what else could be asked, and what was heard. A `move_on` may be silent."""
        slots = self.assess(context)
        ranking = rank_moves(context, slots, self._reads(context), self._catalogue)
        reading = self._now(context)
        if is_scored(context, reading):
            request = requested(ranking[0].move, reading)
            empty = reading.judgeable < SOMETHING_SAID
        else:
            request = request_in(context.answer, reading)
            empty = is_non_answer(
                context.question, context.asked, context.asked_move, context.answer, reading
            )
        wording = Wording(self.lines, context, request, answered=not empty)
        worded = [(candidate, wording.line(candidate)) for candidate in ranking]
        ranked = tuple(
            Move(candidate.move, line, candidate.target, candidate.quote, candidate.reason)
            for candidate, line in worded
            if line is not None
        )
        chosen = ranked[0] if ranked else Move("move_on", "", reason="nothing new is left to say")
        return Reply(chosen, ranked, slots, self.name, request)

    def facts(self, context: ReplyContext) -> dict[str, bool]:
        """What this answer alone is, beside its slots: whether a result, an own action and a measure were
        heard in it, and whether it tells what one would do."""
        reading = self._now(context)
        heard = evidence.signals(reading)
        return {
            "has_result": heard["result"].state == HEARD,
            "has_own_action": heard["own_action"].state == HEARD,
            "has_number": heard["measure"].state == HEARD,
            "hypothetical": evidence.is_hypothetical(heard),
        }

    def _now(self, context: ReplyContext) -> Reading:
        """The answer that was just given, read after the turns before it."""
        earlier = tuple((each.asked, each.answer.text) for each in context.earlier[-2:])
        return self._read(context.question, context.asked, context.answer, earlier, context.level)

    def _reads(self, context: ReplyContext) -> Read:
        """How the answers of this context are read: the newest in its place, an earlier one alone."""

        def read(asked: str, answer: Transcript) -> Reading:
            if answer == context.answer and asked == context.asked:
                return self._now(context)
            return self._read(context.question, asked, answer, (), context.level)

        return read

    def _read(
        self,
        question: Question,
        asked: str,
        answer: Transcript,
        earlier: tuple[tuple[str, str], ...] = (),
        level: str = "mid",
    ) -> Reading:
        """The answer as the reader reads it; each answer of an interview is read once."""
        key = (question.id, asked, answer, earlier, level)
        if key not in self._readings:
            if len(self._readings) >= READINGS_KEPT:
                self._readings.pop(next(iter(self._readings)))
            self._readings[key] = self._reader.read(question, asked, answer, earlier, level)
        return self._readings[key]


__all__ = ["Lines", "RulesEngine", "load_lines", "speakable"]
