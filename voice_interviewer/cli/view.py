"""What the live screen shows at one moment, as a value made from the session; drawing it is `screen`'s
work."""

from dataclasses import dataclass

from voice_interviewer.app.interview import LOCAL, Conditions
from voice_interviewer.cli.turns import hint_of, unheard_note
from voice_interviewer.core.turns.state import State
from voice_interviewer.live.session import Session

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
STATIONS = {
    "opening": "welcome",
    "warmup": "warm-up",
    "candidate_questions": "your questions",
    "close": "goodbye",
}
"""What the parts of an interview that are not counted as questions are called."""
KEYS_VOICE = (
    ("space", "I'm done"),
    ("u", "I wasn't finished"),
    ("h", "I need time"),
    ("r", "repeat"),
    ("p", "pause"),
    ("s", "skip"),
    ("t", "type"),
    ("+/-", "speed"),
    ("q", "finish"),
)
KEYS_PAUSED = (("p", "go on"), ("q", "finish"))
KEYS_TYPED = (
    ("Enter", "send"),
    ("/repeat", ""),
    ("/undo", ""),
    ("/skip", ""),
    ("/pause", ""),
    ("/faster", ""),
    ("/slower", ""),
    ("/quit", ""),
)
KEYS_READING = (("Enter", "go on"), *KEYS_TYPED[1:])
KEYS_TYPED_PAUSED = (("/pause", "go on"), ("/quit", "finish"))


@dataclass(frozen=True)
class View:
    """station: where the interview is, as it is shown ("question 2 of 5", "warm-up"). phase: a key of PHASES.
    level_dbfs: None where no microphone runs. Times in ms on the session clock.

    doing: what takes its time while the phase is thinking. hint: a calm line that asks for nothing. struck:
    what we said too early and took back.
    """

    title: str
    level: str
    station: str
    phase: str
    elapsed_ms: int
    total_ms: int
    asked: str
    saying: str
    words: str
    tentative: str
    level_dbfs: float | None
    hearing_speech: bool
    doing: str
    draft: str
    notes: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    heard_by: str = ""
    where: str = LOCAL
    hint: str = ""
    struck: str = ""
    may_interrupt: bool = False

    @property
    def elapsed_s(self) -> int:
        return self.elapsed_ms // 1000

    @property
    def remaining_s(self) -> int:
        """Together with the elapsed seconds always the planned length, never below 0."""
        return max(0, self.total_ms // 1000 - self.elapsed_s)


def view_of(
    session: Session, draft: str = "", conditions: Conditions | None = None, struck: str = ""
) -> View:
    """The moment as the candidate should see it. struck: what we took back. Reads the session from another
    thread: only whole values."""
    state, caption = session.state, session.caption
    conditions = conditions or Conditions()
    answering = state.phase in ("listening", "thinking", "typing", "paused")
    welcoming = state.phase == "speaking" and state.agenda.item == 0
    firm = [word.text for word in caption.firm] if answering else []
    return View(
        title=state.plan.title,
        level=state.plan.level,
        station=station_of(state),
        phase=state.phase,
        elapsed_ms=state.interview_ms(session.now_ms),
        total_ms=state.plan.minutes * 60_000,
        asked=state.agenda.asked.text if state.agenda.asked else "",
        saying=state.line.text if state.line else "",
        words=" ".join(part for part in (state.answer.text if answering else "", *firm) if part),
        tentative=" ".join(word.text for word in caption.tentative) if answering else "",
        level_dbfs=_level(session, state),
        hearing_speech=state.floor.speech_active,
        doing=_doing(state),
        draft=draft,
        notes=(*notes_of(state), *conditions.notes, *filter(None, (conditions.trouble(),))),
        keys=keys_of(state),
        heard_by="" if state.by_keyboard else conditions.heard_by,
        where=f"{conditions.where}, {calls} model calls"
        if (calls := conditions.calls())
        else conditions.where,
        hint=conditions.greeting if welcoming else hint_of(state, session.now_ms),
        struck=struck if answering else "",
        may_interrupt=state.settings.full_duplex and not state.by_keyboard,
    )


def station_of(state: State) -> str:
    """Only the questions the interview is about are counted, as in the review."""
    items = state.plan.items
    if not items:
        return STATIONS["opening"]
    here = items[min(state.agenda.item, len(items) - 1)]
    if here.kind != "core":
        return STATIONS.get(here.kind, here.kind)
    done = sum(item.kind == "core" for item in items[: state.agenda.item + 1])
    planned = sum(item.kind == "core" and not item.spare for item in items)
    return f"question {done} of {planned}" if done <= planned else f"question {done}"


def keys_of(state: State) -> tuple[tuple[str, str], ...]:
    """What can be pressed or typed now."""
    if state.by_keyboard:
        keys = {"paused": KEYS_TYPED_PAUSED, "speaking": KEYS_READING}.get(state.phase, KEYS_TYPED)
        return keys if state.settings.typed or state.phase == "paused" else (*keys, ("Esc", "speak"))
    return KEYS_PAUSED if state.phase == "paused" else KEYS_VOICE


def notes_of(state: State) -> tuple[str, ...]:
    """What the candidate must know now, most important first."""
    notes = []
    typed = state.by_keyboard
    if state.floor.quit_asked:
        again, instead = ("Type /quit", "anything else") if typed else ("Press q", "any other key")
        notes.append(f"Finish now? {again} again to finish; {instead} goes on.")
    if state.floor.skip_asked:
        notes.append(f"Skip this question, answer and all? {'Type /skip' if typed else 'Press s'} again.")
    if state.floor.microphone_trouble and not typed:
        trouble = "" if state.floor.microphone_trouble.endswith(".") else "."
        notes.append(f"{state.floor.microphone_trouble}{trouble} Or press t to type.")
    if state.phase == "paused":
        notes.append(f"Paused. Nothing is recorded until you {'type /pause' if typed else 'press p'}.")
    if state.floor.pause_asked:
        notes.append("It pauses before the next line.")
    if unheard := unheard_note(state):
        notes.append(unheard)
    if typed and state.phase == "speaking" and not state.settings.typed:
        notes.append("You will type your answer when this line is over; Esc goes back to your voice.")
    if state.floor.reading_until_ms is not None:
        notes.append("This line could not be spoken; please read it.")
    return tuple(notes)


def _level(session: Session, state: State) -> float | None:
    heard = state.phase in ("listening", "speaking") and not state.by_keyboard
    return session.level_dbfs if heard else None


def _doing(state: State) -> str:
    if state.phase not in ("thinking", "ending"):
        return ""
    return "writing down your last words" if state.waiting_for_words else "choosing what comes next"
