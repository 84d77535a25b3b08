"""`bench speech`: what the recognisers are worth on recordings of your own."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.errors import ModelProblem, UsageProblem

if TYPE_CHECKING:
    from voice_audio.ports import Transcriber
    from voice_interviewer.config import Config

ENGINES = "whisper, whisper:NAME, whisper:FOLDER, remote"
EVERYTHING = ("whisper", "remote")


class NotHereError(Exception):
    """This engine cannot run on this machine now. command: what would run it."""

    def __init__(self, reason: str, command: str) -> None:
        super().__init__(reason)
        self.command = command


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--engines", default=",".join(EVERYTHING), show_default=True, help=f"Some of: {ENGINES}.")
@click.option(
    "--answers", default=2, show_default=True, type=click.IntRange(1, 20), help="Joined answers heard."
)
@click.option("--most", type=click.IntRange(1), help="Only so many recordings, spread over the folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def speech(folder: Path, engines: str, answers: int, most: int | None, as_json: bool) -> None:
    """Errors, speed, waiting and doubt of each recogniser.

    FOLDER holds recordings and manifest.csv with the columns file and transcript. Answers of 20 and 180 s are
    joined from them and heard as in an interview, which takes about as long as they are; how long one waits
    for the last words is measured, so nothing else should keep the machine busy meanwhile.
    """
    from voice_interviewer.speechbench import read_clips

    names = _names(engines)
    clips = read_clips(folder, most)
    measured: dict[str, Any] = {}
    not_run: dict[str, dict[str, str]] = {}
    for name in names:
        try:
            measured[name] = _measure(name, clips, folder, answers)
        except NotHereError as reason:
            not_run[name] = {"reason": str(reason), "command": reason.command}
        if not as_json:
            _print(name, measured.get(name), not_run.get(name))
    if as_json:
        click.echo(json.dumps({"engines": measured, "not_run": not_run}, indent=2))
    if not measured:
        raise ModelProblem(
            "no_engine",
            "none of these recognisers can run here.",
            "Fetch a model: voice-interviewer models download tiny.en",
        )


def _names(engines: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in engines.split(",") if name.strip()))
    for name in names:
        if name.partition(":")[0] not in EVERYTHING or (":" in name and not name.startswith("whisper:")):
            raise UsageProblem("engine", f"there is no engine {name!r}", f"It is some of: {ENGINES}.")
    if not names:
        raise UsageProblem("engine", "no engine was named", f"It is some of: {ENGINES}.")
    return names


def _measure(name: str, clips: Any, folder: Path, answers: int) -> dict[str, Any]:
    from voice_interviewer.cli.assemble import make_detector, segmenter_settings, tell
    from voice_interviewer.config import load_config
    from voice_interviewer.speechbench import measure

    config = load_config()
    transcriber = _load(name, config, folder)
    return measure(
        transcriber,
        clips,
        make_detector(config),
        segmenter_settings(config),
        answers,
        tell=lambda line: tell(f"{name}: {line} ..."),
    )


def _load(name: str, config: "Config", folder: Path) -> "Transcriber":
    """The engine of this name. Raises NotHereError."""
    from voice_interviewer.cli.assemble import make_transcriber

    command = f"voice-interviewer bench speech {folder} --engines {name}"
    if name == "remote":
        if not getattr(config.recogniser, "url", ""):
            raise NotHereError("no server is configured", f"VOICE_INTERVIEWER_SPEECH_URL=URL {command}")
        return make_transcriber(config, interactive=False, by_keyboard=False)
    model = name.partition(":")[2] or "auto"
    try:
        return _whisper(model)
    except ModelProblem as problem:
        fetch = f"voice-interviewer models download {model} && " if problem.code == "model_missing" else ""
        raise NotHereError(problem.message, fetch + command) from None


def _whisper(model: str) -> "Transcriber":
    from voice_interviewer.cli.assemble import make_transcriber
    from voice_interviewer.cli.speech_servers import NO_SERVERS
    from voice_interviewer.config import load_config

    config = load_config({**NO_SERVERS, "whisper_model": model})
    return make_transcriber(config, interactive=False, by_keyboard=False)


def _print(name: str, figures: dict[str, Any] | None, missing: dict[str, str] | None) -> None:
    if missing is not None:
        click.echo(f"{name}: not run here: {missing['reason']}\n  {missing['command']}")
    if figures is None:
        return
    doubt = figures["doubt"]
    click.echo(f"{name}: {figures['name']}")
    click.echo(
        f"  {figures['wer']:7.1%}   words wrong, {figures['recordings']} recordings each as a whole,"
        f" {figures['sound_s']:.0f} s"
    )
    click.echo(f"  {figures['rtf']:7.3f}   seconds of work per second of sound")
    for length, tail_s in figures["tail_s"].items():
        click.echo(f"  {tail_s:7.2f} s from the last sound of a {length} s answer to its whole text")
    click.echo(f"  {figures['tail_ratio']:7.2f}   longer answer over shorter (at most 1.2 is wanted)")
    click.echo(
        f"  {figures['stream_wer']:7.1%}   words wrong in those answers heard as in an interview,"
        f" {figures['offline_wer']:.1%} heard as a whole ({figures['stream_vs_offline_wer']:+.1%})"
    )
    auc = "undecided" if doubt["auc"] is None else f"{doubt['auc']:.3f}"
    click.echo(f"  {auc:>7}   AUC of its doubt of {doubt['words']} words (0.5 knows nothing, 1 everything)")
    for row in doubt["table"]:
        low, words = row["from"], row["words"]
        click.echo(f"          p {low:.1f}..{low + 0.1:.1f}: {row['right']:6.1%} of {words} words right")
