"""`bench turns`: how often the interviewer would have cut somebody off, and how long it was silent."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.cli.output import tell, tell_progress
from voice_interviewer.content.resources import list_banks
from voice_interviewer.errors import ModelProblem, Problem, UsageProblem
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from voice_audio.ports import Transcriber
    from voice_interviewer.bench.turns import Answer, Degradation, Figures, Outcome
    from voice_interviewer.bench.turns_run import Heard, Words
    from voice_interviewer.core.turns.events import Settings
    from voice_interviewer.settings.config import Config

ORACLE = "oracle"
GATE = "gate"
BY_WORDS = "without_prosody"
FIXED_S = (0.7, 1, 2, 3, 4, 5)
SCALES = (0.5, 0.65, 0.8, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5)
"""What the curve multiplies the patience by."""
TARGETS = "Targets: answers cut at most 5 %, gap p50 1.2 s, p90 2.5 s, cost 2.5."
_FIGURES = ("answers_cut", "pauses_cut", "long_pauses_cut", "gap_p50_s", "gap_p90_s", "mean_gap_s", "cost")


@dataclass(frozen=True)
class Setup:
    """What is measured, and with what ears; handed to every worker."""

    transcriber: str
    word_delay_ms: int
    loss: "Degradation"
    compute_time: bool
    semantic: str | None
    detector: str | None
    patience: float | None
    prosody: str
    scales: tuple[float, ...]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--transcriber", default=ORACLE, show_default=True, help="oracle, or a Whisper model.")
@click.option("--word-delay", default=0.3, show_default=True, type=click.FloatRange(0, 10), metavar="S")
@click.option("--drop-fillers", default=0.0, show_default=True, type=click.FloatRange(0, 1), metavar="SHARE")
@click.option("--drop-final", default=0.0, show_default=True, type=click.FloatRange(0, 1), metavar="SHARE")
@click.option("--seed", default=0, show_default=True, help="Which words are dropped.")
@click.option("--compute-time", is_flag=True, help="Add what a real transcriber takes to the clock.")
@click.option("--semantic", help="auto, words, or a folder with the encoder.")
@click.option("--detector", help="silero or webrtcvad.")
@click.option("--patience", type=click.FloatRange(0.5, 3), help="As in practice.")
@click.option(
    "--prosody", default="", metavar="MODEL", help="A smart-turn v3 .onnx, or pipecat: with and without."
)
@click.option("--patience-curve", is_flag=True, help="The gate at patience 0.5 to 2.5 times as usual, too.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the curve: a file .svg or .png.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def turns(
    folder: Path, plot: Path | None, patience_curve: bool, as_json: bool, jobs: int, **how: Any
) -> None:
    """How often the turn would have been stolen, and how long a silence left.

    FOLDER holds recorded answers (WAV or FLAC), each with a JSON file of the same name: {"id", "type",
    "question", "slug", "words": [{"word", "start", "end"}], "pauses": [{"start", "end"}], "end_of_answer_s"},
    in seconds, words without punctuation. The real detector, segmenter and gate hear them, faster than real
    time, beside plain timers. The oracle knows each word of the file --word-delay after its end, less what
    --drop-fillers and --drop-final take away.
    """
    from voice_interviewer.bench.turns import read_corpus

    if plot is not None:
        _check_plot(plot)
    answers = read_corpus(folder)
    setup = _setup(how, SCALES if patience_curve or plot else ())
    outcomes = dict(zip((a.id for a in answers), _all(answers, setup, jobs), strict=True))
    pairs = {
        policy: [(answer, outcomes[answer.id][policy]) for answer in answers]
        for policy in next(iter(outcomes.values()))
    }
    report = _report(pairs, setup)
    if plot is not None:
        _draw(report, plot)
    click.echo(json.dumps(report, indent=1, ensure_ascii=False) if as_json else _table(report))


def _setup(how: dict[str, Any], scales: tuple[float, ...]) -> Setup:
    from voice_interviewer.bench.turns import Degradation

    loss = Degradation(how["drop_fillers"], how["drop_final"], how["seed"])
    return Setup(
        how["transcriber"],
        round(1000 * how["word_delay"]),
        loss,
        how["compute_time"],
        how["semantic"],
        how["detector"],
        how["patience"],
        how["prosody"],
        scales,
    )


# --- the work, in one process or in several ---------------------------------------------------------------


class _Bench:
    """Everything that is loaded once in a process."""

    def __init__(self, setup: Setup) -> None:
        from voice_interviewer.app.build import (
            make_detector,
            make_rules,
            make_turn_model,
            segmenter_settings,
        )

        chosen = {"semantic": setup.semantic, "detector": setup.detector, "patience": setup.patience}
        config = load_config({**chosen, "whisper_model": _whisper(setup)})
        self.config = replace(config, turn=replace(config.turn, prosody_model=setup.prosody))
        self.setup = setup
        self.detector, self.segmenter = make_detector(self.config), segmenter_settings(self.config)
        self.engine = make_rules(self.config)
        self.turn_model = make_turn_model(self.config)
        self.transcriber = _transcriber(setup, self.config)
        self.questions = {q.id: q for entry in list_banks() for q in entry.bank.questions}

    def judge(self, answer: "Answer") -> "dict[str, Outcome]":
        """What every policy does with this answer. The plain timers need no evidence."""
        from voice_interviewer.bench.turns_run import (
            Assessor,
            Drive,
            Prosody,
            hear,
            one_question,
            question_for,
        )

        heard = hear(answer, self.detector, self.segmenter)
        words = self._words(answer, heard)
        threshold = 0.0 if self.transcriber is None else self.transcriber.doubt_threshold
        assessor = Assessor(self.engine, threshold)
        prosody = None if self.turn_model is None else Prosody(self.turn_model, heard.samples)
        plan = one_question(question_for(answer, self.questions))
        return {
            name: Drive(
                answer, heard, words, None if name.startswith("fixed") else assessor, plan, settings, prosody
            ).run()
            for name, settings in _policies(self.config, self.setup.scales).items()
        }

    def _words(self, answer: "Answer", heard: "Heard") -> "Words":
        from voice_interviewer.bench.turns import degraded
        from voice_interviewer.bench.turns_run import Oracle, Recogniser

        if self.transcriber is None:
            return Oracle(degraded(answer, self.setup.loss).words, self.setup.word_delay_ms)
        return Recogniser(self.transcriber, heard.samples, self.setup.compute_time)


def _whisper(setup: Setup) -> str | None:
    return None if setup.transcriber == ORACLE else setup.transcriber


def _transcriber(setup: Setup, config: "Config") -> "Transcriber | None":
    from voice_interviewer.app.build import make_transcriber

    return None if setup.transcriber == ORACLE else make_transcriber(config, tell, tell_progress)


def _policies(config: "Config", scales: tuple[float, ...]) -> "dict[str, Settings]":
    usual = config.settings()
    plain = replace(usual, prosody=False)
    policies = {GATE: usual, BY_WORDS: plain} if usual.prosody else {GATE: usual}
    for seconds in FIXED_S:
        gate = replace(usual.gate, fixed_ms=round(1000 * seconds))
        policies[f"fixed_{seconds}"] = replace(plain, gate=gate)
    for scale in scales:
        policies[_scaled(scale)] = replace(usual, patience=usual.patience * scale)
    return policies


def _scaled(scale: float) -> str:
    return f"patience_{scale}"


_bench: _Bench | None = None  # one in each process, for it takes a second to load and cannot be sent


@dataclass(frozen=True)
class _Refused:
    """A Problem in another process: it cannot be sent as it is."""

    kind: type[Problem]
    code: str
    message: str
    hint: str


def _begin(setup: Setup) -> None:
    global _bench
    _bench = _Bench(setup)


def _judge(answer: "Answer") -> "dict[str, Outcome] | _Refused":
    assert _bench is not None
    try:
        return _bench.judge(answer)
    except Problem as problem:
        return _Refused(type(problem), problem.code, problem.message, problem.hint)


def _all(answers: "tuple[Answer, ...]", setup: Setup, jobs: int) -> "Iterator[dict[str, Outcome]]":
    """In order, with a bar on a terminal. Raises what loading and reading raise."""
    import multiprocessing

    from tqdm import tqdm

    _begin(setup)  # here too when others do the work: what cannot be loaded is told once, and by its name
    with tqdm(total=len(answers), unit="answer", disable=None, leave=False) as bar:
        if jobs == 1 or len(answers) == 1:
            yield from _counted(map(_judge, answers), bar)
            return
        spawn = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(jobs, len(answers)), spawn, _begin, (setup,))
        try:
            yield from _counted(pool.map(_judge, answers, chunksize=4), bar)
        finally:
            pool.shutdown(cancel_futures=True)


def _counted(done: "Iterator[dict[str, Outcome] | _Refused]", bar: Any) -> "Iterator[dict[str, Outcome]]":
    for outcome in done:
        if isinstance(outcome, _Refused):
            raise outcome.kind(outcome.code, outcome.message, outcome.hint)
        bar.update()
        yield outcome


# --- what is shown ----------------------------------------------------------------------------------------


def _report(pairs: "dict[str, list[tuple[Answer, Outcome]]]", setup: Setup) -> dict[str, Any]:
    """The JSON object of the contract, with the curve and the groups besides."""
    from voice_interviewer.bench.turns import grouped, measure

    gate = pairs[GATE]
    scaled = {_scaled(scale): scale for scale in setup.scales}
    return {
        "policies": {name: _figures(measure(rows)) for name, rows in pairs.items() if name not in scaled},
        "curve": [{"patience": scale, **_figures(measure(pairs[name]))} for name, scale in scaled.items()],
        **{
            f"by_{key}": {name: _figures(measure(rows)) for name, rows in grouped(gate, key).items()}
            for key in ("type", "family", "writer")
        },
        "items": [_item(answer, outcome) for answer, outcome in gate],
        "setup": {
            "answers": len(gate),
            "transcriber": setup.transcriber,
            "word_delay_s": setup.word_delay_ms / 1000,
            "degradation": asdict(setup.loss),
            "compute_time": setup.compute_time,
            "prosody": setup.prosody,
        },
    }


def _figures(figures: "Figures") -> dict[str, Any]:
    """Rounded: the fourth digit of a share means nothing."""
    named = asdict(figures).items()
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in named}


def _item(answer: "Answer", outcome: "Outcome") -> dict[str, Any]:
    cuts = outcome.cuts(answer)
    return {
        "id": answer.id,
        "committed_at_s": outcome.committed_s(answer),
        "end_of_answer_s": answer.end_s,
        "cut": bool(cuts),
        "cuts_at_s": list(cuts),
        "gap_s": round(outcome.gap_s(answer), 3),
        "reason": outcome.reason,
        "soft_lines": outcome.soft,
        "type": answer.type,
        "family": answer.family,
        "writer": answer.writer,
    }


def _table(report: dict[str, Any]) -> str:
    head = ("", "answers cut", "pauses cut", ">= 1.5 s", "gap p50", "p90", "mean", "cost")
    rows = [
        (name.replace("_", " ") + " s" * name.startswith("fixed"), values)
        for name, values in report["policies"].items()
    ]
    rows += [(f"patience x {row['patience']}", row) for row in report["curve"]]
    rows += [(f"{name} ({row['answers']})", row) for name, row in report["by_type"].items()]
    cells = [head, *((name, *_cells(values)) for name, values in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    breaks = (1 + len(report["policies"]), 1 + len(report["policies"]) + len(report["curve"]))
    for at in sorted(set(breaks), reverse=True):
        lines.insert(at, "")
    notes = [f"{report['setup']['answers']} answers, words from {report['setup']['transcriber']}.", TARGETS]
    best = min(report["curve"], key=lambda row: float(row["cost"]), default=None)
    if best is not None:
        notes.append(f"Lowest cost of the curve: {best['cost']:.2f} at patience x {best['patience']}.")
    return "\n".join([*lines, "", *notes])


def _cells(values: dict[str, Any]) -> list[str]:
    cells = []
    for name in _FIGURES:
        value = values[name]
        share = f"{100 * value:.1f} %" if value is not None else "-"
        cells.append(share if name.endswith("cut") else f"{value:.2f}" + " s" * (name != "cost"))
    return cells


def _check_plot(path: Path) -> None:
    """Said before anything is computed. Raises UsageProblem, ModelProblem."""
    from importlib.util import find_spec

    if path.suffix.lower() not in (".svg", ".png"):
        raise UsageProblem("plot", f"{path}: a plot is an .svg or a .png.", "Name it so.")
    if not path.resolve().parent.is_dir():
        raise UsageProblem("plot", f"{path}: its folder does not exist.", "Make it first.")
    if find_spec("matplotlib") is None:
        raise ModelProblem(
            "plot", "a plot needs matplotlib, which is not here.", "pip install 'voice-interviewer[plot]'"
        )


def _draw(report: dict[str, Any], path: Path) -> None:
    """Answers cut against the mean gap: the lower left corner is where one wants to be."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    fixed = [row for name, row in report["policies"].items() if name not in (GATE, BY_WORDS)]
    for rows, label, style in ((fixed, "fixed timer", "s--"), (report["curve"], "gate, patience", "o-")):
        gaps, cuts = [row["mean_gap_s"] for row in rows], [100 * row["answers_cut"] for row in rows]
        axes.plot(gaps, cuts, style, label=label)
    for name, row in report["policies"].items():
        if name not in (GATE, BY_WORDS):
            _tag(axes, f"{name.removeprefix('fixed_')} s", row)
    for row in report["curve"]:
        _tag(axes, f"x {row['patience']}", row)
    axes.set(xlabel="mean gap after the answer (s)", ylabel="answers cut (%)", xlim=(0, None), ylim=(0, None))
    axes.legend()
    axes.set_title(f"{report['setup']['answers']} answers, words from {report['setup']['transcriber']}")
    figure.savefig(path)
    pyplot.close(figure)


def _tag(axes: Any, text: str, row: dict[str, Any]) -> None:
    at = (row["mean_gap_s"], 100 * row["answers_cut"])
    axes.annotate(text, at, xytext=(5, 5), textcoords="offset points")
