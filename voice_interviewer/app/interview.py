"""One interview with a person: prepared, held, finished, and gone on with after a crash.

Nothing here knows a terminal. What shows the interview and where the keys come from is given as `attend`;
lines for a person go through `tell` and `say`, and `offer` and `check` ask them something.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_audio.devices import find_device, quiet_stderr
from voice_audio.files import ClockSpeaker, SilentMicrophone
from voice_audio.ports import (
    SAMPLE_RATE_HZ,
    Microphone,
    Sound,
    Speaker,
    SpeechDetector,
    Transcriber,
    TurnModel,
    Voice,
)
from voice_interviewer.app import build, patience
from voice_interviewer.app.application_documents import brief, read_documents, told
from voice_interviewer.app.build import Tell
from voice_interviewer.app.language_model import close as let_go
from voice_interviewer.app.next_practice import note_session
from voice_interviewer.app.recognisers import note_disagreement
from voice_interviewer.app.reviews import write_review
from voice_interviewer.app.speech_servers import counted, leaving_shortly, status
from voice_interviewer.app.speech_servers import told as told_of_servers
from voice_interviewer.core.turns.events import Event, SessionEnded, SessionStarted
from voice_interviewer.core.turns.state import State
from voice_interviewer.engine.port import Engine
from voice_interviewer.errors import DeviceProblem, Problem, UsageProblem
from voice_interviewer.live.audio_side import Parts
from voice_interviewer.live.session import Observer, Session
from voice_interviewer.settings.config import Config, load_preferences, save_preferences, sessions_dir
from voice_interviewer.settings.soundlevels import SoundLevels, keep_levels
from voice_interviewer.store.library import SessionSummary, find_session, list_sessions
from voice_interviewer.store.log import SessionFolder, read_log
from voice_interviewer.store.recorder import Recorder

if TYPE_CHECKING:
    from voice_audio.devices import Device, Kind
    from voice_audio.echo import EchoCanceller
    from voice_audio.microphone_check import EchoCheck, MicrophoneLevels
    from voice_audio.models import Missing
    from voice_interviewer.app.request import InterviewRequest
    from voice_interviewer.core.model.plan import Plan
    from voice_interviewer.review.report import ReportPaths

ECHO_LINE = "And this is how I sound. Please stay quiet until I have finished."
"""Said in the microphone check, to learn how loud the interviewer comes back."""
LOCAL = "nothing leaves this machine"

MicrophoneCheck = Callable[
    [Microphone, Speaker | None, Sound | None], "tuple[MicrophoneLevels, EchoCheck | None]"
]
"""Lets a person speak, then plays the given line; what was measured of both."""


@dataclass(frozen=True)
class Conditions:
    """What stays the same all interview long. heard_by: the recogniser, for a person; where: who else
    hears; trouble: what there is to say about servers by now, if anything; calls: how often a language
    model was asked so far; may_interrupt: the microphone hears the candidate while we speak; greeting:
    something to know while the welcome is said."""

    heard_by: str = ""
    where: str = LOCAL
    notes: tuple[str, ...] = ()
    trouble: Callable[[], str] = str
    calls: Callable[[], int] = int
    may_interrupt: bool = False
    greeting: str = ""


@dataclass
class Equipment:
    """Everything an interview needs, opened. devices: for the record."""

    microphone: Microphone
    speaker: Speaker
    detector: SpeechDetector
    transcriber: Transcriber
    voice: Voice
    engine: Engine
    devices: dict[str, str]
    conditions: Conditions
    canceller: "EchoCanceller | None" = None
    echo_dbfs: float | None = None
    turn_model: TurnModel | None = None

    def close(self) -> None:
        for server in (self.engine, self.transcriber, self.voice):
            let_go(server)
        for part in (self.microphone, self.speaker):
            with suppress(Problem):
                part.close()


Attend = Callable[[Session, Equipment], AbstractContextManager[None]]
"""Shows the interview and passes its keys on while the block runs; adds observers to the session before."""


# --- prepare ------------------------------------------------------------------------------------------------


def plan_interview(request: "InterviewRequest", config: Config, tell: Tell) -> "tuple[Plan, str]":
    """What will be asked, and what there is to say about the documents that were read for it; empty where
    there were none. A seed alone decides; without one, not what was asked last time. Raises UsageProblem."""
    choice = config.interview
    role = request.questions or choice.role
    documents = read_documents(request.cv, request.job)
    if request.seed is not None:
        seed, avoid = request.seed, frozenset[str]()
    else:
        seed, avoid = build.fresh_seed(), build.last_questions(role)
    plan = build.make_plan(
        role,
        choice.level,
        choice.minutes,
        seed,
        tell,
        avoid=avoid,
        place=choice.place,
        brief_of=None if documents is None else partial(brief, documents, seed, config),
        persona=choice.persona,
    )
    return plan, "" if documents is None else told(documents, config)


def equip(
    config: Config,
    request: "InterviewRequest",
    typed: bool,
    tell: Tell,
    progress: Tell,
    *,
    offer: "Callable[[Missing], bool] | None" = None,
    check: MicrophoneCheck | None = None,
) -> Equipment:
    """Find and open what the interview needs. Raises DeviceProblem or ModelProblem, each with what to do.

    typed: no microphone. tell, progress and offer: see `build.make_transcriber`. check: comes first, where
    there is a microphone.
    """
    # it may ask; so before anything is open
    transcriber = build.make_transcriber(
        config, tell, progress, offer=offer, by_keyboard=typed, at_true_speed=True
    )
    warm_up(transcriber, typed)
    turn_model = None if typed else build.make_turn_model(config)
    notes: list[str] = []
    with quiet_stderr():
        microphone, heard_by = _microphone(config, request, typed, notes)
        try:
            speaker, spoken_by = _speaker(config, request, notes)
        except Problem:
            microphone.close()
            raise
    # where lines are read from the screen nobody waits for a voice, so none is too slow
    voice, echo_dbfs = build.make_voice(config, tell, at_true_speed=not request.no_audio), None
    if check is not None and not typed:
        echo_dbfs = _check(config, check, voice, microphone, heard_by, speaker, spoken_by)
    engine = build.make_engine(config)
    return Equipment(
        microphone=microphone,
        speaker=speaker,
        detector=build.make_detector(config),
        transcriber=transcriber,
        voice=voice,
        engine=engine,
        devices={"microphone": heard_by, "speaker": spoken_by},
        conditions=_conditions(config, typed, notes, transcriber, voice, engine),
        canceller=None if typed else build.make_canceller(config, tell),
        echo_dbfs=echo_dbfs,
        turn_model=turn_model,
    )


def _conditions(
    config: Config, typed: bool, notes: Sequence[str], transcriber: Transcriber, voice: Voice, engine: Engine
) -> Conditions:
    return Conditions(
        "" if typed else f"heard by {transcriber.name}",
        leaving_shortly(config, typed) or LOCAL,
        tuple(notes),
        lambda: status(engine, transcriber, voice),
        lambda: getattr(engine, "calls", 0),
        may_interrupt=not typed and config.echo.duplex != "half",
        greeting="" if typed else patience.greeting(config),
    )


def _check(
    config: Config,
    check: MicrophoneCheck,
    voice: Voice,
    microphone: Microphone,
    heard_by: str,
    speaker: Speaker,
    spoken_by: str,
) -> float | None:
    """The microphone check. Returns how loud our voice comes back, where that could be measured."""
    if spoken_by == "none":
        check(microphone, None, None)
        return None
    line = None
    with suppress(Problem):  # a voice that fails is told when the interview begins
        line = voice.render(ECHO_LINE, config.voice.words_per_minute)
    levels, echo = check(microphone, speaker, line)
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


def _microphone(
    config: Config, request: "InterviewRequest", typed: bool, notes: list[str]
) -> tuple[Microphone, str]:
    if typed:
        return SilentMicrophone(realtime=True), "none (typed)"
    from voice_audio.microphone import DeviceMicrophone

    device = _device(config.devices.microphone, request.microphone, "input", notes)
    return DeviceMicrophone(device), device.name


def _speaker(config: Config, request: "InterviewRequest", notes: list[str]) -> tuple[Speaker, str]:
    """Without a loudspeaker the lines are shown for as long as they would have sounded."""
    from voice_audio.speaker import DeviceSpeaker

    if request.no_audio:
        return ClockSpeaker(), "none"
    try:
        device = _device(config.devices.speaker, request.speaker, "output", notes)
        return DeviceSpeaker(device), device.name
    except DeviceProblem as problem:
        if request.speaker:
            raise
        notes.append(f"{problem.message} Please read the questions here.")
        return ClockSpeaker(), "none"


def _device(name: str, asked_for: str | None, kind: "Kind", notes: list[str]) -> "Device":
    """The device that is set. One that was only remembered may be gone by now: then the system's choice."""
    try:
        return find_device(name or None, kind)
    except DeviceProblem:
        if asked_for or not name:
            raise
        device = find_device(None, kind)
        notes.append(f'"{name}" is not there now; using "{device.name}".')
        return device


def new_record(equipment: Equipment, plan: "Plan", config: Config, **more: Any) -> Recorder:
    """The folder of an interview over this equipment. more: said beside the rest in session.json."""
    about = build.about_session(
        config, plan, equipment.transcriber, equipment.voice, equipment.engine, equipment.devices
    )
    return build.make_recorder(plan, {**about, **more})


def remember(request: "InterviewRequest", config: Config, typed: bool, agreed: bool) -> None:
    """Keep the choices as next time's defaults, and that the person agreed to be recorded."""
    choice, known = config.interview, load_preferences()
    kept = replace(
        known,
        role=known.role if request.questions else choice.role,
        level=choice.level,
        minutes=choice.minutes,
        style=choice.style,
        microphone=config.devices.microphone or None,
        speaker=config.devices.speaker or None,
        typed=known.typed if request.for_want else typed,
        consent_given=known.consent_given or agreed,
        voice=request.voice or known.voice,
    )
    save_preferences(kept)


# --- hold ---------------------------------------------------------------------------------------------------


@contextmanager
def keeping(recorder: Recorder) -> Iterator[None]:
    """Whatever goes wrong inside: what was recorded is written out, and the session can be continued."""
    try:
        yield
    except BaseException:
        with suppress(Problem):
            recorder.suspend()
        raise


def make_session(
    equipment: Equipment,
    recorder: Recorder,
    config: Config,
    observers: Sequence[Observer] = (),
    live: bool = True,
    compute_time: bool = False,
    start_ms: int = 0,
) -> Session:
    """The session over this equipment; observers, live, compute_time and start_ms as of `Session`."""
    parts = Parts(
        microphone=equipment.microphone,
        speaker=equipment.speaker,
        detector=equipment.detector,
        transcriber=equipment.transcriber,
        voice=equipment.voice,
        engine=equipment.engine,
        recorder=recorder,
        segmenter=build.segmenter_settings(config),
        window=build.window_settings(config),
        resumption=build.resumption_settings(config),
        canceller=equipment.canceller,
        echo_dbfs=equipment.echo_dbfs,
        turn_model=equipment.turn_model,
    )
    return Session(parts, observers, live, compute_time, start_ms)


def hold(
    equipment: Equipment,
    recorder: Recorder,
    config: Config,
    attend: Attend,
    interview: Callable[[Session], State],
    say: Tell,
    start_ms: int = 0,
) -> State:
    """The interview, begun or gone on with. interview: runs the session. Returns its last state; `say` has
    been told what there is to know of the servers. Raises Problem if the record fails."""
    session = make_session(equipment, recorder, config, start_ms=start_ms)
    with keeping(recorder), attend(session, equipment):
        state = interview(session)
    transcriber, voice, engine = equipment.transcriber, equipment.voice, equipment.engine
    recorder.note({**counted(transcriber, voice, engine), "load": session.load})
    _note_speed(transcriber, session.load)
    if trouble := status(engine):
        say(f"\nRules alone asked the last questions: {trouble}.")
    for line in told_of_servers(transcriber, voice):
        say(line)
    return state


def _note_speed(transcriber: Transcriber, load: dict[str, Any]) -> None:
    """A recogniser that proved much slower or faster than it was measured is measured again."""
    if "recogniser_rtf" in load and hasattr(transcriber, "model"):
        note_disagreement(transcriber.model, load["recogniser_rtf"])


# --- finish -------------------------------------------------------------------------------------------------


def finish(recorder: Recorder, state: State, config: Config) -> None:
    """Close the record, and keep for next time what this interview taught."""
    recorder.close()
    remember_rate(state.settings.words_per_minute, state.floor.words_per_minute)
    if not state.settings.typed:
        patience.learn(config, state)


def remember_rate(before: int, after: int) -> None:
    """A speaking rate that was changed by key during the interview is next time's."""
    if after != before:
        save_preferences(replace(load_preferences(), rate=after))


def review(folder: Path) -> "tuple[ReportPaths, str | None]":
    """Write the review of a finished session. Returns where it is, and a line about what to practise today
    now that this session counts too, if there is anything."""
    paths = write_review(folder)
    report = json.loads(paths.json.read_text(encoding="utf-8"))
    return paths, note_session(report, datetime.now().astimezone())


# --- after a crash ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unfinished:
    """A session that a crash left open. past: what had happened. ended: only its review is missing."""

    summary: SessionSummary
    past: Sequence[Event]
    typed: bool
    no_audio: bool
    ended: bool


def unfinished(name: str) -> Unfinished:
    """The session meant; "last" is the newest that was not finished. Raises UsageProblem."""
    summary = _find_open(name)
    past = [entry.event for entry in read_log(summary.path).entries]
    started = past[0] if past else None
    if not isinstance(started, SessionStarted):
        raise UsageProblem(
            "nothing_to_continue", f"{summary.id}: nothing had been asked yet.", "Start a new one."
        )
    about = SessionFolder(summary.path).read_about()
    return Unfinished(
        summary=summary,
        past=past,
        typed=started.settings.typed,
        no_audio=bool(about.get("no_audio")),
        ended=isinstance(past[-1], SessionEnded),  # it died while the record was being finished
    )


def reopen(session: Unfinished) -> tuple[Recorder, int]:
    """Its record, to be gone on with, and the time on the session clock, in ms."""
    recorder = Recorder.resume(session.summary.path)
    clock_ms = max(recorder.duration_ms, session.past[-1].at_ms)
    recorder.pad_to(clock_ms)
    return recorder, clock_ms


def newest_open() -> SessionSummary | None:
    """The newest session of a person, if it was not finished."""
    entry = next((each for each in list_sessions(sessions_dir()) if not is_demo(each.path)), None)
    return entry if entry is not None and entry.state == "open" else None


def close_and_review(folder: Path) -> "ReportPaths":
    """End a session that a crash left open, as it is, and write its review."""
    Recorder.resume(folder).close()
    return write_review(folder)


def is_demo(folder: Path) -> bool:
    """Whether a virtual candidate answered; no person can go on with such a session."""
    try:
        return "persona" in SessionFolder(folder).read_about()
    except Problem:
        return False


def _find_open(name: str) -> SessionSummary:
    if name == "last":
        open_ones = (entry for entry in list_sessions(sessions_dir()) if entry.state == "open")
        found = next((entry for entry in open_ones if not is_demo(entry.path)), None)
        if found is None:
            raise UsageProblem(
                "nothing_to_continue", "There is no unfinished session.", "Start one without --continue."
            )
        return found
    found = find_session(sessions_dir(), name)
    if found.state != "open":
        raise UsageProblem(
            "nothing_to_continue",
            f"{found.id} is {found.state}, so it cannot go on.",
            f"`voice-interviewer sessions show {found.id}` shows it.",
        )
    return found
