"""`voice-interviewer assess`: what is heard in a written answer, and what would be asked next."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.resources import list_banks, load_house
from voice_interviewer.core.model.bank import LEVELS, QUESTION_TYPES
from voice_interviewer.core.model.evidence import HEARD, Slot
from voice_interviewer.core.model.feedback import Material
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.engine.written import in_text, read_item, written_context
from voice_interviewer.errors import UsageProblem
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from voice_interviewer.core.model.bank import Question
    from voice_interviewer.core.model.feedback import Label, Remark, Score
    from voice_interviewer.core.model.moves import Move, Reply, ReplyContext
    from voice_interviewer.engine.port import Engine
    from voice_interviewer.engine.written import Item

MAX_BYTES = 5_000_000
"""Of one answer or one line; nobody says more."""


@click.command()
@click.option("--question", "question_id", metavar="ID", help="A question of a bank, see `questions list`.")
@click.option("--question-text", metavar="TEXT", help="What was asked, in words; may be a follow-up.")
@click.option("--type", "kind", type=click.Choice(QUESTION_TYPES), help="Type of a question in words.")
@click.option("--level", type=click.Choice(LEVELS), help="Seniority the answer is meant for.")
@click.option("--history", metavar="FILE", help='JSON: [{"question", "answer"}, ...], first turn first.')
@click.option("--engine", type=click.Choice(("rules", "llm")), default="rules", show_default=True)
@click.option("--text", metavar="FILE", help="The answer; - reads it from standard input.")
@click.option("--batch", metavar="FILE", help="JSON lines, one answer each; - reads standard input.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object (a line for each with --batch).")
def assess(
    question_id: str | None,
    question_text: str | None,
    kind: str | None,
    level: str | None,
    history: str | None,
    engine: str,
    text: str | None,
    batch: str | None,
    as_json: bool,
) -> None:
    """What is heard in a written answer, and what a good interviewer would ask next.

    With --batch each line is {"id", "question", "question_text", "type", "level", "history", "text"}, and one
    line comes out for each, in order.
    """
    if (text is None) == (batch is None):
        raise UsageProblem("assess", "One of --text and --batch is needed.", "See `assess --help`.")
    if batch is not None:
        _assess_batch(batch, engine, level)
        return
    data = {
        "question": question_id,
        "question_text": question_text,
        "type": kind,
        "level": level,
        "history": _history(history) if history else [],
        "text": _read(str(text)),
    }
    judge = _Judge(engine, level)
    try:
        result = judge.assess(data)
    except ValueError as error:
        raise UsageProblem("assess", f"This answer cannot be assessed: {error}.", _HINT) from None
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else _readable(result))


_HINT = "Name a bank's question (`questions list`) or give --question-text and --type."


def _assess_batch(path: str, engine: str, level: str | None) -> None:
    judge, bad, first = _Judge(engine, level), 0, ""
    for number, line in _lines(path):
        try:
            data = json.loads(line)
            result = judge.assess(data)
        except (ValueError, RecursionError) as error:
            reason = f"not JSON ({error})" if isinstance(error, json.JSONDecodeError) else str(error)
            name = data.get("id") if "data" in locals() and isinstance(data, dict) else None
            result = {"id": name, "error": f"line {number}: {reason}"}
            bad, first = bad + 1, first or result["error"]
        data = None
        click.echo(json.dumps(result, ensure_ascii=False))
    if bad:
        lines = "1 line" if bad == 1 else f"{bad} lines"
        raise UsageProblem("assess", f"{lines} could not be assessed; the first: {first}", "Mend it.")


class _Judge:
    """The engine, made once, and the questions of every bank."""

    def __init__(self, engine: str, level: str | None) -> None:
        from voice_interviewer.app.build import make_engine, make_rules, make_scorer

        config = load_config()
        if config.network.offline:
            from voice_interviewer.settings.offline import refuse_network

            refuse_network()
        self._rules = make_rules(config)
        self._engine: Engine = self._rules if engine == "rules" else make_engine(config, required=True)
        self._scorer = make_scorer(config, required=engine == "llm")
        self._level, self._max_probes = level or config.interview.level, config.turn.max_probes
        house = load_house()
        questions = [question for entry in list_banks() for question in entry.bank.questions]
        questions += [*house.warmups, *house.candidate_questions]
        self._questions: dict[str, Question] = {question.id: question for question in questions}

    def assess(self, data: object) -> dict[str, Any]:
        """One answer's result. Raises ValueError for an item that cannot be assessed."""
        item = read_item(data)
        context = written_context(item, self._question(item), self._level, self._max_probes)
        score = self._scorer.score(_material(context))
        return _result(item, context, self._engine.reply(context), self._rules.facts(context), score)

    def _question(self, item: "Item") -> "Question | None":
        if not item.question:
            return None
        known = self._questions.get(item.question)
        if known is None and not item.question_text.strip():
            import difflib

            close = difflib.get_close_matches(item.question, self._questions, n=1)
            meant = f", did you mean {close[0]!r}" if close else ""
            raise ValueError(f"there is no question {item.question!r}{meant}")
        return known


def _material(context: "ReplyContext") -> "Material":
    """This answer alone: what was said before was answered to something else, or stands in its own line."""
    question = context.question
    said = Exchange(context.turn, question.id, context.asked, context.asked_move, context.answer)
    return Material(question, context.level, (said,), context.doubt_threshold, typed=True)


def _result(
    item: "Item", context: "ReplyContext", reply: "Reply", facts: dict[str, bool], score: "Score"
) -> dict[str, Any]:
    question = context.question
    return {
        "id": item.id,
        "tier": reply.tier,
        "question": {
            "id": None if question.id == "asked" else question.id,
            "text": context.asked,
            "type": question.type,
            "level": context.level,
        },
        "slots": [
            {"id": s.id, "state": s.state, "quote": s.quote, "start": s.start, "end": s.end}
            for s in (in_text(item.text, slot) for slot in reply.slots)
        ],
        "ranked_moves": [_move(move) for move in reply.ranked],
        "move": reply.chosen.move,
        "say": reply.chosen.say,
        "feedback": _feedback(item.text, score),
        "facts": facts,
    }


def _feedback(text: str, score: "Score") -> dict[str, Any]:
    """Labels and remarks with character offsets into the text as it was given."""
    return {
        "assessed": score.assessed,
        "reason": score.reason,
        "level": score.level,
        "points": [
            {
                "id": label.id,
                "state": label.state,
                **_place(text, label),
                "needed": label.needed,
                "why": label.why,
            }
            for label in score.labels
        ],
        "keep": _remark(text, score.keep),
        "fix": _remark(text, score.fix),
        "anchor": score.anchor,
        "next_needs": list(score.next_needs),
        "dimensions": [{"id": d.id, "level": d.level, "reason": d.reason} for d in score.dimensions],
        "seniorities": [
            {"level": each.level, "passes": each.passes, "lacks": list(each.lacks)}
            for each in score.seniorities
        ],
        "tier": score.tier,
        "spread": score.spread,
    }


def _remark(text: str, remark: "Remark | None") -> dict[str, Any] | None:
    if remark is None:
        return None
    return {"about": remark.about, "text": remark.text, **_place(text, remark), "say": remark.say}


def _place(text: str, said: "Label | Remark") -> dict[str, Any]:
    slot = in_text(text, Slot("", HEARD, said.quote, said.start, said.end))
    return {"quote": slot.quote, "start": slot.start, "end": slot.end}


def _move(move: "Move") -> dict[str, Any]:
    return {
        "move": move.move,
        "target": move.target,
        "say": move.say,
        "quote": move.quote,
        "reason": move.reason,
    }


def _readable(result: dict[str, Any]) -> str:
    catalogue = load_catalogue()

    heard = [
        f"  {slot['state'].replace('_', ' '):10} {catalogue.slot_label(slot['id'])}"
        + (f': "{slot["quote"]}"' if slot["quote"] else "")
        for slot in result["slots"]
    ]
    next_line = result["say"] or "(nothing: the interview goes on)"
    why = result["ranked_moves"][0]["reason"] if result["ranked_moves"] else ""
    return "\n".join(
        [
            f"Asked:  {result['question']['text']}",
            "Heard:" if heard else "Heard:  nothing is listened for in this type of question",
            *heard,
            f"Next:   {next_line}",
            f"Why:    {catalogue.move_label(result['move'])}" + (f" ({why})" if why else ""),
            *_readable_feedback(result["feedback"]),
            f"Judged by: {result['tier']}",
        ]
    )


def _readable_feedback(feedback: dict[str, Any]) -> list[str]:
    if not feedback["assessed"]:
        return [f"Level:  not assessed ({str(feedback['reason']).replace('_', ' ')})"]
    lines = [f"Level:  {feedback['level']} of 5" + (f": {feedback['anchor']}" if feedback["anchor"] else "")]
    if feedback["keep"]:
        lines.append(f'Keep:   {feedback["keep"]["text"]} "{feedback["keep"]["quote"]}"')
    if feedback["fix"]:
        lines.append(f"Mend:   {feedback['fix']['text']} {feedback['fix']['say'] or ''}".rstrip())
    passes = [each["level"] for each in feedback["seniorities"] if each["passes"]]
    return [*lines, f"Passes: {', '.join(passes) if passes else 'at no level yet'}"]


# --- reading ------------------------------------------------------------------------------------------


def _read(path: str) -> str:
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if path == "-" else _bytes(Path(path))
        if len(data) > MAX_BYTES:
            raise UsageProblem("assess", f"{path} is larger than 5 MB.", "Give one answer's text.")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageProblem(
            "assess", f"Cannot read {path}: {error.strerror}", "Check the path, or use - for stdin."
        ) from None
    except UnicodeDecodeError:
        raise UsageProblem("assess", f"{path} is not text in UTF-8.", "Save it as UTF-8 text.") from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _lines(path: str) -> Iterator[tuple[int, str]]:
    """Every line that is not blank, as it comes, with its number."""
    try:
        source = sys.stdin.buffer if path == "-" else Path(path).open("rb")  # noqa: SIM115
        with source:
            for number, line in enumerate(source, 1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
                if text:
                    yield number, text
    except OSError as error:
        raise UsageProblem("assess", f"Cannot read {path}: {error.strerror}", "Check the path.") from None


def _history(path: str) -> Any:
    try:
        data = json.loads(_read(path))
    except ValueError as error:
        raise UsageProblem("assess", f"{path} is not JSON: {error}", "See `assess --help`.") from None
    if not isinstance(data, list):
        raise UsageProblem(
            "assess", f"{path} is no list of turns.", 'It is [{"question": ..., "answer": ...}, ...].'
        )
    return data
