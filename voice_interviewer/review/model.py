"""The report as one frozen object: report.json is its plain form, page and Markdown are made from it.

Every quote in it is verbatim and resolves to milliseconds of the recording; one that does not resolve is
never shown as heard. There is no grade anywhere: three states, and facts.
"""

from dataclasses import asdict, dataclass
from typing import Any

from voice_interviewer.core.delivery.answer import Delivery

SCHEMA_VERSION = 2


@dataclass(frozen=True)
class Drill:
    """A short session on one question or one move. after: the session whose answer it tries again."""

    question: str | None
    move: str | None
    after: str | None


@dataclass(frozen=True)
class Header:
    """What was practised and who listened, as session.json tells it; None where it was not recorded."""

    title: str
    role: str
    level: str
    minutes: int | None
    started: str | None
    transcriber: str | None
    voice: str | None
    engine: str | None
    tiers: tuple[str, ...]
    """What really decided: the tiers named by the replies, e.g. ("rules",)."""
    detector: str | None
    devices: tuple[tuple[str, str], ...]
    doubt_threshold: float | None
    cannot_judge: tuple[str, ...]
    typed: bool = False
    """Whether the answers were typed from the start."""
    persona: str | None = None
    """The virtual candidate that answered in a demo; None where a person did."""
    scorer: str | None = None
    """Who judged the answers (a tier or a model's name); None where nobody has yet."""
    drill: Drill | None = None
    """What the session was a drill of; None for an interview."""


@dataclass(frozen=True)
class ReportWord:
    """A word as shown. doubtful: the recogniser was unsure of it."""

    text: str
    start_ms: int
    end_ms: int
    doubtful: bool
    number: int = 0
    """Of the word as recorded, from 0: what a correction names. Several shown words can share one."""
    heard: str | None = None
    """What had been recognised, where the reader corrected it."""
    filler: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing said. who: interviewer or candidate.

    question: index into Report.questions, None for opening and close. kind: a line's ("aside": a soft word
    or a repetition that asks for nothing new), "answer", or "request" for words that only asked for the
    turn back. played_ms: how much of a line was heard, None for an answer and for a line that was only
    shown; shown_as_text is then the reason. struck: said too early and taken back, so nothing that was
    asked. words: an answer's words, in order; not_understood: how many pieces of it are only sound;
    more_fillers: how many fillers were heard in it that are not among its words.
    reopened: how often it was gone on with after it had been taken as over, by whomever (see TurnTaking for
    whose mistake).
    """

    who: str
    kind: str
    text: str
    start_ms: int
    end_ms: int
    question: int | None = None
    played_ms: int | None = None
    cut_short: bool = False
    shown_as_text: str | None = None
    struck: bool = False
    move: str | None = None
    turn: int | None = None
    words: tuple[ReportWord, ...] = ()
    typed: bool = False
    skipped: bool = False
    reopened: int = 0
    not_understood: int = 0
    more_fillers: int = 0


@dataclass(frozen=True)
class Quote:
    """Verbatim words of the answer `turn`: character offsets into its text, times on the session clock."""

    turn: int
    text: str
    start: int
    end: int
    start_ms: int
    end_ms: int
    doubts: tuple[int, ...] = ()
    """Which of its words, counted from 0, the recogniser was unsure of."""
    typed: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing listened for. kind: slot or point; state: heard, unsure or not_heard.

    when: "at once" or "after a follow-up", None where nothing was heard. assessed: False where no answer to
    the question was ever looked at (skipped, silent, or the record ends before).
    """

    id: str
    kind: str
    label: str
    state: str
    quote: Quote | None = None
    when: str | None = None
    assessed: bool = True
    probes: int | None = None
    """How many follow-ups had been asked before it was heard."""
    why: str | None = None
    """Where the state is not what the words alone would give."""


@dataclass(frozen=True)
class Why:
    """Why a follow-up was asked. quote: the words that triggered it, resolved where they can be.

    outcome: the state of the target in the answer that followed, None where it was not looked at.
    """

    move: str
    label: str
    reason: str
    target: str | None
    target_label: str | None
    quote_text: str | None
    quote: Quote | None
    tier: str
    outcome: str | None
    would_end: str = ""
    """What would have made it unnecessary, in one sentence."""


@dataclass(frozen=True)
class Comment:
    """KEEP or FIX: one sentence about the answer. quote: its own words; None where it names what was not
    heard, and then start_ms and end_ms span the whole answer. say: a sentence to try."""

    about: str
    label: str
    text: str
    turn: int | None
    start_ms: int
    end_ms: int
    quote: Quote | None = None
    say: str | None = None


@dataclass(frozen=True)
class LevelShown:
    """A level of one side of an answer, or the reason why it has none."""

    id: str
    label: str
    level: int | None
    reason: str | None = None


@dataclass(frozen=True)
class SeniorityShown:
    """Whether the answer would pass at a seniority, and in plain names what it would lack there."""

    level: str
    passes: bool
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Feedback:
    """What the answers to one question come to. reason: in plain words, where assessed is False. next_needs:
    plain names of what the next anchor needs. low, high: the level as wide as this machine can tell it."""

    assessed: bool
    reason: str | None
    level: int | None
    low: int | None
    high: int | None
    anchor: str
    next_needs: tuple[str, ...]
    dimensions: tuple[LevelShown, ...]
    seniorities: tuple[SeniorityShown, ...]
    keep: Comment | None
    fix: Comment | None
    tier: str


@dataclass(frozen=True)
class TightenedPiece:
    """One sentence of "your answer, tightened": the candidate's own words, or a placeholder for what was not
    heard. quote: where those words were said, None for a placeholder."""

    text: str
    slot: str | None
    label: str
    placeholder: bool = False
    quote: Quote | None = None


@dataclass(frozen=True)
class Priority:
    """One thing for next time, over all questions: what, where it shows, and the drill for it. command: the
    drill as one would type it."""

    about: str
    text: str
    question: str
    questions: tuple[str, ...]
    """Ids of all questions it showed in."""
    drill_question: str | None
    drill_move: str | None
    command: str
    quote: Quote | None = None


@dataclass(frozen=True)
class Answer:
    """One turn: what asked for it and how it was delivered. move is None where the question itself did."""

    turn: int
    asked: str
    move: str | None
    move_label: str | None
    why: Why | None
    text: str
    typed: bool
    delivery: Delivery


@dataclass(frozen=True)
class QuestionReport:
    """A question that was asked. kind: warmup, core or candidate_questions; number counts the core ones."""

    id: str
    kind: str
    type: str
    number: int | None
    text: str
    start_ms: int
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
    skipped: bool = False
    """Left at the candidate's wish."""
    level: str | None = None
    family: str | None = None
    skills: tuple[str, ...] = ()
    target_s: int = 120
    """Length of a good answer, in seconds."""
    purpose: str = ""
    """Why an interviewer asks it."""
    how: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    example: str = ""
    feedback: Feedback | None = None
    """None where nobody has judged it yet."""
    tightened: tuple[TightenedPiece, ...] = ()
    rated: int | None = None
    """The candidate's own level, given before the reveal."""
    note: str = ""
    """The candidate's own words about it."""
    retries: tuple[str, ...] = ()
    """Sessions in which it was answered again."""


@dataclass(frozen=True)
class Totals:
    """length_ms: the session, paused_ms of it at the candidate's wish. interviewer_ms: lines really heard;
    candidate_ms: speech in the answers.
    candidate_share: of both together, None where the candidate said nothing aloud. taken_back: how often the
    interviewer took an answer as over too early, which is its own mistake; TurnTaking.cut_ins tells each."""

    length_ms: int
    questions_asked: int
    questions_planned: int
    follow_ups: int
    interviewer_ms: int
    candidate_ms: int
    candidate_share: float | None
    taken_back: int
    paused_ms: int = 0


@dataclass(frozen=True)
class CutIn:
    """The interviewer took the turn too early. how: the candidate took it back by "voice" (speaking on), by
    "key", or in "words" ("I wasn't finished"), at at_ms; gap_ms: from the last speech heard to that. turn:
    the answer."""

    turn: int
    at_ms: int
    how: str
    gap_ms: int


@dataclass(frozen=True)
class TimeAsked:
    """The candidate asked for time to think in the answer `turn`, by "key" or in "words" ("let me think"),
    and had it from start_ms to end_ms. It is no pause and no hesitation: Delivery leaves it out
    everywhere."""

    turn: int
    how: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class TurnTaking:
    """Whose turn it was. cut_ins: each time the interviewer took it too early, in order; only turns that it
    took by itself count, not those the candidate had handed over by a key. time_asked: in order.

    reply_gap_ms: the median over replies of the silence from the candidate's last word to the interviewer's
    first, None where there was none; replies: how many that are. Answers in words only: typed, skipped and
    empty ones, lines that were taken back or only shown, and replies with a pause at the candidate's wish
    do not count."""

    cut_ins: tuple[CutIn, ...] = ()
    time_asked: tuple[TimeAsked, ...] = ()
    reply_gap_ms: int | None = None
    replies: int = 0


@dataclass(frozen=True)
class Keyword:
    """Something the job description wants. at_ms: when it came up first; turn: the answer that said it.

    state: said (the candidate spoke of it unprompted), probed (it came up in a question or a follow-up) or
    never_came_up.
    """

    text: str
    state: str
    at_ms: int | None = None
    turn: int | None = None


@dataclass(frozen=True)
class Report:
    """Everything the three files say. ended: finished, quit, interrupted, or None where it was cut off."""

    schema_version: int
    session: str
    header: Header
    totals: Totals
    ended: str | None
    ending: str
    dialogue: tuple[Entry, ...]
    questions: tuple[QuestionReport, ...]
    not_reached: tuple[str, ...]
    sound: str | None
    """Name of the recording in the folder, None where there is none."""
    unresolved_quotes: int
    """Quotes that did not stand in the transcript; what they would have shown counts as unsure."""
    keywords: tuple[Keyword, ...] = ()
    """From the job description, most wanted first; empty where there was none."""
    turn_taking: TurnTaking = TurnTaking()
    priorities: tuple[Priority, ...] = ()
    """At most three, most frequent first."""
    revealed: bool = False
    """Whether the levels are shown at once: the candidate has rated the answers, or did not want to."""
    tags: tuple[str, ...] = ()
    note: str = ""

    def plain(self) -> dict[str, Any]:
        """The JSON form: field names as they are, tuples as lists."""
        return asdict(self)
