"""Evidence and history -> the moves an interviewer could make next, best first, and when to stop probing.

Each turn in this order: a request or a non-answer, something to clear up, an answer that has lost its
way, one real instance, what this type and level still want most, a doubt put to a strong answer, and
moving on.
"""

from collections.abc import Iterator, Sequence

from voice_interviewer.core.model.catalogue import HEAVY, UNSURE_HEAVY, Catalogue
from voice_interviewer.core.model.evidence import HEARD, Slot
from voice_interviewer.core.model.moves import Candidate, ReplyContext, is_probe
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.probing.choice import order
from voice_interviewer.core.probing.doubts import clarify, redirect
from voice_interviewer.core.probing.heard import Heard, Read, history, made, moves_here
from voice_interviewer.core.probing.quoting import quotes
from voice_interviewer.core.probing.routes import (
    MIN_TIME_MS,
    SHORT_TYPES,
    UNPROBED,
    non_answers,
    route,
    says_it_is_over,
)
from voice_interviewer.core.probing.wants import SENIOR, asks_about_past
from voice_interviewer.core.understanding.evidence import quote_at
from voice_interviewer.core.understanding.lexicon import Phrase, fold
from voice_interviewer.core.understanding.requests import spoken_request

MAX_PROBES = 3
"""However many the settings allow, no question gets more follow-ups than this."""
STRONG_WORDS = 60
"""A shorter answer is not put to the test, however complete it seems."""
ABSOLUTES_HEARD = 2
"""One "always" is a way of speaking, two are a claim."""
ABSOLUTES = Phrase(
    r"always|never(?! again)|every single|ever|in all cases|definitely|completely|totally|impossible"
    r"|(?:a )?(?:hundred|100) ?(?:percent|per cent|%)|without exception|no exceptions?|guaranteed?"
)
CROWDS = Phrase(r"everyone|everybody|nobody|no one")
"""Absolute in a claim; in a story they are only people."""
STEPS = ("first_step", "approach")
"""Where to begin is only asked when nothing concrete was told."""
PLAN_WORDS = 25
"""A shorter "I would" is no plan yet."""
POINT = "point:"


def rank_moves(
    context: ReplyContext, slots: Sequence[Slot], read: Read, catalogue: Catalogue
) -> tuple[Candidate, ...]:
    """The moves that fit this answer, best first; the first is the verdict. slots: what `assess` heard in it;
    read: how a model reads an answer; catalogue: the moves there are and what is wanted.

    A spoken request and a non-answer have one move. Otherwise wanted follow-ups come first, then `move_on`,
    then what could still be asked; once a stop rule holds, `move_on` leads.
    """
    reading = read(context.asked, context.answer)
    scored = is_scored(context, reading)
    if not scored:
        routed = route(context, read)
        if routed is not None:
            return (routed,)
    if context.question.type == "closing":
        return (Candidate("close", reason="the candidate's questions come last"),)
    heard = Heard(context, slots, read, catalogue)
    if scored:
        wanted, spare = _follow_ups(context, heard, catalogue)
        missed = {candidate.move: candidate for candidate in reversed((*wanted, *spare))}

        def follow_up(move: str) -> Candidate:
            """What the evidence says it is after; else the words that lead to it."""
            quote = None if move in missed else _trigger(context, heard, move, catalogue)
            return missed.get(move) or Candidate(move, None, quote)

        return order(context, reading, follow_up, catalogue, _limit(context))
    if context.question.type in UNPROBED and not _empty_motive(context, heard):
        return (Candidate("move_on", reason=f"a {context.question.type} question is not probed"),)
    wanted, spare = _follow_ups(context, heard, catalogue)
    stop = _stop(context, heard, read)
    if stop is not None:
        return (Candidate("move_on", reason=stop), *wanted, *spare)
    unclear = clarify(context, heard)
    lost = redirect(context, heard, next((c.target for c in wanted if c.target), None))
    first = [each for each in (lost, unclear) if each is not None]
    complete = all(candidate.move in catalogue.spared.get(context.question.type, ()) for candidate in wanted)
    tested = _tests(context, heard, catalogue) if complete else []
    if complete and wanted and heard.words >= STRONG_WORDS and _strong(context, heard):
        wanted, spare = [], [*wanted, *spare]
    done = "there is more to ask, but it can be left" if wanted else "what is wanted has been heard"
    return (*first, *wanted, *tested, Candidate("move_on", reason=done), *spare)


def _empty_motive(context: ReplyContext, heard: Heard) -> bool:
    """Whether a reason for wanting the work names nothing that happened: the one thing asked about there."""
    if context.question.type != "motivation" or _asked_moves(context):
        return False
    return not any(heard.sure(name) for name in ("example", "own_action", "measure", "result"))


def is_scored(context: ReplyContext, reading: Reading) -> bool:
    """Whether the reader's scores decide: it learned from answers to questions that want more than a word. A
    plain request and nothing beside it needs no reader."""
    short = context.question.type in SHORT_TYPES or not context.answer.words
    return bool(reading.moves) and not short and spoken_request(context.answer.text) is None


# --- when to stop ---------------------------------------------------------------------------------


def _limit(context: ReplyContext) -> str | None:
    """Why nothing more may be asked about this question: the clock and the budget; else None."""
    if context.time_left_ms < MIN_TIME_MS:
        return "the time for this question is used up"
    if max(context.probes_used, len(_asked_moves(context))) >= min(context.max_probes, MAX_PROBES):
        return "enough follow-ups"
    return None


def _asked_moves(context: ReplyContext) -> list[str]:
    return [move for move in moves_here(context) if move is not None and is_probe(move)]


def _stop(context: ReplyContext, heard: Heard, read: Read) -> str | None:
    """Why nothing more is asked about this question, or None."""
    limit = _limit(context)
    if limit is not None:
        return limit
    if non_answers(context, read) >= 2:
        return "two non-answers"
    if says_it_is_over(heard.reading) and _asked_moves(context):
        return "the candidate has no more to say here"
    if (is_probe(context.asked_move) or context.asked_move == "redirect") and not heard.gained():
        return "the last follow-up added nothing"
    return None


# --- what to ask ----------------------------------------------------------------------------------


def _follow_ups(
    context: ReplyContext, heard: Heard, catalogue: Catalogue
) -> tuple[list[Candidate], list[Candidate]]:
    """What this question still wants, and what could be asked besides. No move twice about a question."""
    asked = set(_asked_moves(context))
    asked |= {
        name for name, move in catalogue.moves.items() if move.at_most and made(context, name) >= move.at_most
    }
    wanted: list[Candidate] = []
    spare: list[Candidate] = []
    for move, target, needed in _openings(context, heard, catalogue):
        if move == "example" and target and heard.sure(target):
            target = None  # when and where was told, but nothing that happened
        if move in asked or (target and heard.sure(target)):
            continue
        asked.add(move)
        reason = f"{target} was not heard" if target else "nothing that happened was told"
        candidate = Candidate(move, target, _trigger(context, heard, move, catalogue), reason)
        (wanted if needed else spare).append(candidate)
    return wanted, spare


def _openings(
    context: ReplyContext, heard: Heard, catalogue: Catalogue
) -> Iterator[tuple[str, str | None, bool]]:
    """Move, slot or point, and whether it is wanted, in the order an interviewer would think of them."""
    past = asks_about_past(context.question)
    if context.question.type == "motivation":
        yield "example", "situation", True
    elif past:
        if heard.we_heavy() and not heard.hypothetical:
            yield "own_part", "own_action", True
        if heard.hypothetical or not heard.happened:
            yield "example", "situation", True
    if _absolute(context, heard):
        yield "challenge", "absolute", True
    whole = past and heard.sure("result") and not heard.wanting("measure")
    if whole and heard.missing("reflection") and context.level in SENIOR:
        yield "reflection", "reflection", True
    for move, slot in catalogue.wanted.get(context.question.type, ()):
        if slot == HEAVY:
            yield from (("depth", point, True) for point in _missed_points(context, heard))
        elif slot == UNSURE_HEAVY:
            yield from (("depth", point, True) for point in _missed_points(context, heard, unsure=True))
        elif (slot == "own_action" and not past) or (slot in STEPS and _tells_steps(heard)):
            continue
        elif heard.wanting(slot) and not (move == "quantify" and _nothing_to_count(heard)):
            # What took hold is a result only where something has happened already.
            move = "depth" if move == "result" and not past else move
            yield move, slot, slot not in catalogue.not_expected.get(context.level, ())
    if heard.missing("reflection") and past:
        yield "reflection", "reflection", context.level in SENIOR
    if heard.missing("tradeoff"):
        yield "tradeoff", "tradeoff", False


def _tells_steps(heard: Heard) -> bool:
    """Whether anything concrete is done, or would be."""
    if heard.sure("hypothetical") and heard.words >= PLAN_WORDS:
        return True
    return any(
        not heard.missing(name) for name in ("own_action", "team_action", *STEPS, "method", "decision")
    )


def _absolute(context: ReplyContext, heard: Heard) -> bool:
    """Whether it is claimed that something always or never holds, without a reason."""
    if made(context, "challenge") >= context.challenges or not heard.missing("reasoning"):
        return False
    folded = fold(context.answer.text)
    claims = sum(1 for _ in ABSOLUTES.finditer(folded))
    claims += 0 if heard.happened else sum(1 for _ in CROWDS.finditer(folded))
    return claims >= ABSOLUTES_HEARD


def _nothing_to_count(heard: Heard) -> bool:
    return heard.missing("result") and heard.missing("adoption")


def _missed_points(context: ReplyContext, heard: Heard, unsure: bool = False) -> Iterator[str]:
    """Points at the heart of the question that were not heard, or not surely, and can be asked about."""
    asked = {exchange.asked for exchange in history(context)} | {context.asked}
    for point in context.question.points:
        name = POINT + point.id
        if (
            point.weight >= 2
            and point.probe
            and point.probe not in asked
            and (heard.missing(name) or (unsure and not heard.sure(name)))
        ):
            yield name


def _tests(context: ReplyContext, heard: Heard, catalogue: Catalogue) -> list[Candidate]:
    """A doubt put to an answer that has everything: from senior on, once about a question."""
    used = bool(_asked_moves(context))
    if context.level not in SENIOR or used or heard.words < STRONG_WORDS or not _strong(context, heard):
        return []
    quote = _trigger(context, heard, "challenge", catalogue)
    tests = [Candidate("depth", None, quote, "a strong answer, taken one step further")]
    if made(context, "challenge") < context.challenges:
        tests.insert(0, Candidate("challenge", None, quote, "a strong answer, put to the test"))
    return tests if not asks_about_past(context.question) else []


def _strong(context: ReplyContext, heard: Heard) -> bool:
    """Whether most of the heart of the question was surely heard."""
    heavy = [POINT + point.id for point in context.question.points if point.weight >= 2]
    return not heavy or 2 * sum(heard.states.get(name) == HEARD for name in heavy) >= len(heavy)


def _trigger(context: ReplyContext, heard: Heard, move: str, catalogue: Catalogue) -> str | None:
    """The candidate's words that lead to a move: a piece that can be said back where there is one."""
    pieces = quotes(context.answer, context.doubt_threshold)
    pieces = tuple(each for each in pieces if not heard.reading.within_order(each.start, each.end))
    # What came of it is asked about the last thing done, how it was meant about the first.
    pieces = pieces[::-1] if move in ("result", "quantify") else pieces
    led_by = catalogue.moves[move].led_by if move in catalogue.moves else ()
    for name in led_by:
        matches = heard.now[name].matches
        clean = next((piece.text for piece in pieces if any(a <= piece.start < b for a, b in matches)), None)
        if clean is not None:
            return clean
    for name in led_by:
        if heard.now[name].matches:
            return quote_at(context.answer, *heard.now[name].matches[0]).text
    return None
