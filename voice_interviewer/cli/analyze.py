"""`analyze`: recordings made elsewhere become sessions, with the same review; here, or over a Dask
cluster."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.cli.fetch import make_ready
from voice_interviewer.cli.output import tell, tell_progress
from voice_interviewer.content.resources import list_banks
from voice_interviewer.core.model.bank import LEVELS, QUESTION_TYPES, USUAL_S, Question
from voice_interviewer.errors import Problem, UsageProblem
from voice_interviewer.review.report import write_reports
from voice_interviewer.settings.config import load_config
from voice_interviewer.settings.places import sessions_dir

if TYPE_CHECKING:
    from voice_interviewer.app.analysis import Hearing, Progress, Wanted
    from voice_interviewer.engine.port import Scorer

TRIES = 3
"""How often a recording is begun anew over a cluster when the worker that held it is gone."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--question", "question_id", metavar="ID", help="What was asked: a question of a bank.")
@click.option("--question-text", metavar="TEXT", help="What was asked, in words.")
@click.option("--type", "kind", type=click.Choice(QUESTION_TYPES), help="Type of a question in words.")
@click.option("--level", type=click.Choice(LEVELS), default="mid", show_default=True, help="Seniority.")
@click.option("--role", help="Whose questions may be recognised when a recording holds both sides.")
@click.option("--sides", type=click.Choice(("auto", "one", "two")), default="auto", show_default=True)
@click.option("--candidate", type=click.Choice(("left", "right")), help="The candidate's channel.")
@click.option("--whisper-model", help="auto, a model's name, or a folder with a model.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Several at once.")
@click.option("--dask", "address", metavar="ADDRESS", help="A Dask cluster's scheduler, as tcp://host:8786.")
@click.option("--offline", is_flag=True, help="Refuse every connection to another machine.")
def analyze(
    files: tuple[str, ...],
    question_id: str | None,
    question_text: str | None,
    kind: str | None,
    level: str,
    role: str | None,
    sides: str,
    candidate: str | None,
    whisper_model: str | None,
    jobs: int,
    address: str | None,
    offline: bool,
) -> None:
    """Make a review of recordings you already have: one answer, or an interview with a side per channel.

    What was done already is not done again, so the same command goes on where it was stopped. With --dask the
    files and the sessions' folder must be reachable under the same paths on every machine.
    """
    from voice_interviewer.app.analysis import Wanted

    if address and offline:
        raise UsageProblem("analyze", "--dask needs the network, --offline refuses it.", "Choose one.")
    question = _question(question_id, question_text, kind)
    wanted = Wanted(level, role or "recording", question, _bank(role), sides, candidate)
    paths = [str(Path(name).resolve()) for name in files]
    root, model = str(sessions_dir()), whisper_model
    if not address:
        _refuse_without_ears(model)
    if address:
        results = _over_dask(address, paths, root, wanted, model)
    elif jobs > 1:
        results = _several(jobs, paths, root, wanted, model, offline)
    else:
        results = _one_by_one(paths, root, wanted, model, offline)
    failed = 0
    for result in results:
        failed += "problem" in result
        _tell(result)
    if failed:
        what = "1 recording" if failed == 1 else f"{failed} recordings"
        raise Problem("analyze", f"{what} of {len(paths)} could not be analyzed.", "The lines above say why.")


def _refuse_without_ears(model: str | None) -> None:
    """Once, instead of for each recording. Raises ModelProblem."""
    make_ready(load_config({"whisper_model": model}), interactive=False)


def _tell(result: dict[str, str]) -> None:
    name = Path(result["source"]).name
    if "problem" in result:
        click.echo(f"{name}: {result['problem']}", err=True)
        return
    note = " (was there already)" if result.get("already") else ""
    click.echo(f"{name} -> {result['session']}{note}")


# --- what was asked ---------------------------------------------------------------------------------------


def _question(question_id: str | None, text: str | None, kind: str | None) -> Question | None:
    if question_id:
        import difflib

        known = {question.id: question for question in _every_question()}
        if question_id not in known:
            close = difflib.get_close_matches(question_id, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else "See `voice-interviewer questions list`."
            raise UsageProblem("question", f"There is no question {question_id!r}.", hint)
        return known[question_id]
    if text or kind:
        kind = kind or "behavioural"
        return Question("asked", kind, text or "Your answer.", target_s=USUAL_S[kind])
    return None


def _every_question() -> tuple[Question, ...]:
    return tuple(question for entry in list_banks() for question in entry.bank.questions)


def _bank(role: str | None) -> tuple[Question, ...]:
    """The questions that may be recognised: those of the role, or all."""
    entries = [
        entry for entry in list_banks() if role in (None, entry.bank.id) or entry.bank.id.endswith("core")
    ]
    if role is not None and not any(entry.bank.id == role for entry in entries):
        raise UsageProblem("role", f"There is no role {role!r}.", "See `voice-interviewer questions list`.")
    return tuple(question for entry in entries for question in entry.bank.questions)


# --- one after the other, several at once, many machines ----------------------------------------------------


def analyze_one(
    path: str,
    root: str,
    wanted: "Wanted",
    model: str | None,
    offline: bool = False,
    progress: "Progress | None" = None,
) -> dict[str, str]:
    """One recording's task, the same here and on any machine. A problem is told, not raised: the others go
    on."""
    from voice_interviewer.app.analysis import analyze_recording

    try:
        hearing, scorer = _ears(model, offline)
        made = analyze_recording(Path(path), Path(root), wanted, hearing, progress or (lambda share: None))
        if not (made.session / "report.json").is_file():
            write_reports(made.session, scorer)
    except Problem as problem:
        return {"source": path, "problem": f"{problem.message} {problem.hint}".strip()}
    return {"source": path, "session": made.session.name, **({"already": "yes"} if made.already else {})}


@cache
def _ears(model: str | None, offline: bool) -> "tuple[Hearing, Scorer]":
    """Made once a process."""
    from voice_interviewer.app import build
    from voice_interviewer.app.analysis import Hearing

    config = load_config({"whisper_model": model, "offline": offline or None})
    if config.network.offline:
        from voice_interviewer.settings.offline import refuse_network

        refuse_network()
    transcriber = build.make_transcriber(config, tell, tell_progress)
    detector = partial(build.make_detector, config)
    return Hearing(
        detector, transcriber, build.segmenter_settings(config), build.window_settings(config)
    ), build.make_scorer(config)


def _one_by_one(
    paths: list[str], root: str, wanted: "Wanted", model: str | None, offline: bool
) -> Iterator[dict[str, str]]:
    from tqdm import tqdm

    for path in paths:
        with tqdm(total=100, desc=Path(path).name[:40], unit="%", disable=None, leave=False) as bar:

            def progress(share: float, bar: Any = bar) -> None:
                bar.update(int(share * 100) - bar.n)

            yield analyze_one(path, root, wanted, model, offline, progress)


def _several(
    jobs: int, paths: list[str], root: str, wanted: "Wanted", model: str | None, offline: bool
) -> Iterator[dict[str, str]]:
    import multiprocessing

    from tqdm import tqdm

    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(jobs, mp_context=context) as pool,
        tqdm(total=len(paths), unit="recording", disable=None, leave=False) as bar,
    ):
        futures = {pool.submit(analyze_one, path, root, wanted, model, offline): path for path in paths}
        for future in as_completed(futures):
            bar.update()
            try:
                yield future.result()
            except BrokenProcessPool:
                yield {"source": futures[future], "problem": "The process died. Run the command again."}


def _over_dask(
    address: str, paths: list[str], root: str, wanted: "Wanted", model: str | None
) -> Iterator[dict[str, str]]:
    try:
        from distributed import Client, as_completed
        from distributed.scheduler import KilledWorker
    except ImportError:
        hint = "pip install 'voice-interviewer[dask]'"
        raise UsageProblem("dask", "--dask needs the package `distributed`.", hint) from None
    from tqdm import tqdm

    try:
        client = Client(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageProblem("dask", f"{address}: no Dask scheduler answers ({error}).", "Check it.") from None
    with client, tqdm(total=len(paths), unit="recording", disable=None, leave=False) as bar:
        futures = client.map(
            analyze_one, paths, root=root, wanted=wanted, model=model, pure=False, retries=TRIES
        )
        source = dict(zip((future.key for future in futures), paths, strict=True))
        for future in as_completed(futures, loop=client.loop):
            bar.update()
            try:
                yield future.result()
            except KilledWorker:
                yield {"source": source[future.key], "problem": "Its worker died every time. Run it again."}
            future.release()
