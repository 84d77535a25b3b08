"""`drill`: a few minutes on one question or one move, and what changed since the last time."""

import os
import sys
from contextlib import closing
from dataclasses import asdict, fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.app.next_practice import back_on, note_session
from voice_interviewer.app.speech_servers import NO_SERVERS, leaving
from voice_interviewer.cli import dialogue
from voice_interviewer.cli.demo import equip
from voice_interviewer.cli.drill_choice import choose
from voice_interviewer.cli.options import PracticeOptions
from voice_interviewer.cli.output import say
from voice_interviewer.cli.plain import PlainScreen
from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.learning.drills import changes
from voice_interviewer.engine.focused import FocusedEngine
from voice_interviewer.errors import Problem, UsageProblem
from voice_interviewer.review.model import Drill
from voice_interviewer.review.report import build_report, write_reports
from voice_interviewer.settings.config import load_config, load_preferences, save_preferences, sessions_dir
from voice_interviewer.settings.offline import refuse_network
from voice_interviewer.store import schedule
from voice_interviewer.store.notes import Retried, add_note

if TYPE_CHECKING:
    from voice_interviewer.app.interview import Equipment
    from voice_interviewer.cli.drill_choice import Choice
    from voice_interviewer.core.learning.drills import Change
    from voice_interviewer.core.turns.events import Settings
    from voice_interviewer.core.turns.state import State
    from voice_interviewer.live.session import Session
    from voice_interviewer.settings.config import Config
    from voice_interviewer.store.schedule import Due

SHOWN_DUE = 5
"""More than these are counted, not listed."""
MAX_PROBES = 1
"""Follow-ups to each short ask of a move."""


@click.command()
@click.option("--question", metavar="ID", help="The question to take again; see `questions list`.")
@click.option("--move", metavar="MOVE", help="One skill in your own stories, such as quantify or own_part.")
@click.option(
    "--after", metavar="SESSION", help='The session to compare with: an id, its beginning, or "last".'
)
@click.option("--typed", is_flag=True, help="Type your answers; the questions are still read aloud.")
@click.option("--no-audio", is_flag=True, help="Neither microphone nor loudspeaker: read and type.")
@click.option("--plain", is_flag=True, help="Plain lines instead of a screen: for screen readers and pipes.")
@click.option("--offline", is_flag=True, help="Refuse every connection to another machine.")
@click.option("--whisper-model", help="auto, a model's name, or a folder with a model.")
@click.option("--voice", metavar="NAME", help="Who is heard, see `voices`; the persona's own if not given.")
@click.option("--microphone", help="Number or part of the name of the microphone.")
@click.option("--speaker", help="Number or part of the name of the loudspeaker.")
@click.option("--headphones", is_flag=True, help="You wear some, so you may interrupt at any time.")
@click.option("--patience", type=float, help="How long it waits for you: 0.3 to 4, 1 is normal.")
@click.option("--yes", is_flag=True, help="Agree to the recording without being asked.")
@click.option(
    "--candidate", metavar="NAME", help="A virtual candidate answers instead of you, without sound."
)
def drill(**given: Any) -> None:
    """Practise one question, or one skill, for a few minutes; without either, what is due today.

    Afterwards you see what was heard the last time and what was heard now.
    """
    if sys.stdin is None:  # started by a program that closed it
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  (for the life of the program)
    if given["question"] and given["move"]:
        raise UsageProblem("drill", "Name a question or a move, not both.", "One thing at a time.")
    if given["after"] and not (given["question"] or given["move"]):
        raise UsageProblem("drill", "--after needs --question or --move.", "Say what to take again.")
    from voice_interviewer.app.build import fresh_seed

    options = _options(given)
    config = load_config(options.options())
    if config.network.offline:
        refuse_network()
    now = datetime.now().astimezone()
    named = (given["question"], given["move"], given["after"])
    if not any(named):
        waiting = _due(now)
        if waiting is None:
            return
        named = (waiting.question, waiting.move, _still_there(waiting.after))
    choice = choose(*named, config, fresh_seed())
    _hold(choice, options, given["candidate"])


def _options(given: dict[str, Any]) -> "PracticeOptions":
    """The options as `practice` has them; what a drill does not ask about is not given."""
    names = {field.name for field in fields(PracticeOptions)}
    return PracticeOptions(check=False, **{key: given[key] for key in names & set(given)})


# --- what is due --------------------------------------------------------------------------------------------


def _due(now: datetime) -> "Due | None":
    """The weakest of what is due today, after a list of all of it; None, with a word, where nothing is."""
    waiting = schedule.due(now)
    if not waiting:
        if later := schedule.upcoming(now):
            click.echo(f"Nothing is due today. Next, {back_on(later, now)}: {later.label}")
            click.echo(f"  Any time before: {later.command}")
        else:
            click.echo("Nothing is due yet: what to come back to is learned from your interviews.")
            click.echo("  Start one with `voice-interviewer practice`, or name a --question or a --move.")
        return None
    click.echo("Due today:")
    for each in waiting[:SHOWN_DUE]:
        click.echo(f"  {each.label}")
    if len(waiting) > SHOWN_DUE:
        click.echo(f"  and {len(waiting) - SHOWN_DUE} more")
    click.echo("This is the first of them.\n" if len(waiting) > 1 else "")
    return waiting[0]


def _still_there(session: str) -> str | None:
    """A session may have been deleted since."""
    return session if (sessions_dir() / session / "session.json").is_file() else None


# --- the interview ------------------------------------------------------------------------------------------


def _hold(choice: "Choice", options: "PracticeOptions", candidate: str | None) -> None:
    chosen = {**options.options(), "level": choice.plan.level, "minutes": choice.plan.minutes}
    config = load_config({**chosen, **(NO_SERVERS if candidate else {})})
    typed = not candidate and (options.typed or options.no_audio)
    if candidate:
        recorded = _simulated(choice, config, candidate)
    else:
        interactive = sys.stdin.isatty() and sys.stdout.isatty()
        agreed = dialogue.agree(options, typed, interactive, leaving(config, typed))
        recorded = _with_person(choice, options, config, typed, agreed)
    _finish(choice, *recorded)


def _with_person(
    choice: "Choice", options: "PracticeOptions", config: "Config", typed: bool, agreed: bool
) -> "tuple[Path, State]":
    """Held over the devices there are. Returns the session's folder and its last state."""
    from voice_interviewer.app import interview
    from voice_interviewer.cli import terminal

    settings = _settings(choice, config, typed)
    attend = partial(terminal.attend, plain=options.plain, tones=options.plain and not typed)
    with closing(terminal.equip(config, options, typed, check=False)) as equipment:
        drilled = _drilled(choice)
        recorder = interview.new_record(
            equipment, choice.plan, config, no_audio=options.no_audio, drill=drilled
        )
        if agreed:
            _keep_consent()
        _focus(equipment, choice)
        state = interview.hold(
            equipment, recorder, config, attend, lambda session: session.run(choice.plan, settings), say
        )
    interview.finish(recorder, state, config)
    return recorder.folder.path, state


def _simulated(choice: "Choice", config: "Config", name: str) -> "tuple[Path, State]":
    """The same through files, with a virtual candidate, faster than real time."""
    from voice_audio.devices import quiet_stderr
    from voice_interviewer.app import interview
    from voice_interviewer.cli.terminal import ending_signals

    session: Session
    equipment, candidate = equip(config, name, False, lambda: session.now_ms)
    with closing(equipment):
        recorder = interview.new_record(equipment, choice.plan, config, persona=name, drill=_drilled(choice))
        _focus(equipment, choice)
        observers = (candidate, PlainScreen(click.echo, why=True))
        session = interview.make_session(equipment, recorder, config, observers=observers, live=False)
        with interview.keeping(recorder), ending_signals(session), quiet_stderr():
            state = session.run(choice.plan, _settings(choice, config, typed=False))
    recorder.close()
    return recorder.folder.path, state


def _drilled(choice: "Choice") -> dict[str, Any]:
    """For session.json: what it is a drill of."""
    return asdict(Drill(choice.question, choice.move, choice.after.name if choice.after else None))


def _focus(equipment: "Equipment", choice: "Choice") -> None:
    """In the drill of a move nothing else is asked for."""
    if choice.move is not None:
        equipment.engine = FocusedEngine(equipment.engine, choice.move, load_catalogue().drilled[choice.move])


def _settings(choice: "Choice", config: "Config", typed: bool) -> "Settings":
    """There is nothing at the end to keep time for."""
    settings = replace(config.settings(typed=typed), closing_reserve_ms=0)
    return replace(settings, max_probes=MAX_PROBES) if choice.move else settings


def _keep_consent() -> None:
    save_preferences(replace(load_preferences(), consent_given=True))


# --- afterwards ---------------------------------------------------------------------------------------------


def _finish(choice: "Choice", folder: Path, state: "State") -> None:
    """The reports, the link to the earlier session, what changed, and when it comes back."""
    paths = write_reports(folder)
    report = build_report(folder).plain()
    answered = any(each["answers"] for each in report["questions"])
    before = None
    if choice.after is not None:
        try:
            before = build_report(choice.after).plain()
            if answered:
                retried = Retried(question=choice.question, move=choice.move, session=folder.name)
                add_note(choice.after, retried)
        except Problem as problem:
            say(f"\n{choice.after.name} cannot be compared with: {problem.message}")
    minutes, seconds = divmod(state.at_ms // 1000, 60)
    say(f"\nThe drill took {minutes:02d}:{seconds:02d}; the record is complete.")
    found = changes(
        before, report, choice.question, choice.move, load_catalogue(), load_review_words().outcomes
    )
    if found and answered:
        _show(found, compared=before is not None)
    else:
        say("Nothing was answered, so there is nothing to compare.")
    _tell_schedule(choice, report)
    say(f"Record  {folder}")
    say(f"Review  {paths.html}")


def _show(found: "tuple[Change, ...]", compared: bool) -> None:
    """A calm table: what was listened for, then and now. A mark stands only where something came to be
    heard."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Listened for", overflow="fold", ratio=3)
    if compared:
        table.add_column("was", overflow="fold", ratio=2)
    table.add_column("now", overflow="fold", ratio=2)
    for each in found:
        now = f"[bold]{each.now}[/bold]" if each.better else each.now
        table.add_row(_plain(each.label), *([each.was] if compared else []), now)
    click.echo("")
    console = Console(highlight=False, soft_wrap=False)
    console.print(table)


def _plain(text: str) -> str:
    """Text that is no markup."""
    from rich.markup import escape

    return escape(text)


def _tell_schedule(choice: "Choice", report: dict[str, Any]) -> None:
    now = datetime.now().astimezone()
    line = note_session(report, now)
    mine = (choice.question, choice.move)
    card = next((each for each in schedule.everything() if (each.question, each.move) == mine), None)
    if card is not None and card.after == report["session"]:
        say(f"This comes back {back_on(card, now)}.")
    if line:
        say(line)
