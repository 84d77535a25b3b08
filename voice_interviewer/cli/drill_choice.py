"""What a drill is of: the question or the move that was named, as it was asked before where it was."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.drillfile import load_drill_lines
from voice_interviewer.content.resources import list_banks
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.learning.drills import (
    ASKS,
    Frame,
    ask,
    drill_plan,
    stories,
)
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.core.model.plan import Plan
from voice_interviewer.core.turns.events import SessionStarted
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State
from voice_interviewer.documents.claims import FAMILY
from voice_interviewer.errors import RecordProblem, UsageProblem
from voice_interviewer.settings.config import Config, sessions_dir
from voice_interviewer.store.library import find_session, list_sessions
from voice_interviewer.store.log import SessionFolder, read_log
from voice_interviewer.store.notes import fold_notes, read_notes

if TYPE_CHECKING:
    from voice_interviewer.store.library import SessionSummary

STORIES_FROM = 5
"""So many of the newest sessions are looked through for a story to drill a move with."""


@dataclass(frozen=True)
class Choice:
    """A drill that can be held. after: the folder of the session it tries again, None where there is none.
    again: whether that was named, or the question was found there."""

    plan: Plan
    question: str | None
    move: str | None
    after: Path | None


def choose(question: str | None, move: str | None, after: str | None, config: Config, seed: int) -> Choice:
    """The drill of a question or, where none is named, of a move. Raises UsageProblem or RecordProblem, each
    with the nearest name there is."""
    drilled = load_catalogue().drilled
    if move is not None and move not in drilled:
        hint = _nearest(move, drilled) or f"Moves that can be drilled: {', '.join(drilled)}."
        raise UsageProblem("move", f"There is no drill for {move!r}.", hint)
    folder = None if after is None else _session(after)
    if question is not None:
        return _of_question(question, folder, config, seed)
    assert move is not None
    return _of_move(move, folder, config, seed)


def _session(name: str) -> Path:
    try:
        return find_session(sessions_dir(), name).path
    except RecordProblem as problem:
        if problem.code != "unknown_session":
            raise
        near = _nearest(name, (entry.id for entry in list_sessions(sessions_dir())))
        raise UsageProblem(
            "unknown_session", f"There is no session {name!r}.", near or problem.hint
        ) from None


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f"Did you mean {close[0]}?" if close else ""


# --- a question ---------------------------------------------------------------------------------------------


def _of_question(question_id: str, folder: Path | None, config: Config, seed: int) -> Choice:
    """As that session asked it; else as the newest one did that asked it; else as the banks have it."""
    folder = folder or _asked_last(question_id)
    plan = _plan_of(folder) if folder else None
    found = _in_plan(plan, question_id)
    if found is not None and plan is not None:
        frame = _frame(plan.role, plan.title, plan.level, seed, None)
    else:
        found, role, title = _in_banks(question_id, plan, config)
        level = plan.level if plan else found.level or config.interview.level
        frame = _frame(role, title, level, seed, None)
    return Choice(drill_plan(frame, [found]), question_id, None, folder)


def _in_plan(plan: Plan | None, question_id: str) -> Question | None:
    items = plan.items if plan else ()
    return next((item.question for item in items if item.question and item.question.id == question_id), None)


def _in_banks(question_id: str, plan: Plan | None, config: Config) -> tuple[Question, str, str]:
    """The question, and id and title of its bank. Raises UsageProblem."""
    banks = [entry.bank for entry in list_banks(config.interview.place)]
    for bank in banks:
        if found := bank.find(question_id):
            return found, bank.id, bank.title
    known = [question.id for bank in banks for question in bank.questions]
    known += [item.question.id for item in (plan.items if plan else ()) if item.question]
    hint = _nearest(question_id, known) or "`voice-interviewer questions list` shows the questions of a role."
    raise UsageProblem("question", f"There is no question {question_id!r}.", hint)


def _asked_last(question_id: str) -> Path | None:
    """The newest session of a person in which it was planned."""
    for entry, about in _held():
        if question_id in about.get("questions", ()):
            return entry.path
    return None


# --- a move -------------------------------------------------------------------------------------------------


def _of_move(move: str, folder: Path | None, config: Config, seed: int) -> Choice:
    """Three short asks: about the candidate's own stories where they can be said back, else about any."""
    lines = load_drill_lines().moves[move]
    told, plan = _told(folder, move)
    turned = [_turned(seed, lines.stories), _turned(seed, lines.asks)]
    says = [line.format(quote=quote) for line, quote in zip(turned[0], told, strict=False)]
    says = [*says, *turned[1]][:ASKS]
    role, title = config.interview.role, "a drill"
    if plan is not None:
        role, title = plan.role, plan.title
    frame = _frame(role, title, plan.level if plan else config.interview.level, seed, lines.title)
    kind = load_catalogue().moves[move].drill or "behavioural"
    questions = [ask(move, kind, number, say) for number, say in enumerate(says, 1)]
    return Choice(drill_plan(frame, questions), None, move, folder)


def _told(folder: Path | None, move: str) -> tuple[list[str], Plan | None]:
    """Stories in the second person ("you rebuilt the set"), and the plan of the session they come from."""
    folders = [folder] if folder else [entry.path for entry, _ in _held()][:STORIES_FROM]
    newest = None
    for each in folders:
        try:
            exchanges, plan, threshold = _exchanges(each)
        except RecordProblem:
            if folder:
                raise
            continue
        newest = newest or plan
        if told := stories(exchanges, load_catalogue().drilled[move], threshold):
            return [quote.spoken for quote in told[:ASKS]], plan
    return [], newest


def _exchanges(folder: Path) -> tuple[list[Exchange], Plan | None, float]:
    """Everything that was answered, as corrected since; questions worded from papers are left out."""
    state = State(load_turn_rules())
    for entry in read_log(folder).entries:
        state, _ = step(state, entry.event)
    corrected = frozenset(fold_notes(read_notes(folder)).corrections)
    threshold = float(SessionFolder(folder).read_about().get("doubt_threshold") or 0.0)
    kept = [each for each in state.agenda.exchanges if not each.question_id.startswith(f"{FAMILY}-")]
    found = [_distrusted(each, corrected) for each in kept if not each.request]
    return found, state.plan if state.plan.items else None, max(threshold, 1e-9)


def _distrusted(exchange: Exchange, corrected: frozenset[tuple[int, int]]) -> Exchange:
    """The exchange with every word that was corrected as doubtful as a word can be: never said back."""
    words = tuple(
        replace(word, probability=0.0) if (exchange.turn, index) in corrected else word
        for index, word in enumerate(exchange.answer.words)
    )
    return replace(exchange, answer=replace(exchange.answer, words=words))


# --- both ---------------------------------------------------------------------------------------------------


def _plan_of(folder: Path) -> Plan | None:
    """The plan a session was begun with. Raises RecordProblem where its log cannot be read."""
    events = (entry.event for entry in read_log(folder).entries)
    return next((event.plan for event in events if isinstance(event, SessionStarted)), None)


def _held() -> "Iterator[tuple[SessionSummary, dict[str, Any]]]":
    """Sessions in which a person was interviewed to the end, newest first, with their session.json."""
    for entry in list_sessions(sessions_dir()):
        if entry.state == "complete":
            about = SessionFolder(entry.path).read_about()
            if "persona" not in about:
                yield entry, about


def _frame(role: str, title: str, level: str, seed: int, move_title: str | None) -> Frame:
    lines = load_drill_lines()
    openings = lines.opening if move_title is None else lines.move_opening
    opening = openings[seed % len(openings)]
    if move_title is not None:
        opening = opening.format(title=move_title)
    return Frame(role, title, level, seed, opening, lines.close[seed % len(lines.close)])


def _turned(seed: int, lines: tuple[str, ...]) -> list[str]:
    """The lines begun somewhere else each time."""
    at = seed % len(lines)
    return [*lines[at:], *lines[:at]]
