"""An interview at a terminal: what is asked before it, its screen, its keys and its signals."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from voice_audio.devices import quiet_stderr
from voice_interviewer.app import interview
from voice_interviewer.cli.cues import Cues
from voice_interviewer.cli.fetch import offer
from voice_interviewer.cli.keyboard import Keyboard, Lines
from voice_interviewer.cli.output import say, tell, tell_progress
from voice_interviewer.cli.plain import Looking, ReaderScreen
from voice_interviewer.cli.soundcheck import check_microphone
from voice_interviewer.cli.turns import TurnWatch
from voice_interviewer.cli.view import TYPED, keys_voice
from voice_interviewer.settings.config import home

if TYPE_CHECKING:
    from voice_audio.microphone_check import EchoCheck, MicrophoneLevels
    from voice_audio.ports import Microphone, Sound, Speaker
    from voice_interviewer.app.request import InterviewRequest
    from voice_interviewer.live.session import Session
    from voice_interviewer.settings.config import Config


def equip(config: "Config", request: "InterviewRequest", typed: bool, check: bool) -> interview.Equipment:
    """`interview.equip`, with this terminal as the person's. check: the microphone check comes first."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    return interview.equip(
        config,
        request,
        typed,
        tell,
        tell_progress,
        offer=(lambda missing: offer(missing, config.network.offline)) if interactive else None,
        check=_check if check else None,
    )


def _check(
    microphone: "Microphone", speaker: "Speaker | None", line: "Sound | None"
) -> "tuple[MicrophoneLevels, EchoCheck | None]":
    return check_microphone(microphone, speaker, line=line)


@contextmanager
def attend(
    session: "Session", equipment: interview.Equipment, plain: bool = False, tones: bool = False
) -> Iterator[None]:
    """The screen and the keys that suit where this runs, and what ends an interview, while the block runs.

    plain: lines instead of a screen. tones: tell by ear whose turn it is.
    """
    from rich.console import Console

    if tones:
        _add_tones(session, equipment)
    console = Console(highlight=False)
    conditions = equipment.conditions
    keys_come_singly = sys.stdin.isatty()
    with ExitStack() as stack:
        stack.enter_context(ending_signals(session))
        if plain or not (keys_come_singly and console.is_terminal) or console.is_dumb_terminal:
            reader = _read_aloud(session, conditions, keys_come_singly)
            keys = Keyboard(session, echo=True) if keys_come_singly else Lines(session)
            if isinstance(keys, Lines):
                session.add_observer(keys)
            stack.enter_context(quiet_stderr(home() / "sound.log"))
            stack.enter_context(Looking(reader, lambda: session.now_ms))
            stack.enter_context(keys)
        else:
            from voice_interviewer.cli.screen import LiveScreen
            from voice_interviewer.cli.view import view_of

            keyboard, watch = Keyboard(session), TurnWatch(lambda: session.state)
            session.add_observer(watch)
            screen = LiveScreen(console, lambda: view_of(session, keyboard.draft, conditions, watch.struck))
            stack.enter_context(quiet_stderr(home() / "sound.log"))
            stack.enter_context(screen)
            stack.enter_context(keyboard)
        yield


def _add_tones(session: "Session", equipment: interview.Equipment) -> None:
    """Tones that tell whose turn it is, for people who listen to plain lines instead of a screen."""
    session.add_observer(Cues(equipment.speaker, lambda: session.state))


def _read_aloud(
    session: "Session", conditions: interview.Conditions, keys_come_singly: bool
) -> "ReaderScreen":
    """Plain lines, and once what is worth knowing before. Returns who writes them."""
    elsewhere = "" if conditions.where == interview.LOCAL else conditions.where
    heard_by = conditions.heard_by
    for note in (heard_by[:1].upper() + heard_by[1:], elsewhere, *conditions.notes, conditions.greeting):
        if note:
            say(note.rstrip(".") + ".")
    if not heard_by:
        say(f"Type your answers, one line each. Also: {', '.join(TYPED)}.")
    elif keys_come_singly:
        say("Keys: " + ", ".join(f"{key} {meaning}" for key, meaning in keys_voice()) + ".")
    else:
        say("Lines that are read: /done, /undo, /wait, /repeat, /pause, /skip, /type, /quit.")
    if conditions.may_interrupt:
        say("You may interrupt the interviewer at any time.")
    reader = ReaderScreen(say, lambda: session.state, keys_come_singly)
    session.add_observer(reader)
    return reader


@contextmanager
def ending_signals(session: "Session") -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the interview cleanly, between two events, with the record
    kept. A second one does not wait for the last words; a third stops the program."""
    told: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        told.append(number)
        if len(told) > 2:
            raise KeyboardInterrupt
        session.interrupt()

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    before = {number: signal.signal(number, end) for name in names if (number := getattr(signal, name, None))}
    if hasattr(signal, "SIGTSTP"):  # a stopped process neither hears nor speaks: pause instead
        before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, lambda *_: session.press("pause"))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
