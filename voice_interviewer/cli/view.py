"""What the live screen shows at one moment, as a value made from the session; drawing it is `screen`'s
work."""

from dataclasses import dataclass

from voice_interviewer.core.state import State
from voice_interviewer.session import Session

PHASES = {
    "new": "starting",
    "speaking": "speaking",
    "listening": "listening",
    "typing": "your turn to type",
    "thinking": "thinking",
    "paused": "paused",
    "ending": "finishing",
    "ended": "finished",
}
KEYS_VOICE = (
    ("space", "I'm done"),
    ("u", "wasn't finished"),
    ("h", "need time"),
    ("r", "repeat"),
    ("p", "pause"),
    ("s", "skip"),
    ("t", "type"),
    ("+/-", "speed"),
    ("q", "finish"),
)
KEYS_TYPED = (
    ("Enter", "send"),
    ("/repeat", ""),
    ("/undo", ""),
    ("/skip", ""),
    ("/pause", ""),
    ("/voice", ""),
    ("/quit", ""),
)


@dataclass(frozen=True)
class View:
    """phase: a key of PHASES. level_dbfs: None where no microphone runs. Times in ms on the session clock."""

    title: str
    level: str
    question: int
    questions: int
    phase: str
    elapsed_ms: int
    total_ms: int
    asked: str
    saying: str
    words: str
    tentative: str
    level_dbfs: float | None
    hearing_speech: bool
    draft: str
    notes: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]

    @property
    def remaining_ms(self) -> int:
        return max(0, self.total_ms - self.elapsed_ms)


def view_of(session: Session, draft: str = "", notes: tuple[str, ...] = ()) -> View:
    """The moment as the candidate should see it. Reads the session from another thread: only whole values."""
    state, caption = session.state, session.caption
    items = [item for item in state.plan.items if item.question]
    done = sum(1 for item in state.plan.items[: state.item + 1] if item.question)
    firm = " ".join(word.text for word in caption.firm)
    return View(
        title=state.plan.title,
        level=state.plan.level,
        question=done,
        questions=len(items),
        phase=state.phase,
        elapsed_ms=session.now_ms,
        total_ms=state.plan.minutes * 60_000,
        asked=state.asked.text if state.asked else "",
        saying=state.line.text if state.line else "",
        words=" ".join(part for part in (_answer(state), firm) if part),
        tentative=" ".join(word.text for word in caption.tentative),
        level_dbfs=session.level_dbfs if state.phase in ("listening", "thinking", "speaking") else None,
        hearing_speech=state.speech_active,
        draft=draft,
        notes=(*_notes(state), *notes),
        keys=_keys(state),
    )


def _answer(state: State) -> str:
    return state.answer.text if state.phase in ("listening", "thinking", "typing", "paused") else ""


def _keys(state: State) -> tuple[tuple[str, str], ...]:
    if state.phase == "typing":
        return KEYS_TYPED
    if state.phase == "paused":
        return (("p", "go on"), ("q", "finish"))
    return KEYS_VOICE


def _notes(state: State) -> tuple[str, ...]:
    """What the candidate must know now, most important first."""
    notes = []
    if state.quit_asked:
        notes.append("Finish now? Press q again to finish; any other key goes on.")
    if state.microphone_trouble and not state.by_keyboard:
        notes.append(f"{state.microphone_trouble} Nothing is lost; press t to type meanwhile.")
    if state.phase == "paused":
        notes.append("Paused. Nothing is recorded until you press p.")
    if state.holding and state.phase == "listening":
        notes.append("Take your time. The clock of this answer stands still.")
    if state.reading_until_ms is not None:
        notes.append("This line could not be spoken; please read it.")
    return tuple(notes)
