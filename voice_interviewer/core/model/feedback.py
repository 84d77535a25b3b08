"""What feedback on an answer consists of: plain values that say what was heard and which anchor that is.

Nothing here is about a person. A level is an anchor from 1 to 5 of what an answer at one seniority sounds
like; where there is too little to go by there is no level at all, and `reason` says why.
"""

from dataclasses import dataclass

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import Exchange

THIN, DOUBTFUL, FAILED, NO_ANSWER, OFF_TOPIC, GIBBERISH, NOT_SCORED_TYPE, OTHER_LANGUAGE = (
    "thin",
    "doubtful",
    "failed",
    "no_answer",
    "off_topic",
    "gibberish",
    "unscored_type",
    "other_language",
)
"""Why an answer was not assessed. thin: under 25 content words; doubtful: too many words the recogniser was
unsure of; failed: whoever should have judged it could not; no_answer: skipped, silent, or a request instead;
unscored_type: a warm-up or the candidate's own questions; other_language: spoken in one that is not
understood, its ISO 639-1 code after a colon."""


@dataclass(frozen=True)
class Label:
    """One slot or point as it counts. state: heard, unsure or not_heard, over all answers to the question.

    answer: index of the exchange whose words show it; start and end are character offsets into that answer's
    text and quote the text between them. probes: how many follow-ups had been asked before it was heard (0:
    at once); None where it was not. needed: whether the level scored for cannot do without it. why: in a few
    words, where the state is not what the words alone would give ("taken back", "perhaps misheard", "votes
    differ").
    """

    id: str
    state: str
    answer: int | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    probes: int | None = None
    needed: bool = False
    why: str | None = None


@dataclass(frozen=True)
class Dimension:
    """One side of the answer. level: 1 to 5, or None with the reason why it is not assessed.

    id: "substance", the points of the question; "story", the slots of its type, told in order; "proof", what
    came of it, and how one knows; "follow_ups", what came when it was asked for.
    """

    id: str
    level: int | None
    reason: str | None = None


@dataclass(frozen=True)
class Remark:
    """One thing to keep, or to mend. about: a slot or point id, or "example", "length", "avoid:N" (the Nth
    entry of what not to say). text: one sentence about the answer, never about the person. answer, quote,
    start, end: its words as in Label; all None where it names something that was not heard. say: for a fix, a
    sentence to try, in the candidate's own words as far as there are any and with [add: ...] for the rest."""

    about: str
    text: str
    answer: int | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    say: str | None = None


@dataclass(frozen=True)
class Seniority:
    """The same answer held against one seniority. lacks: ids of what it would need to pass there."""

    level: str
    passes: bool
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """What the answers to one question come to. anchor: the bank's text for the level, empty where the bank
    has none. spread: how far the level may be off on this machine (0, 1 or 2 steps), as `selftest` measured
    it. next_needs: ids of what the next anchor needs, most wanted first. tier: who judged ("words",
    "embeddings", or a model's name)."""

    assessed: bool
    reason: str | None = None
    level: int | None = None
    anchor: str = ""
    next_needs: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    keep: Remark | None = None
    fix: Remark | None = None
    seniorities: tuple[Seniority, ...] = ()
    tier: str = ""
    spread: int | None = None


@dataclass(frozen=True)
class Material:
    """What is scored: every exchange of one question, oldest first; the first answers the question itself.

    level: the seniority scored for. doubt_threshold: words less probable than this may be mis-hearings and
    can never support a criticism. failed: pieces of sound no words could be made of. other_language: the code
    of the language an answer was given in, where that is not understood.
    """

    question: Question
    level: str
    exchanges: tuple[Exchange, ...]
    doubt_threshold: float = 0.0
    typed: bool = False
    failed: int = 0
    other_language: str = ""
