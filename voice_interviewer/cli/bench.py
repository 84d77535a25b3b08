"""`bench`: what the program costs on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_interviewer.app.speech_servers import NO_SERVERS
from voice_interviewer.cli.bench_latency import latency
from voice_interviewer.cli.bench_speech import speech
from voice_interviewer.cli.bench_turns import turns
from voice_interviewer.cli.output import tell, tell_progress
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from voice_audio.ports import Samples
    from voice_interviewer.bench.start import Figure

ANSWERS, ANSWER_S = 3, 10
"""Real samples heard by each measurement: the first seconds of this many answers."""


@click.group()
def bench() -> None:
    """Measure speed and memory on this machine."""


bench.add_command(latency)
bench.add_command(speech)
bench.add_command(turns)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--quick", is_flag=True, help="Leave out what starts whole interviews.")
@click.option("--whisper-model", help="auto, a model's name, or a folder with a model.")
def start(as_json: bool, quick: bool, whisper_model: str | None) -> None:
    """How soon it starts, and what each second of an answer costs.

    A ratio is seconds of work per second of sound: 0.01 is a hundredth of one core. Takes about ten seconds;
    other programs that are busy meanwhile make everything but memory look worse.
    """
    figures = []
    for figure in _measure(quick, whisper_model):
        figures.append(figure)
        if not as_json:
            digits = {"s": 2, "MB": 0}.get(figure.unit, 4 if figure.value < 1 else 2)
            click.echo(f"{figure.value:>9.{digits}f} {figure.unit:<6} {figure.what}")
    if as_json:
        rows = {figure.id: {"value": figure.value, "unit": figure.unit} for figure in figures}
        click.echo(json.dumps({"sound_s": ANSWERS * ANSWER_S, "figures": rows}, indent=2))


def _measure(quick: bool, whisper_model: str | None) -> Iterator["Figure"]:
    import numpy as np

    from voice_audio.detectors import DETECTORS, load_detector
    from voice_interviewer.app import build
    from voice_interviewer.bench import start as benchmarks

    config = load_config({**NO_SERVERS, "whisper_model": whisper_model})
    yield from benchmarks.startup()
    if not quick:
        yield from benchmarks.first_words()
    answers = _answers()
    sound = np.concatenate(answers)
    yield benchmarks.ears(build.make_detector(config), sound)
    for name in DETECTORS:
        yield benchmarks.detector_cost(load_detector(name), sound)
    transcriber = build.make_transcriber(config, tell, tell_progress)
    yield benchmarks.recogniser_cost(transcriber, answers)


def _answers() -> list["Samples"]:
    """The beginnings of the virtual candidates' longest answers, at 16 kHz."""
    from voice_audio.files import load_sound, to_rate
    from voice_audio.ports import SAMPLE_RATE_HZ
    from voice_interviewer.live.virtual_candidate import read_clips

    clips = read_clips(Path(str(samples_dir())))
    longest = sorted(clips, key=lambda clip: (-clip.file.stat().st_size, clip.file))[:ANSWERS]
    return [
        to_rate(load_sound(clip.file), SAMPLE_RATE_HZ).samples[: ANSWER_S * SAMPLE_RATE_HZ]
        for clip in longest
    ]
