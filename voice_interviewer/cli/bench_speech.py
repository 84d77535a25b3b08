"""`bench speech`: what the recognisers are worth on recordings of your own."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_audio.models import Missing
from voice_audio.transcribers import ladder
from voice_interviewer.app.recognisers import find_listener, not_here, settings, whisper_settings
from voice_interviewer.cli.output import tell, tell_progress
from voice_interviewer.errors import ModelProblem, UsageProblem
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from voice_audio.ports import Transcriber

ENGINES = "whisper, whisper:NAME, whisper:FOLDER, remote"
EVERYTHING = ("whisper", "remote")
DEVICES = ("auto", "cpu", "cuda")
COMPUTE_TYPES = ("auto", "int8", "int8_float16", "float16", "float32")


class NotHereError(Exception):
    """This engine cannot run on this machine now. command: what would run it."""

    def __init__(self, reason: str, command: str) -> None:
        super().__init__(reason)
        self.command = command


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    folder: Path
    answers: int
    device: str
    compute_type: str
    live: bool

    def command(self, engine: str) -> str:
        """The same for one engine."""
        words = ["voice-interviewer bench speech", str(self.folder), "--engines", engine]
        words += ["--device", self.device] if self.device != "auto" else []
        words += ["--compute-type", self.compute_type] if self.compute_type != "auto" else []
        return " ".join(words)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--engines", default=",".join(EVERYTHING), show_default=True, help=f"Some of: {ENGINES}.")
@click.option(
    "--model", "models", multiple=True, help="Beside them: a Whisper model's name. Can be repeated."
)
@click.option("--device", default="auto", type=click.Choice(DEVICES), help="Where Whisper runs.")
@click.option(
    "--compute-type", default="auto", type=click.Choice(COMPUTE_TYPES), help="Whisper's number format."
)
@click.option(
    "--answers", default=1, show_default=True, type=click.IntRange(1, 20), help="Joined answers heard."
)
@click.option("--most", type=click.IntRange(1), help="Only so many recordings, spread over the folder.")
@click.option("--live", is_flag=True, help="Each recording also with captions; takes twice as long.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def speech(
    folder: Path,
    engines: str,
    models: tuple[str, ...],
    device: str,
    compute_type: str,
    answers: int,
    most: int | None,
    live: bool,
    as_json: bool,
) -> None:
    """Errors, cost, waiting and doubt of each recogniser.

    FOLDER holds recordings and manifest.csv with the columns file and transcript (and kind, which sorts
    them into sets). Each is heard by window, as a finished answer is, and beside it in one piece. Answers of
    20 and 180 s are joined from them and heard as in an interview. How long one waits for the last words is
    measured, so nothing else should keep the machine busy.
    """
    from voice_interviewer.bench.speech_room import read_clips

    names = _names(engines, models)
    wanted = Wanted(folder, answers, device, compute_type, live)
    clips = read_clips(folder, most)
    measured: dict[str, Any] = {}
    not_run: dict[str, dict[str, str]] = {}
    for name in names:
        try:
            measured[name] = _measure(name, clips, wanted)
        except NotHereError as reason:
            not_run[name] = {"reason": str(reason), "command": reason.command}
        if not as_json:
            _print(name, measured.get(name), not_run.get(name))
    if as_json:
        machine = {"cores": os.cpu_count(), "load": _load_average()}
        click.echo(json.dumps({"engines": measured, "not_run": not_run, "machine": machine}, indent=2))
    if not measured:
        raise ModelProblem(
            "no_engine",
            "none of these recognisers can run here.",
            "Fetch a model: voice-interviewer models download tiny.en",
        )


def _names(engines: str, models: tuple[str, ...]) -> tuple[str, ...]:
    """The engines to measure, each once; "whisper" alone is the usual model."""
    given = [*(name.strip() for name in engines.split(",")), *(f"whisper:{model}" for model in models)]
    names = tuple(
        dict.fromkeys(
            f"whisper:{settings().listener}" if name == "whisper" else name for name in given if name
        )
    )
    for name in names:
        if name.partition(":")[0] not in EVERYTHING or (":" in name and not name.startswith("whisper:")):
            raise UsageProblem("engine", f"there is no engine {name!r}", f"It is some of: {ENGINES}.")
    if not names:
        raise UsageProblem("engine", "no engine was named", f"It is some of: {ENGINES}.")
    return names


def _measure(name: str, clips: Any, wanted: Wanted) -> dict[str, Any]:
    from voice_interviewer.app.build import make_detector, segmenter_settings, window_settings
    from voice_interviewer.bench.speech import Room, measure

    config = load_config()
    surroundings = make_detector(config), segmenter_settings(config), window_settings(config)
    transcriber = _load(name, wanted)
    plain = _whisper(name.partition(":")[2], wanted, threads=0) if name.startswith("whisper:") else None
    room = Room(transcriber, *surroundings, plain)
    load = _load_average()
    figures = measure(
        room, clips, wanted.answers, tell=lambda line: tell(f"{name}: {line} ..."), live=wanted.live
    )
    return figures | {"load_before": load}


def _load_average() -> float | None:
    """Of the last minute; None where the system does not say."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None


def _load(name: str, wanted: Wanted) -> "Transcriber":
    """The engine of this name, as an interview has it. Raises NotHereError."""
    from voice_audio.transcribers.whisper import half_the_cores
    from voice_interviewer.app.build import make_transcriber

    if name == "remote":
        config = load_config()
        if not getattr(config.recogniser, "url", ""):
            command = f"VOICE_INTERVIEWER_SPEECH_URL=URL {wanted.command(name)}"
            raise NotHereError("no server is configured", command)
        return make_transcriber(config, tell, tell_progress)
    model = name.partition(":")[2]
    try:
        return _whisper(model, wanted, half_the_cores())
    except ModelProblem as problem:
        fetch = f"voice-interviewer models download {model} && " if problem.code == "model_missing" else ""
        raise NotHereError(problem.message, fetch + wanted.command(name)) from None


def _whisper(model: str, wanted: Wanted, threads: int) -> "Transcriber":
    """A Whisper on the device that was asked for; 0 threads: as plain faster-whisper takes them. Raises
    ModelProblem, NotHereError without that device."""
    from voice_audio.transcribers.whisper import load_whisper

    machine = ladder.look()
    if wanted.device == "cuda" and machine.cuda_devices < 1:
        raise NotHereError(f"no GPU ({machine.cuda_trouble})", wanted.command(f"whisper:{model}"))
    found = find_listener(model)
    if isinstance(found, Missing):
        raise not_here(found)
    chosen = found.folder, wanted.device, wanted.compute_type
    transcriber = load_whisper(*chosen, notice=tell, settings=whisper_settings(), threads=threads)
    if wanted.device == "cuda" and transcriber.device != "cuda":
        reason = transcriber.attempts[0].outcome
        raise NotHereError(f"the GPU cannot be used ({reason})", wanted.command(f"whisper:{model}"))
    return transcriber


def _print(name: str, figures: dict[str, Any] | None, missing: dict[str, str] | None) -> None:
    if missing is not None:
        click.echo(f"{name}: not run here: {missing['reason']}\n  {missing['command']}")
    if figures is None:
        return
    load = "" if figures["load_before"] is None else f", load average {figures['load_before']:.2f} before"
    click.echo(f"{name}: {figures['name']}{load}")
    _print_words(figures)
    click.echo(f"  {figures['rtf']:7.3f}   seconds of work per second of sound")
    for what, ratio in figures["cost"].items():
        click.echo(f"  {ratio:7.2f} x the processor time of the same sound in one piece: {what}")
    _print_fillers(figures["fillers"])
    _print_hesitant(figures["hesitant"])
    for length, tail_s in figures["tail_s"].items():
        click.echo(f"  {tail_s:7.2f} s from the last sound of a {length} s answer to its whole text")
    click.echo(f"  {figures['tail_ratio']:7.2f}   longer answer over shorter (at most 1.2 is wanted)")
    click.echo(
        f"  {figures['stream_wer']:7.1%}   words wrong in those answers heard as in an interview,"
        f" {figures['offline_wer']:.1%} heard as a whole ({figures['stream_vs_offline_wer']:+.1%})"
    )
    _print_doubt(figures["doubt"])


def _print_words(figures: dict[str, Any]) -> None:
    """Errors of all recordings and of each set, the ways side by side."""
    window, whole = figures["paths"]["window"], figures["paths"]["whole"]
    rows = [
        ("all", window, whole),
        *((name, window["sets"][name], whole["sets"][name]) for name in window["sets"]),
    ]
    click.echo(f"  words wrong in {figures['sound_s']:.0f} s of sound: by window [95 %], in one piece")
    for name, live, offline in rows:
        interval = "" if live["interval"] is None else "[{:.1%}, {:.1%}]".format(*live["interval"])
        click.echo(
            f"  {live['wer']:7.1%} {interval:<16} {offline['wer']:7.1%}   {name}: {live['words']} words,"
            f" {live['recordings']} recordings"
        )
    click.echo(f"  {window['wer_as_written']:7.1%} with digits and contractions compared as they are written")


def _print_fillers(figures: dict[str, Any] | None) -> None:
    if figures is None:
        return
    interval = "" if figures["interval"] is None else " [{:.0%}, {:.0%}]".format(*figures["interval"])
    click.echo(
        f"  {figures['kept']:7d}   of {figures['spoken']} spoken sounds like um kept{interval},"
        f" {figures['invented']} invented ({figures['invented_in_100_s']:.1f} in 100 s)"
    )


def _print_hesitant(figures: dict[str, Any] | None) -> None:
    if figures is None:
        return
    window, whole, stops = figures["window"], figures["whole"], figures["full_stops"]
    click.echo(
        f"  {window['wer']:7.1%}   words wrong with a pause every few words, {whole['wer']:.1%} in one piece"
        f" ({figures['ratio']:.2f} x the errors, {figures['cost']:.2f} x the processor time)"
    )
    click.echo(f"  {stops['window']:7d}   full stops heard in it, {stops['spoken']} sentences were spoken")


def _print_doubt(doubt: dict[str, Any]) -> None:
    auc = "undecided" if doubt["auc"] is None else f"{doubt['auc']:.3f}"
    click.echo(f"  {auc:>7}   AUC of its doubt of {doubt['words']} words (0.5 knows nothing, 1 everything)")
    if doubt["doubtful"] is not None and doubt["wrong_found"] is not None:
        click.echo(
            f"  {doubt['doubtful']:7.1%}   of the words are doubted, {doubt['wrong_found']:.1%} of the"
            f" {doubt['wrong']} wrong ones among them"
        )
    for row in doubt["table"]:
        low, words = row["from"], row["words"]
        click.echo(f"          p {low:.1f}..{low + 0.1:.1f}: {row['right']:6.1%} of {words} words right")
