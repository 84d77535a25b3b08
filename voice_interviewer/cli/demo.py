"""`demo`: a short interview with the virtual candidate through the real pipeline, and its review."""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_audio.memory import reuse_memory
from voice_interviewer.app.reviews import write_review
from voice_interviewer.app.speech_servers import NO_SERVERS
from voice_interviewer.cli.output import tell, tell_progress
from voice_interviewer.cli.plain import PlainScreen
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.errors import Problem, UsageProblem
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from voice_audio.ports import Sound, Speaker, Voice
    from voice_interviewer.app.interview import Equipment
    from voice_interviewer.core.model.plan import Plan
    from voice_interviewer.live.session import Session
    from voice_interviewer.live.virtual_candidate import VirtualCandidate
    from voice_interviewer.settings.config import Config

ROLE, LEVEL, MINUTES, CORE_QUESTIONS = "ai-ethics-specialist", "junior", 12, 3
"""What the virtual candidates have answers for."""
CANDIDATE_LATENCY_S = 0.5
"""The candidate is played while the recogniser works, which holds this process up for a quarter of a
second."""


@click.command()
@click.option(
    "--persona",
    default="we-speaker",
    show_default=True,
    help="strong, vague or we-speaker; with -hesitant after it for pauses, new starts and fillers.",
)
@click.option("--interviewer", default=None, help="Who asks: neutral, warm or brisk.")
@click.option("--voice", metavar="NAME", help="Who is heard, see `voices`; the persona's own if not given.")
@click.option("--realtime", is_flag=True, help="At true speed, through the loudspeaker.")
@click.option("--speaker", default=None, help="With --realtime: the loudspeaker to use.")
@click.option("--whisper-model", default="tiny.en", show_default=True, help="Who listens, as for practice.")
@click.option("--place", default=None, help="Whose law the questions mean, such as EU, US or BR.")
@click.option("--patience", type=float, help="How long the interviewer waits: 0.3 to 4, 1 is normal.")
@click.option("--compute-time", is_flag=True, help="Add the measured compute time to the session's clock.")
def demo(
    persona: str,
    interviewer: str | None,
    voice: str | None,
    realtime: bool,
    speaker: str | None,
    whisper_model: str,
    place: str | None,
    patience: float | None,
    compute_time: bool,
) -> None:
    """Watch a whole interview with a virtual candidate.

    Real speech detection, real recognition, real follow-ups; no microphone, account, key or network.
    """
    from voice_audio.devices import quiet_stderr
    from voice_interviewer.app import build, interview
    from voice_interviewer.cli.terminal import ending_signals

    if speaker and not realtime:
        raise UsageProblem("speaker", "--speaker needs --realtime.", "Without it the demo makes no sound.")
    begun = time.monotonic()
    if not realtime:
        reuse_memory()
    chosen = {"role": ROLE, "level": LEVEL, "minutes": MINUTES, "place": place, "persona": interviewer}
    chosen |= {"patience": patience, "voice": voice}
    config = load_config({**chosen, **NO_SERVERS, "speaker": speaker, "whisper_model": whisper_model})
    plan = build.make_plan(
        ROLE,
        LEVEL,
        MINUTES,
        0,
        tell,
        CORE_QUESTIONS,
        place=config.interview.place,
        persona=config.interview.persona,
    )
    session: Session
    equipment, candidate = equip(config, persona, realtime, lambda: session.now_ms)
    recorder = interview.new_record(equipment, plan, config, persona=persona)
    if not realtime:
        render_meanwhile(equipment.voice, plan, config.settings().words_per_minute)
    screen = PlainScreen(click.echo, why=True)
    session = interview.make_session(
        equipment, recorder, config, (candidate, screen), live=realtime, compute_time=compute_time
    )
    click.echo(f"A {plan.level} {plan.title} interview with the virtual candidate '{persona}'.")
    click.echo(f"Heard by {equipment.transcriber.name}.")
    click.echo("Candidate: recorded synthetic speech. Times are the session's clock (minutes:seconds).\n")
    sys.stdout.flush()
    with interview.keeping(recorder), ending_signals(session), quiet_stderr():
        state = session.run(plan, config.settings())
    equipment.close()
    recorder.close()
    _finish(recorder.folder.path, begun, state.at_ms)


def render_meanwhile(voice: "Voice", plan: "Plan", words_per_minute: int) -> None:
    """Make the plan's lines on another core while the first answers are heard; who wants one of them waits
    for it instead of making it twice. Nothing else changes: a line is the same whenever it is made."""

    def work() -> None:
        with suppress(Problem):  # the line itself will say what is wrong
            for item in plan.items:
                if not item.spare:
                    voice.render(item.say, words_per_minute)

    threading.Thread(target=work, name="lines", daemon=True).start()


def equip(
    config: "Config", persona: str, realtime: bool, clock_ms: Callable[[], int]
) -> "tuple[Equipment, VirtualCandidate]":
    """The equipment of a live interview, with the virtual candidate at the microphone and, mostly, files for
    sound."""
    from voice_audio.files import WavSpeaker
    from voice_interviewer.app import build
    from voice_interviewer.app.interview import Conditions, Equipment
    from voice_interviewer.live.virtual_candidate import VirtualCandidate

    speaker: Speaker = WavSpeaker(clock_ms)
    name, aloud = "file", None
    if realtime:
        speaker, name, aloud = _loudspeakers(config)
    candidate = VirtualCandidate(persona, Path(str(samples_dir())), realtime=realtime, on_speech=aloud)
    equipment = Equipment(
        microphone=candidate,
        speaker=speaker,
        detector=build.make_detector(config),
        transcriber=build.make_transcriber(config, tell, tell_progress, at_true_speed=realtime),
        voice=build.make_voice(config, tell, realtime, somebody=False),
        engine=build.make_rules(config),
        devices={"microphone": "virtual candidate", "speaker": name},
        conditions=Conditions(),
        turn_model=build.make_turn_model(config),
    )
    return equipment, candidate


def _loudspeakers(config: "Config") -> "tuple[Speaker, str, Callable[[Sound], None] | None]":
    """One stream for the interviewer, one for the candidate. Without a loudspeaker the demo is silent."""
    from voice_audio.devices import find_device, quiet_stderr
    from voice_audio.files import ClockSpeaker
    from voice_audio.speaker import DeviceSpeaker

    try:
        with quiet_stderr():
            device = find_device(config.devices.speaker or None, "output")
            interviewer, candidate = DeviceSpeaker(device), DeviceSpeaker(device, CANDIDATE_LATENCY_S)
    except Problem as problem:
        if config.devices.speaker:
            raise
        click.echo(f"{problem.message} The demo goes on at true speed, without sound.\n", err=True)
        return ClockSpeaker(), "none", None
    return interviewer, device.name, candidate.play


def _finish(folder: Path, begun: float, clock_ms: int) -> None:
    paths = write_review(folder)
    took = time.monotonic() - begun
    click.echo(f"\n{clock_ms / 1000:.0f} s of interview in {took:.0f} s.")
    click.echo(f"Record  {folder}")
    click.echo(f"Review  {paths.html}   (open it in a browser)")
