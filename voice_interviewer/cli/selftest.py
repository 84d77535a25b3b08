"""`voice-interviewer selftest`: how far the feedback can be trusted on this machine."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from voice_interviewer.bench.selftest import FLOOR, run_selftest
from voice_interviewer.core.model.reading import WORDS
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.scorer import RulesScorer
from voice_interviewer.errors import CheckFailed, UsageProblem
from voice_interviewer.settings.config import load_config
from voice_interviewer.settings.selftest_card import keep

if TYPE_CHECKING:
    from voice_interviewer.engine.port import Scorer
    from voice_interviewer.settings.selftest_card import Card

MOVES = {
    "word errors": "one word in ten misheard",
    "padding": "sixty words that say nothing",
    "praise": "praise and orders to the assessor",
}


@click.command()
@click.option("--engine", type=click.Choice(("rules", "llm")), default="rules", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The card as one JSON object.")
def selftest(engine: str, as_json: bool) -> None:
    """How far the feedback can be trusted on this machine.

    Scores answers whose order is known: strong, medium and weak ones to twelve questions, what is no answer,
    and the same answers padded, praised, taken back and misheard. What comes out is kept, and levels are
    shown no finer than that. Takes some seconds with the rules, some minutes with a language model.
    """
    scorer = _scorer(engine)
    try:
        with _progress(quiet=as_json) as heard:
            card = run_selftest(scorer.score, scorer.tier, heard=heard)
    finally:
        close = getattr(scorer, "close", None)
        if close is not None:
            close()
    if as_json:
        from dataclasses import asdict

        click.echo(json.dumps({**asdict(card), "passed": card.passed}))
    else:
        _show(card)
    try:
        keep(card)
    except OSError as error:
        raise CheckFailed(
            "selftest", f"The result could not be kept: {error.strerror}.", _KEPT_HINT
        ) from None
    if not card.passed:
        raise CheckFailed("selftest", _why(card), _hint(card))


_LLM_HINT = "Set VOICE_INTERVIEWER_LLM_URL and VOICE_INTERVIEWER_LLM_MODEL."
_KEPT_HINT = "Without it, every level is shown as one that may be a step off."


def _scorer(engine: str) -> "Scorer":
    config = load_config()
    if config.network.offline:
        from voice_interviewer.settings.offline import refuse_network

        refuse_network()
    if engine == "rules":
        return RulesScorer(load_reader(config.semantic.model))
    from voice_interviewer.app.build import make_scorer

    scorer = make_scorer(config, required=True)
    if isinstance(scorer, RulesScorer):
        raise UsageProblem("llm", "There is no language model that judges answers here.", _LLM_HINT)
    return scorer


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with Progress(console=console, transient=True) as shown:
        task = shown.add_task("Scoring answers", total=None)
        yield lambda done, whole: shown.update(task, completed=done, total=whole)


# --- the report card --------------------------------------------------------------------------------------


def _show(card: "Card") -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE, show_header=False, pad_edge=False, show_edge=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_row("A strong answer lies above a weak one", _percent(card.strong_over_weak))
    table.add_row("Strong, medium and weak keep their order", _percent(card.in_order))
    table.add_row("What is no answer gets no level", _percent(card.never_scored))
    table.add_row("Taking a claim back lowers the level", _percent(card.retraction_lowers))
    if card.lost:
        table.add_row("Good answers that got no level", str(card.lost))
    for what, text in MOVES.items():
        if what in card.moves:
            table.add_row(f"What {text} moves, on average", f"{card.moves[what]:.1f} steps")
    console = Console(highlight=False)
    console.print(f"[bold]The feedback on this machine[/bold], judged by: {card.tier}")
    console.print(table)
    console.print(_verdict(card), soft_wrap=True)


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _verdict(card: "Card") -> str:
    if card.spread is None:
        return "Levels hidden: here they mean too little to be shown. What was heard, with its quotes, stays."
    steps = {
        0: "A level is shown as it is",
        1: "A level may be one step off",
        2: "A level may be two steps off",
    }
    return f"{steps[card.spread]}, and is shown no finer than that. Measured on {card.pairs} questions."


def _why(card: "Card") -> str:
    if card.strong_over_weak < FLOOR:
        return (
            f"A strong answer lies above a weak one in {_percent(card.strong_over_weak)} of pairs only; "
            f"levels are shown from {_percent(FLOOR)} on."
        )
    if card.spread is None:
        return "Levels lie more than two steps from where they belong, so they are not shown."
    return f"Of what is no answer, {_percent(1 - card.never_scored)} got a level."


def _hint(card: "Card") -> str:
    if card.tier == WORDS:
        return 'The settings say that words alone are read: leave `semantic = "words"` away.'
    return "Reviews still show what was heard, word for word, and what was not."
