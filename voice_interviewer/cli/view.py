"""What the live screen shows at one moment, as a value made from the session; drawing it is `screen`'s
work."""

from dataclasses import dataclass

from voice_interviewer.app.interview import LOCAL, Conditions
from voice_interviewer.cli.turns import hint_of, unheard_note
from voice_interviewer.content.screen_words import load_screen_words
from voice_interviewer.core.turns.state import State
from voice_interviewer.live.session import Session

Keys = tuple[tuple[str, str], ...]
"""Each key with what it does."""
TYPED = ("/repeat", "/undo", "/skip", "/pause", "/faster", "/slower", "/quit")
"""What can be typed instead of an answer."""


def keys_voice() -> Keys:
    """While answers are given aloud."""
    keys = load_screen_words().keys
    names = {"space": "done", "u": "unfinished", "h": "hold", "r": "repeat", "p": "pause", "s": "skip"}
    names |= {"t": "type", "+/-": "speed", "q": "finish"}
    return tuple((key, keys[name]) for key, name in names.items())


def keys_typed(enter: str = "send") -> Keys:
    """While answers are typed; enter: what that key does."""
    return ("Enter", load_screen_words().keys[enter]), *((each, "") for each in TYPED)


@dataclass(frozen=True)
class View:
    """station: where the interview is, as it is shown ("question 2 of 5", "warm-up"). phase: the state's.
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
    items, stations = state.plan.items, load_screen_words().stations
    if not items:
        return stations["opening"]
    here = items[min(state.agenda.item, len(items) - 1)]
    if here.kind != "core":
        return stations.get(here.kind, here.kind)
    done = sum(item.kind == "core" for item in items[: state.agenda.item + 1])
    planned = sum(item.kind == "core" and not item.spare for item in items)
    name = "planned" if done <= planned else "numbered"
    return stations[name].format(number=done, count=planned)


def keys_of(state: State) -> Keys:
    """What can be pressed or typed now."""
    keys = load_screen_words().keys
    if state.phase == "paused":
        on, end = ("/pause", "/quit") if state.by_keyboard else ("p", "q")
        return (on, keys["go_on"]), (end, keys["finish"])
    if not state.by_keyboard:
        return keys_voice()
    typed = keys_typed("go_on" if state.phase == "speaking" else "send")
    return typed if state.settings.typed else (*typed, ("Esc", keys["speak"]))


def notes_of(state: State) -> tuple[str, ...]:
    """What the candidate must know now, most important first."""
    lines, typed = load_screen_words().notes, state.by_keyboard
    how, notes = "typed" if typed else "by_key", []
    if state.floor.quit_asked:
        notes.append(lines[f"finish_{how}"])
    if state.floor.skip_asked:
        notes.append(lines[f"skip_{how}"])
    if state.floor.microphone_trouble and not typed:
        stop = "" if state.floor.microphone_trouble.endswith(".") else "."
        notes.append(lines["microphone"].format(trouble=f"{state.floor.microphone_trouble}{stop}"))
    if state.phase == "paused":
        notes.append(lines[f"paused_{how}"])
    if state.floor.pause_asked:
        notes.append(lines["pause_asked"])
    if unheard := unheard_note(state):
        notes.append(unheard)
    if typed and state.phase == "speaking" and not state.settings.typed:
        notes.append(lines["will_type"])
    if state.floor.reading_until_ms is not None:
        notes.append(lines["unspoken"])
    return tuple(notes)


def _level(session: Session, state: State) -> float | None:
    heard = state.phase in ("listening", "speaking") and not state.by_keyboard
    return session.level_dbfs if heard else None


def _doing(state: State) -> str:
    if state.phase not in ("thinking", "ending"):
        return ""
    return load_screen_words().drawing["last_words" if state.waiting_for_words else "choosing"]
