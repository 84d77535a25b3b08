"""`bench latency`: how fast the turn changes hands, heard at both ends of a sound card that is not there."""

import json
from pathlib import Path
from typing import Any

import click

from voice_interviewer.cli.output import tell
from voice_interviewer.content.resources import samples_dir

ROWS = (
    ("commit_to_sound_ms", "floor taken -> our first sample"),
    ("planned_ms", "  of it lines of the plan (p50 <= 100, p95 <= 300)"),
    ("follow_up_ms", "  of it follow-ups (p50 <= 1300, p95 <= 2500)"),
    ("of_it_ms.commit_to_microphone_closed", "  floor taken -> microphone closed"),
    ("of_it_ms.to_line_started", "  -> the line is ready and on its way"),
    ("of_it_ms.to_sound", "  -> its first sample is heard"),
    ("gap_ms", "the candidate's last sound -> our first sample"),
    ("stop_ms", "noticed that they go on -> silence (p95 <= 60)"),
)


@click.command()
@click.option("--minutes", default=3.0, show_default=True, type=click.FloatRange(0.5, 110))
@click.option(
    "--model-delay-ms",
    default=600,
    show_default=True,
    type=click.IntRange(0, 60_000),
    help="From a request to the language model's first token.",
)
@click.option("--whisper-model", default="tiny.en", show_default=True, help="Who listens, as for practice.")
@click.option("--voice", default="auto", show_default=True, help="Who speaks, as for practice.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def latency(minutes: float, model_delay_ms: int, whisper_model: str, voice: str, as_json: bool) -> None:
    """How fast the turn changes hands, in an interview at true speed.

    A virtual candidate speaks with `practice` over a virtual sound card (PulseAudio's programs), a stand-in
    for a language model words its questions. Times are heard at the card itself. In every third turn the
    candidate goes on 300 ms after the interviewer began. What a model is worth is not measured here.
    """
    from voice_interviewer.bench.latency import measure, report

    samples = Path(str(samples_dir()))
    found = report(measure(samples, minutes, model_delay_ms / 1000, whisper_model, tell, voice))
    about = {
        "minutes": minutes,
        "model_delay_ms": model_delay_ms,
        "recogniser": whisper_model,
        "voice": voice,
    }
    if as_json:
        click.echo(json.dumps({**about, **found}, indent=2))
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    click.echo(f"{'ms':<58}{'turns':>6}{'p50':>8}{'p95':>8}{'max':>8}")
    for name, what in ROWS:
        row: Any = found
        for part in name.split("."):
            row = row[part]
        numbers = "".join(f"{'-' if row[key] is None else row[key]:>8}" for key in ("p50", "p95", "max"))
        click.echo(f"{what:<58}{row['n']:>6}{numbers}")
    resumed, model, memory = found["resumed"], found["model"], found["memory_mb"]
    click.echo(f"The candidate went on {resumed['tried']} times, noticed {resumed['noticed']} times.")
    if resumed["tried"] and not found["stop_ms"]["n"]:
        click.echo("Nothing was stopped, so how fast that is is not known.")
    click.echo(
        f"Follow-ups by the model {model['by_model']}, by rules {model['by_rules']};"
        f" {model['calls']} requests. Replies asked for only when the floor was taken: {model['asked_late']}."
    )
    click.echo(f"Memory {memory['start']:.0f} MB at the first line, {memory['end']:.0f} MB at the end.")
    click.echo(f"Frames dropped: {found.get('dropped_frames', '-')}. Queues at most: {_queues(found)}.")
    missed = [name for name, reached in found["targets"].items() if reached is False]
    click.echo(f"Missed: {', '.join(missed)}." if missed else "No target was missed.")


def _queues(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {most}" for name, most in found.get("most_waiting", {}).items()) or "-"
