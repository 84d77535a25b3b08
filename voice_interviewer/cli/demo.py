"""`demo`: a short interview with the virtual candidate through the real pipeline, and its review."""

import time
from pathlib import Path
from typing import Any

import click

from voice_interviewer.errors import Problem

CORE_QUESTIONS = 3
MINUTES = 12


@click.command()
@click.option("--persona", default="we-speaker", show_default=True, help="strong, vague or we-speaker.")
@click.option("--realtime", is_flag=True, help="At true speed, through the loudspeaker.")
@click.option("--speaker", default=None, help="With --realtime: the loudspeaker to use.")
@click.option("--compute-time", is_flag=True, help="Add the measured compute time to the session's clock.")
def demo(persona: str, realtime: bool, speaker: str | None, compute_time: bool) -> None:
    """Watch a whole interview with a virtual candidate.

    Real speech detection, real recognition, real follow-ups; no microphone, model, key or network.
    """
    from voice_interviewer.cli import assemble
    from voice_interviewer.cli.booth import ending_signals
    from voice_interviewer.cli.plain import PlainScreen
    from voice_interviewer.config import load_config

    begun = time.monotonic()
    config = load_config({"speaker": speaker})
    plan = assemble.make_plan("ai-ethics-specialist", "junior", MINUTES, 0, core_count=CORE_QUESTIONS)
    screen = PlainScreen(click.echo, candidate="Candidate", why=True)
    session, recorder, transcriber = _assemble(config, plan, persona, realtime, compute_time, screen)
    click.echo(f"A {plan.level} {plan.title} interview with the virtual candidate '{persona}'.")
    click.echo(f"Heard by {transcriber.name}: {_accuracy(transcriber)}")
    click.echo("Candidate: recorded synthetic speech. Times are the session's clock (minutes:seconds).\n")
    with ending_signals(session):
        state = session.run(plan, config.settings())
    recorder.close()
    _finish(recorder.folder.path, begun, state.at_ms)


def _assemble(config: Any, plan: Any, persona: str, realtime: bool, compute_time: bool, screen: Any) -> Any:
    from voice_audio.files import WavSpeaker
    from voice_interviewer.cli import assemble
    from voice_interviewer.resources import samples_dir
    from voice_interviewer.session import Parts, Session
    from voice_interviewer.simulate import VirtualCandidate

    transcriber, voice, engine = assemble.make_embedded(), assemble.make_voice(config), assemble.make_engine()
    samples = Path(str(samples_dir()))
    if realtime:
        loud, devices, candidate_loud = _loudspeakers(config)
        candidate = VirtualCandidate(persona, samples, realtime=True, on_speech=candidate_loud)
    else:
        candidate = VirtualCandidate(persona, samples)
        devices = {"microphone": "virtual candidate", "speaker": "file"}
        loud = WavSpeaker(lambda: session.now_ms)
    about = assemble.about_session(config, plan, transcriber, voice, engine, devices)
    recorder = assemble.make_recorder(plan, {**about, "persona": persona})
    parts = Parts(
        microphone=candidate,
        speaker=loud,
        detector=assemble.make_detector(config),
        transcriber=transcriber,
        voice=voice,
        engine=engine,
        recorder=recorder,
        segmenter=assemble.segmenter_settings(config),
    )
    session = Session(parts, (candidate, screen), live=realtime, compute_time=compute_time)
    return session, recorder, transcriber


def _loudspeakers(config: Any) -> Any:
    """One stream for the interviewer, one for the candidate. Without a loudspeaker the demo is silent."""
    from voice_audio.devices import find_device
    from voice_audio.speaker import DeviceSpeaker
    from voice_interviewer.cli.silent import ClockSpeaker

    try:
        device = find_device(config.devices.speaker or None, "output")
        interviewer, candidate = DeviceSpeaker(device), DeviceSpeaker(device)
    except Problem as problem:
        click.echo(f"No sound: {problem.message} {problem.hint}\n", err=True)
        return ClockSpeaker(), {"microphone": "virtual candidate", "speaker": "none"}, None
    return interviewer, {"microphone": "virtual candidate", "speaker": device.name}, candidate.play


def _accuracy(transcriber: Any) -> str:
    return "the embedded recogniser, low accuracy." if transcriber.low_accuracy else "good accuracy."


def _finish(folder: Path, begun: float, clock_ms: int) -> None:
    from voice_interviewer.review.report import write_reports

    paths = write_reports(folder)
    took = time.monotonic() - begun
    click.echo(f"\n{clock_ms / 1000:.0f} s of interview in {took:.0f} s.")
    click.echo(f"Record  {folder}")
    click.echo(f"Review  {paths.html}   (open it in a browser)")
