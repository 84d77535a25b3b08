"""`replay`: folds a session's log through the machine again and compares every decision."""

import click

from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns.machine import State, step
from voice_interviewer.errors import CheckFailed
from voice_interviewer.settings.config import sessions_dir
from voice_interviewer.store.library import find_session
from voice_interviewer.store.log import read_log


@click.command()
@click.argument("session", default="last")
def replay(session: str) -> None:
    """Check that the log of SESSION (an id, its beginning, or "last") leads to the same commands again.

    To listen to a session, open its report.html.
    """
    summary = find_session(sessions_dir(), session)
    log = read_log(sessions_dir() / summary.id)
    state, compared = State(load_turn_rules()), 0
    for number, (event, recorded) in enumerate(log.entries):
        state, commands = step(state, event)
        if number in log.unanswered:
            continue
        if commands != recorded:
            raise CheckFailed(
                "replay",
                f"{summary.id}: event {number + 1}, {event}, leads to {commands}, not to {recorded}",
                "The log was changed, or this version decides differently than the one that recorded it.",
            )
        compared += len(commands)
    ending = load_review_words().ending(state.floor.end_reason if state.phase == "ended" else None)
    click.echo(f"{summary.id}: {len(log.entries)} events lead to the same {compared} commands. {ending}")
