"""The room of a live interview: devices, recogniser and screen, found, checked, opened and closed again."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from voice_audio.ports import Microphone, Speaker, SpeechDetector, Transcriber, Voice
from voice_interviewer.cli import assemble
from voice_interviewer.config import Config, load_preferences, save_preferences
from voice_interviewer.engine.port import Engine
from voice_interviewer.errors import Problem

if TYPE_CHECKING:
    from voice_interviewer.cli.practice import Wishes
    from voice_interviewer.session import Session
    from voice_interviewer.store.recorder import Recorder

CHECK_S = 10


@dataclass
class Kit:
    """Everything a live interview needs, opened. devices: for the record."""

    microphone: Microphone
    speaker: Speaker
    detector: SpeechDetector
    transcriber: Transcriber
    voice: Voice
    engine: Engine
    devices: dict[str, str]
    notes: tuple[str, ...] = ()

    def close(self) -> None:
        for part in (self.microphone, self.speaker):
            with suppress(Problem):
                part.close()


def equip(config: Config, typed: bool, no_audio: bool, check: bool | None, interactive: bool) -> Kit:
    """Find and open what the interview needs. Raises DeviceProblem or ModelProblem, each with what to do."""
    from voice_audio.devices import quiet_stderr

    with quiet_stderr():
        microphone, heard_by = _microphone(config, typed or no_audio)
        try:
            speaker, spoken_by, notes = _speaker(config, no_audio)
        except Problem:
            microphone.close()
            raise
    if not (typed or no_audio) and _wants_check(check, interactive):
        check_microphone(microphone, speaker)
    transcriber = assemble.make_transcriber(config, interactive, typed or no_audio)
    if transcriber.low_accuracy and not (typed or no_audio):
        notes += (f"Heard by {transcriber.name}: low accuracy, words may be wrong.",)
    return Kit(
        microphone=microphone,
        speaker=speaker,
        detector=assemble.make_detector(config),
        transcriber=transcriber,
        voice=assemble.make_voice(config),
        engine=assemble.make_engine(),
        devices={"microphone": heard_by, "speaker": spoken_by},
        notes=notes,
    )


def _microphone(config: Config, by_keyboard: bool) -> tuple[Microphone, str]:
    if by_keyboard:
        from voice_audio.files import SilentMicrophone

        return SilentMicrophone(realtime=True), "none (typed)"
    from voice_audio.devices import find_device
    from voice_audio.microphone import DeviceMicrophone

    device = find_device(config.devices.microphone or None, "input")
    return DeviceMicrophone(device), device.name


def _speaker(config: Config, no_audio: bool) -> tuple[Speaker, str, tuple[str, ...]]:
    """Without a loudspeaker the lines are shown for as long as they would have sounded."""
    from voice_audio.devices import find_device
    from voice_audio.speaker import DeviceSpeaker
    from voice_interviewer.cli.silent import ClockSpeaker

    if no_audio:
        return ClockSpeaker(), "none", ()
    try:
        device = find_device(config.devices.speaker or None, "output")
    except Problem as problem:
        if config.devices.speaker:
            raise
        return ClockSpeaker(), "none", (f"{problem.message} Please read the questions here.",)
    return DeviceSpeaker(device), device.name, ()


def _wants_check(check: bool | None, interactive: bool) -> bool:
    if check is not None or not interactive:
        return bool(check)
    return click.confirm(f"A {CHECK_S}-second microphone check first?", default=False)


def check_microphone(microphone: Microphone, speaker: Speaker) -> None:
    """Level and noise of ten seconds, played back; kept nowhere."""
    from voice_audio.microphone_check import measure
    from voice_audio.ports import SAMPLE_RATE_HZ, Sound

    click.echo(f"Say a few sentences now; {CHECK_S} seconds.")
    levels = measure(microphone, CHECK_S)
    click.echo(f"Speech {levels.speech_dbfs:.0f} dBFS, room {levels.noise_dbfs:.0f} dBFS. {levels.advice()}")
    if not levels.digital_silence:
        click.echo("This is what was heard (it is not kept):")
        speaker.play(Sound(levels.samples, SAMPLE_RATE_HZ))
        while speaker.playing():
            time.sleep(0.05)
    resume: Callable[[], None] = getattr(microphone, "resume", lambda: None)
    resume()


def remember(wishes: "Wishes", config: Config) -> None:
    """Keep the choices as next time's defaults."""
    choice = config.interview
    kept = replace(
        load_preferences(),
        role=None if wishes.questions else choice.role,
        level=choice.level,
        minutes=choice.minutes,
        style=choice.style,
        microphone=config.devices.microphone or None,
        speaker=config.devices.speaker or None,
    )
    save_preferences(kept)


def make_session(kit: Kit, recorder: "Recorder", config: Config, start_ms: int = 0) -> "Session":
    from voice_interviewer.session import Parts, Session

    parts = Parts(
        microphone=kit.microphone,
        speaker=kit.speaker,
        detector=kit.detector,
        transcriber=kit.transcriber,
        voice=kit.voice,
        engine=kit.engine,
        recorder=recorder,
        segmenter=assemble.segmenter_settings(config),
    )
    return Session(parts, live=True, start_ms=start_ms)


def hold(session: "Session", kit: Kit, plain: bool, interview: Callable[[], Any]) -> None:
    """The interview itself, with the screen and the keys that suit where it runs."""
    from voice_audio.devices import quiet_stderr
    from voice_interviewer.cli.keyboard import Keyboard, Lines
    from voice_interviewer.config import home

    with ExitStack() as stack:
        stack.enter_context(_ending_signals(session))
        if plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
            _plain(session, kit.notes)
            keys = Keyboard(session, echo=True) if sys.stdin.isatty() else Lines(session)
            stack.enter_context(keys)
        else:
            from rich.console import Console

            from voice_interviewer.cli.screen import LiveScreen
            from voice_interviewer.cli.view import view_of

            keyboard = Keyboard(session)
            screen = LiveScreen(Console(highlight=False), lambda: view_of(session, keyboard.draft, kit.notes))
            stack.enter_context(quiet_stderr(home() / "sound.log"))
            stack.enter_context(screen)
            stack.enter_context(keyboard)
        interview()


def _plain(session: "Session", notes: Sequence[str]) -> None:
    from voice_interviewer.cli.plain import PlainScreen

    for note in notes:
        click.echo(note)
    click.echo("Keys: " + ", ".join(f"{key} {meaning}" for key, meaning in _plain_keys(session)))
    session.add_observer(PlainScreen(lambda line: click.echo(line), candidate="You"))


def _plain_keys(session: "Session") -> Sequence[tuple[str, str]]:
    from voice_interviewer.cli.view import KEYS_VOICE

    if sys.stdin.isatty():
        return KEYS_VOICE
    return (("a line", "your answer"), ("/done /repeat /skip /pause /undo /quit", "what they say"))


class _ending_signals:  # noqa: N801 - used as a context manager
    """SIGTERM and a closed terminal end the interview as Ctrl-C does: cleanly, with the record kept."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        import signal

        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                self._before[number] = signal.signal(number, lambda *_: self._session.interrupt())

    def __exit__(self, *_: object) -> None:
        import signal

        for number, handler in self._before.items():
            signal.signal(number, handler)
