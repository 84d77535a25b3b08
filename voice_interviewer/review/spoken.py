"""What a folded log consists of: the interviewer's lines and the candidate's turns."""

from dataclasses import dataclass, field

from voice_interviewer.core.delivery.answer import Stretch
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Reply
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.review.model import CutIn

BY_US, BY_THEM = "silence", "key"
"""Who took an answer as over: the interviewer, or the candidate by a key or by sending what they typed."""


@dataclass
class SpokenLine:
    """One line of the interviewer. started_ms stays None where it was only shown (`unspoken` says why)."""

    line: e.Line
    shown_ms: int = 0
    started_ms: int | None = None
    duration_ms: int = 0
    played_ms: int | None = None
    unspoken: str | None = None
    struck: bool = False
    after_turn: int | None = None
    """The answer it followed."""
    reply: Reply | None = None
    """The engine's verdict that led to this line."""

    @property
    def happened(self) -> bool:
        return self.started_ms is not None or self.unspoken is not None

    @property
    def start_ms(self) -> int:
        return self.shown_ms if self.started_ms is None else self.started_ms

    @property
    def end_ms(self) -> int:
        return self.start_ms + (self.played_ms or 0)

    @property
    def opens_turn(self) -> bool:
        """Whether a new answer follows: saying the question again, or "take your time", opens none."""
        kind, move = self.line.kind, self.line.move
        return kind in ("question", "probe") or (kind == "repeat" and bool(move))


@dataclass(frozen=True)
class Undone:
    """What opening an answer again took back, in case nobody goes on with it."""

    reply: Reply | None
    lines: tuple[SpokenLine, ...]
    cut_in: CutIn | None
    segments: dict[int, tuple[Word, ...]]
    next_segment: int


@dataclass(frozen=True)
class ShownWord:
    """A word as a reader sees it. number: of the word as recorded, from 0; heard: what had been recognised,
    where the reader corrected it."""

    word: Word
    number: int
    heard: str | None = None


@dataclass
class Turn:
    """One answer: what asked for it, when the microphone belonged to it, what was heard."""

    number: int
    asked: SpokenLine | None
    question_id: str | None
    windows: list[tuple[int, int | None]] = field(default_factory=list)
    segments: dict[int, tuple[Word, ...]] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    typed_ms: int | None = None
    """When typed text was last added to the answer."""
    next_segment: int = 0
    speech: list[Stretch] = field(default_factory=list)
    revision: int = 0
    awaited: tuple[int, int] | None = None
    """Revision and draft whose reply the interview is waiting for; any other reply was dropped."""
    ahead: Reply | None = None
    """Made while the candidate was silent, in case the answer is over."""
    closed_by: str = ""
    """BY_US or BY_THEM while the answer is taken as over."""
    spoke_until_ms: int | None = None
    """The end of the last speech heard in it."""
    by_voice: bool = False
    """It was opened (or again) by speech that nobody had listened for; perhaps that was only a noise."""
    undone: Undone | None = None
    slots: tuple[Slot, ...] = ()
    reply: Reply | None = None
    skipped_ms: int | None = None
    reopened: int = 0
    """How often it was gone on with after it had been taken as over."""
    sounds: tuple[Word, ...] = ()
    """Fillers that a hearing for them alone found; some are among the words as well."""
    other_language: str = ""
    """The language it was heard in, where that is none that is understood: what was written down of it is not
    believed."""
    asked_for_english: bool = False
    """The candidate was told so, and what follows is believed again."""
    corrections: dict[int, str] = field(default_factory=dict)
    """Number of a recorded word -> what the reader says was said instead."""

    @property
    def transcript(self) -> Transcript:
        """Its words in the order of their segments: the text that slots and quotes refer to."""
        return Transcript(tuple(shown.word for shown in self.shown))

    @property
    def shown(self) -> tuple[ShownWord, ...]:
        """Its words with the reader's corrections in place; corrected words are certain and share the time
        of the word they stand for."""
        recorded = (word for number in sorted(self.segments) for word in self.segments[number])
        return tuple(
            shown
            for number, word in enumerate(recorded)
            for shown in (
                _corrected(word, number, self.corrections[number])
                if number in self.corrections
                else (ShownWord(word, number),)
            )
        )

    @property
    def answered(self) -> bool:
        """Whether the engine took it as over ("take your time" leaves it open)."""
        return self.reply is not None and self.reply.chosen.move != "wait"

    @property
    def skipped(self) -> bool:
        """Whether the candidate left the question, by key or in words."""
        return self.skipped_ms is not None or (self.reply is not None and self.reply.chosen.move == "skip")

    @property
    def over(self) -> bool:
        return self.answered or self.skipped_ms is not None

    def at_revision(self, revision: int) -> None:
        if revision > self.revision:
            self.revision, self.reply = revision, None


def _corrected(word: Word, number: int, text: str) -> tuple[ShownWord, ...]:
    tokens = text.split()
    length_ms = word.end_ms - word.start_ms
    edges = [word.start_ms + length_ms * at // len(tokens) for at in range(len(tokens) + 1)] if tokens else []
    return tuple(
        ShownWord(Word(token, edges[at], edges[at + 1]), number, word.text) for at, token in enumerate(tokens)
    )
