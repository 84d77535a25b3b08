"""The room of a live interview: devices, recogniser and screen, found, checked, opened and closed again."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_audio.ports import (
    SAMPLE_RATE_HZ,
    Microphone,
    Speaker,
    SpeechDetector,
    Transcriber,
    TurnModel,
    Voice,
)
from voice_interviewer.app import build
from voice_interviewer.app.language_model import close as let_go
from voice_interviewer.app.speech_servers import leaving_shortly, status
from voice_interviewer.cli.fetch import offer
from voice_interviewer.cli.output import say, tell, tell_progress
from voice_interviewer.cli.patience import greeting
from voice_interviewer.cli.view import LOCAL, Room
from voice_interviewer.engine.port import Engine
from voice_interviewer.errors import DeviceProblem, Problem
from voice_interviewer.settings.config import Config, load_preferences, save_preferences

if TYPE_CHECKING:
    from voice_audio.devices import Device
    from voice_audio.echo import EchoCanceller
    from voice_interviewer.cli.plain import ReaderScreen
    from voice_interviewer.cli.practice import Wishes
    from voice_interviewer.live.session import Session
    from voice_interviewer.store.recorder import Recorder


@dataclass
class Kit:
    """Everything an interview needs, opened. devices: for the record."""

    microphone: Microphone
    speaker: Speaker
    detector: SpeechDetector
    transcriber: Transcriber
    voice: Voice
    engine: Engine
    devices: dict[str, str]
    room: Room
    canceller: "EchoCanceller | None" = None
    echo_dbfs: float | None = None
    turn_model: TurnModel | None = None

    def close(self) -> None:
        for server in (self.engine, self.transcriber, self.voice):
            let_go(server)
        for part in (self.microphone, self.speaker):
            with suppress(Problem):
                part.close()


def equip(config: Config, wishes: "Wishes", typed: bool, check: bool) -> Kit:
    """Find and open what the interview needs. Raises DeviceProblem or ModelProblem, each with what to do.

    typed: no microphone. check: the ten-second microphone check comes first.
    """
    from voice_audio.devices import quiet_stderr

    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    # it may ask; so before anything is open
    transcriber = build.make_transcriber(
        config,
        tell,
        tell_progress,
        offer=(lambda missing: offer(missing, config.network.offline)) if interactive else None,
        by_keyboard=typed,
        at_true_speed=True,
    )
    warm_up(transcriber, typed)
    turn_model = None if typed else build.make_turn_model(config)
    notes: list[str] = []
    with quiet_stderr():
        microphone, heard_by = _microphone(config, wishes, typed, notes)
        try:
            speaker, spoken_by = _speaker(config, wishes, notes)
        except Problem:
            microphone.close()
            raise
    voice, echo_dbfs = build.make_voice(config, tell), None
    if check and not typed:
        echo_dbfs = _check(config, voice, microphone, heard_by, speaker, spoken_by)
    engine = build.make_engine(config)
    return Kit(
        microphone=microphone,
        speaker=speaker,
        detector=build.make_detector(config),
        transcriber=transcriber,
        voice=voice,
        engine=engine,
        devices={"microphone": heard_by, "speaker": spoken_by},
        room=Room(
            "" if typed else f"heard by {transcriber.name}",
            leaving_shortly(config, typed) or LOCAL,
            tuple(notes),
            lambda: status(engine, transcriber, voice),
            lambda: getattr(engine, "calls", 0),
            may_interrupt=not typed and config.echo.duplex != "half",
            greeting="" if typed else greeting(config),
        ),
        canceller=None if typed else build.make_canceller(config, tell),
        echo_dbfs=echo_dbfs,
        turn_model=turn_model,
    )


def _check(
    config: Config, voice: Voice, microphone: Microphone, heard_by: str, speaker: Speaker, spoken_by: str
) -> float | None:
    """The microphone check. Returns how loud our voice comes back, where that could be measured."""
    from voice_interviewer.cli.soundcheck import ECHO_LINE, check_microphone
    from voice_interviewer.settings.soundlevels import SoundLevels, keep_levels

    if spoken_by == "none":
        check_microphone(microphone, None)
        return None
    line = None
    with suppress(Problem):  # a voice that fails is told when the interview begins
        line = voice.render(ECHO_LINE, config.voice.words_per_minute)
    levels, echo = check_microphone(microphone, speaker, line=line)
    if echo is None:
        return None
    with suppress(OSError):
        keep_levels(SoundLevels(heard_by, spoken_by, levels.speech_dbfs, levels.noise_dbfs, echo.echo_dbfs))
    return echo.echo_dbfs


def warm_up(transcriber: Transcriber, typed: bool) -> None:
    """Load what the recogniser loads at its first use while the welcome is still being spoken."""
    second = np.zeros(SAMPLE_RATE_HZ, np.int16)

    def work() -> None:
        with suppress(Problem):  # the first answer will say it
            transcriber.transcribe(second)

    if not typed:
        threading.Thread(target=work, name="warm-up", daemon=True).start()


def _microphone(config: Config, wishes: "Wishes", typed: bool, notes: list[str]) -> tuple[Microphone, str]:
    if typed:
        from voice_audio.files import SilentMicrophone

        return SilentMicrophone(realtime=True), "none (typed)"
    from voice_audio.microphone import DeviceMicrophone

    device = _device(config.devices.microphone, wishes.microphone, "input", notes)
    return DeviceMicrophone(device), device.name


def _speaker(config: Config, wishes: "Wishes", notes: list[str]) -> tuple[Speaker, str]:
    """Without a loudspeaker the lines are shown for as long as they would have sounded."""
    from voice_audio.speaker import DeviceSpeaker
    from voice_interviewer.cli.silent import ClockSpeaker

    if wishes.no_audio:
        return ClockSpeaker(), "none"
    try:
        device = _device(config.devices.speaker, wishes.speaker, "output", notes)
        return DeviceSpeaker(device), device.name
    except DeviceProblem as problem:
        if wishes.speaker:
            raise
        notes.append(f"{problem.message} Please read the questions here.")
        return ClockSpeaker(), "none"


def _device(name: str, asked_for: str | None, kind: Any, notes: list[str]) -> "Device":
    """The device that is set. One that was only remembered may be gone by now: then the system's choice."""
    from voice_audio.devices import find_device

    try:
        return find_device(name or None, kind)
    except DeviceProblem:
        if asked_for or not name:
            raise
        device = find_device(None, kind)
        notes.append(f'"{name}" is not there now; using "{device.name}".')
        return device


def remember(wishes: "Wishes", config: Config, typed: bool, agreed: bool) -> None:
    """Keep the choices as next time's defaults, and that the person agreed to be recorded."""
    choice, known = config.interview, load_preferences()
    kept = replace(
        known,
        role=known.role if wishes.questions else choice.role,
        level=choice.level,
        minutes=choice.minutes,
        style=choice.style,
        microphone=config.devices.microphone or None,
        speaker=config.devices.speaker or None,
        typed=known.typed if wishes.for_want else typed,
        consent_given=known.consent_given or agreed,
        voice=wishes.voice or known.voice,
    )
    save_preferences(kept)


def remember_rate(before: int, after: int) -> None:
    """A speaking rate that was changed by key during the interview is next time's."""
    if after != before:
        save_preferences(replace(load_preferences(), rate=after))


@contextmanager
def keeping(recorder: "Recorder") -> Iterator[None]:
    """Whatever goes wrong inside: what was recorded is written out, and the session can be continued."""
    try:
        yield
    except BaseException:
        with suppress(Problem):
            recorder.suspend()
        raise


def make_session(kit: Kit, recorder: "Recorder", config: Config, **mode: Any) -> "Session":
    """The interview over this kit; mode: observers, live, compute_time and start_ms of `Session`."""
    from voice_interviewer.live.audio_side import Parts
    from voice_interviewer.live.session import Session

    parts = Parts(
        microphone=kit.microphone,
        speaker=kit.speaker,
        detector=kit.detector,
        transcriber=kit.transcriber,
        voice=kit.voice,
        engine=kit.engine,
        recorder=recorder,
        segmenter=build.segmenter_settings(config),
        window=build.window_settings(config),
        resumption=build.resumption_settings(config),
        canceller=kit.canceller,
        echo_dbfs=kit.echo_dbfs,
        turn_model=kit.turn_model,
    )
    return Session(parts, **mode)


def add_cues(session: "Session", kit: Kit) -> None:
    """Tones that tell whose turn it is, for whoever listens to plain lines instead of looking at a screen."""
    from voice_interviewer.cli.cues import Cues

    session.add_observer(Cues(kit.speaker, lambda: session.state))


def hold(session: "Session", room: Room, plain: bool, interview: Callable[[], Any]) -> Any:
    """The interview itself, with the screen and the keys that suit where it runs. Returns what it returns."""
    from rich.console import Console

    from voice_audio.devices import quiet_stderr
    from voice_interviewer.cli.keyboard import Keyboard, Lines
    from voice_interviewer.cli.plain import Looking
    from voice_interviewer.cli.turns import TurnWatch
    from voice_interviewer.settings.config import home

    console = Console(highlight=False)
    keys_come_singly = sys.stdin.isatty()
    with ExitStack() as stack:
        stack.enter_context(ending_signals(session))
        if plain or not (keys_come_singly and console.is_terminal) or console.is_dumb_terminal:
            reader = _read_aloud(session, room, keys_come_singly)
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
            screen = LiveScreen(console, lambda: view_of(session, keyboard.draft, room, watch.struck))
            stack.enter_context(quiet_stderr(home() / "sound.log"))
            stack.enter_context(screen)
            stack.enter_context(keyboard)
        return interview()


def _read_aloud(session: "Session", room: Room, keys_come_singly: bool) -> "ReaderScreen":
    """Plain lines, and once what is worth knowing before. Returns who writes them."""
    from voice_interviewer.cli.plain import ReaderScreen
    from voice_interviewer.cli.view import KEYS_TYPED, KEYS_VOICE

    elsewhere = "" if room.where == LOCAL else room.where
    for note in (room.heard_by[:1].upper() + room.heard_by[1:], elsewhere, *room.notes, room.greeting):
        if note:
            say(note.rstrip(".") + ".")
    if not room.heard_by:
        say(f"Type your answers, one line each. Also: {', '.join(key for key, _ in KEYS_TYPED[1:])}.")
    elif keys_come_singly:
        say("Keys: " + ", ".join(f"{key} {meaning}" for key, meaning in KEYS_VOICE) + ".")
    else:
        say("Lines that are read: /done, /undo, /wait, /repeat, /pause, /skip, /type, /quit.")
    if room.may_interrupt:
        say("You may interrupt the interviewer at any time.")
    reader = ReaderScreen(say, lambda: session.state, keys_come_singly)
    session.add_observer(reader)
    return reader


@contextmanager
def ending_signals(session: "Session") -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the interview cleanly, between two events, with the record
    kept. A second one does not wait for the last words; a third stops the program."""
    import signal

    told: list[int] = []

    def end(number: int, frame: Any) -> None:
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
