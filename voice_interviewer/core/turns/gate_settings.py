"""What shapes the answer gate: plain values that stay with the record."""

from dataclasses import dataclass, field

from voice_interviewer.core.model.record import WRITTEN_IF_CHANGED


@dataclass(frozen=True)
class GateSettings:
    """What shapes the gate. The values come from configs/ and stay with the record."""

    fixed_ms: int | None = None
    """Not None: a plain timer of this length decides instead of the gate (baselines, and tests of the
    rest)."""
    hold_ms: int = 30_000
    """Silence allowed after the candidate asked for time, until they speak again."""
    no_answer_ms: int = 20_000
    """Nobody has said anything since the question."""
    redirect_pause_ms: int = 1000
    """A rambling answer is interrupted only in a pause of this length."""
    soft_ms: int = 5500
    """In a silence that is to go on, one soft "take your time" comes here."""
    check_in_ms: int = 11_000
    """And here "anything to add, or shall we move on?"."""
    after_check_in_ms: int = 8000
    """Silence allowed after that."""
    closing_ms: int = 500
    """After words that hand the answer over."""
    closing_words: int = 12
    """A shorter answer is not handed over yet: "fine, thank you" is mere politeness."""
    open_ms: int = 6000
    """After words that cannot be the end, at least."""
    list_ms: int = 5000
    """While numbered items of an announced list are still to come, at least."""
    text_wait_ms: int = 1500
    """While it is unknown what was said last, at least."""
    cut_cost_s: float = field(default=10.0, metadata=WRITTEN_IF_CHANGED)
    """What cutting somebody off costs, in seconds of silence after an answer."""
    least_wait_ms: int = field(default=400, metadata=WRITTEN_IF_CHANGED)
    most_wait_ms: int = field(default=8000, metadata=WRITTEN_IF_CHANGED)
    """The shortest and the longest silence that may be worth waiting, at a patience of 1."""
    soft_before_ms: int = field(default=3000, metadata=WRITTEN_IF_CHANGED)
    """Nothing is said softly when the floor would be taken so soon after it."""
