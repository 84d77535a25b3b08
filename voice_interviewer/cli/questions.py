"""`voice-interviewer questions`: what can be asked, one question in full, and whether a bank is well made."""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_interviewer.cli.coverage import example_findings
from voice_interviewer.cli.sheet import sheet
from voice_interviewer.content.bankfile import Finding
from voice_interviewer.content.house_rules import bank_findings, house_findings, missing_findings, notes
from voice_interviewer.content.resources import (
    HOUSE,
    content,
    languages,
    list_banks,
    load_bank,
    read_bank,
    read_house,
    words,
)
from voice_interviewer.core.model.bank import LEVELS
from voice_interviewer.core.model.reading import EMBEDDINGS
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.errors import BankProblem, CheckFailed, UsageProblem
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from voice_interviewer.content.resources import BankFile


@click.group()
def questions() -> None:
    """The question banks: what can be asked, and whether a bank of your own is well made."""


@questions.command("list")
@click.option("--role", help="Only this role's questions, and those that serve any role.")
@click.option("--level", type=click.Choice(LEVELS), help="Only questions that suit this level.")
def list_questions(role: str | None, level: str | None) -> None:
    """Every question there is: id, level, type, words."""
    if role:
        load_bank(role)  # names the roles there are when this is none of them
    for entry in list_banks():
        if role and not entry.any_role and entry.bank.id != role:
            continue
        rows = [
            (question.id, question.level or "any", question.type, question.say)
            for question in entry.bank.questions
            if not level or question.level in (None, level)
        ]
        if rows:
            _table(f"{entry.bank.title} ({entry.bank.id})", ("id", "level", "type", "question"), rows)


@questions.command("show")
@click.argument("question_id", metavar="ID")
@click.option("--place", default="", help="Whose law it means, such as EU; else the first it names.")
@click.option("--example", is_flag=True, help="An example of a good answer, too: better after your own.")
def show_question(question_id: str, place: str, example: bool) -> None:
    """One question's whole sheet: why it is asked, how to answer, what is listened for."""
    banks = list_banks(place)
    known = {question.id: (entry, question) for entry in banks for question in entry.bank.questions}
    if question_id not in known:
        close = difflib.get_close_matches(question_id, known, n=1)
        meant = f". Did you mean {close[0]!r}?" if close else ""
        hint = "`voice-interviewer questions list` shows every id."
        raise UsageProblem("unknown_question", f"There is no question {question_id!r}{meant}", hint)
    entry, question = known[question_id]
    for line in sheet(question, entry.bank.title, example):
        click.echo(line)


@questions.command("check")
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
def check_questions(paths: tuple[Path, ...]) -> None:
    """Check banks: one request a line, short enough to follow by ear, no id twice, whole sheets, and examples
    in which what is listened for can be heard.

    Without a FILE, the banks that come with the product are checked.
    """
    folder = content().joinpath("prompts", "questions")
    shipped = [path for path in folder.iterdir() if path.name.endswith(".yaml")]
    shipped += [words(HOUSE, language) for language in languages()]
    files: Sequence[Traversable] = paths or shipped
    ours = {_whole(path) for path in shipped}
    mistakes: list[str] = []
    seen: list[BankFile] = []
    for file in sorted(files, key=str):
        try:
            if file.name == HOUSE:
                mistakes += map(str, _house(file))
                continue
            entry = read_bank(file)
        except BankProblem as problem:
            mistakes.append(problem.message)
            continue
        mistakes += map(str, _bank(entry, seen))
        if _whole(file) in ours:
            mistakes += map(str, missing_findings(entry))
        else:
            for note in notes(entry):
                click.echo(f"note: {note}")
        seen.append(entry)
    mistakes += _read_examples(seen)
    for mistake in mistakes:
        click.echo(mistake)
    asked = sum(len(entry.bank.questions) for entry in seen)
    points = sum(len(question.points) for entry in seen for question in entry.bank.questions)
    failed = _count(len(mistakes), "mistake")
    counts = (_count(len(files), "file"), _count(asked, "question"), _count(points, "point"))
    click.echo(f"{', '.join(counts)}: {failed}")
    if mistakes:
        raise CheckFailed("questions", f"The question check found {failed}.", "See the lines above.")


def _read_examples(banks: Sequence["BankFile"]) -> list[str]:
    """Mistakes of the examples, as the reader hears them; without the sentence encoder only notes."""
    written = [bank for bank in banks if any(question.example for question in bank.bank.questions)]
    if not written:
        return []
    reader = load_reader(load_config().semantic.model, labels=False)
    found = [str(finding) for bank in written for finding in example_findings(bank, reader)]
    if reader.tier == EMBEDDINGS:
        return found
    click.echo(
        "note: examples were compared by weighted words only, so what is found of them is no mistake yet."
    )
    click.echo('note: the settings say so: leave `semantic = "words"` away to compare what they mean.')
    for finding in found:
        click.echo(f"note: {finding}")
    return []


def _whole(path: "Traversable") -> str:
    return str(path.resolve()) if isinstance(path, Path) else str(path)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _bank(entry: "BankFile", earlier: Sequence["BankFile"]) -> list[Finding]:
    """House rules, and no id that another of the files has: a record names a question by its id alone."""
    taken = {question.id: other.file for other in earlier for question in other.bank.questions}
    doubles = [
        Finding(entry.file, line, f"{question.id}: the id was already used in {taken[question.id]}")
        for question, line in zip(entry.bank.questions, entry.lines, strict=True)
        if question.id in taken
    ]
    return [*bank_findings(entry), *doubles]


def _house(file: "Traversable") -> Sequence[Finding]:
    return house_findings(*read_house(file))


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A drawn table on a terminal; into a pipe, plain lines with tabs, which other tools can cut."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
