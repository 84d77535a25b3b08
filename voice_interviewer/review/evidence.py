"""What was heard over the turns of one question, merged; every quote resolved to its words and times."""

from collections.abc import Sequence
from dataclasses import replace

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.core.model.bank import SLOTS, Question
from voice_interviewer.core.model.catalogue import plain_reason
from voice_interviewer.core.model.evidence import (
    HEARD,
    NOT_HEARD,
    UNSURE,
    Slot,
)
from voice_interviewer.core.model.transcript import Span, Transcript
from voice_interviewer.core.understanding.evidence import anchors
from voice_interviewer.review.model import Finding, Quote, Why
from voice_interviewer.review.spoken import Turn

_RANK = {HEARD: 2, UNSURE: 1, NOT_HEARD: 0}
_POINT = "point:"


def resolve(turn: Turn, text: str | None, start: int | None, end: int | None, doubt: float) -> Quote | None:
    """The quote as it stands in the turn's transcript, or None when those words are not there.

    Offsets are trusted when they point at the very text; else the text is looked for (a later revision of the
    answer may have moved it).
    """
    transcript = turn.transcript
    if not text or not text.strip():
        return None
    if start is None or end is None or transcript.text[start:end] != text:
        start = transcript.text.find(text)
        end = start + len(text)
    if start < 0:
        return None
    span = transcript.span(start, end)
    typed = turn.typed_ms is not None and span.start_ms == span.end_ms
    doubts = _doubts(transcript, span, doubt)
    return Quote(turn.number, text, start, end, span.start_ms, span.end_ms, doubts, typed)


def _doubts(transcript: Transcript, span: Span, doubt: float) -> tuple[int, ...]:
    """Which words of the span may be mis-hearings, counted from its first."""
    first = transcript.text[: span.start].count(" ")
    count = span.text.count(" ") + 1
    flags = transcript.doubtful(doubt)[first : first + count]
    return tuple(number for number, flag in enumerate(flags) if flag)


def point_names(question: Question | None) -> dict[str, str]:
    """Slot id -> rubric point in the bank's words."""
    return {f"{_POINT}{point.id}": point.text for point in question.points} if question else {}


def target_label(slot_id: str, names: dict[str, str]) -> str:
    return names.get(slot_id) or load_catalogue().slot_label(slot_id.removeprefix(_POINT))


def findings(question: Question, turns: Sequence[Turn], doubt: float) -> tuple[tuple[Finding, ...], int]:
    """Every slot and point once, in its best state, with the first quote that shows it; and how many quotes
    did not resolve. `when` tells whether a follow-up had been asked before."""
    names = point_names(question)
    heard_of = [slot.id for turn in turns for slot in turn.slots]
    order = list(dict.fromkeys([*SLOTS.get(question.type, ()), *heard_of, *names]))
    order.sort(key=lambda slot_id: slot_id.startswith(_POINT))
    unresolved = 0
    merged: list[Finding] = []
    for slot_id in order:
        kind = "point" if slot_id.startswith(_POINT) else "slot"
        label = target_label(slot_id, names)
        best = Finding(slot_id, kind, label, NOT_HEARD, assessed=False)
        probed = False
        for turn in turns:
            probed = probed or _is_follow_up(turn)
            slot = next((each for each in turn.slots if each.id == slot_id), None)
            if slot is None or turn.skipped:
                continue
            state, quote = _checked(slot, turn, doubt)
            unresolved += slot.state != NOT_HEARD and quote is None
            best = replace(best, assessed=True)
            if _RANK[state] > _RANK[best.state]:
                when = "after a follow-up" if probed else "at once"
                best = replace(best, state=state, quote=quote, when=when)
        merged.append(best)
    return tuple(merged), unresolved


def _checked(slot: Slot, turn: Turn, doubt: float) -> tuple[str, Quote | None]:
    """Nothing counts as heard without words that are there and that the recogniser was sure of."""
    state = slot.state if slot.state in _RANK else UNSURE
    if state == NOT_HEARD:
        return NOT_HEARD, None
    quote = resolve(turn, slot.quote, slot.start, slot.end, doubt)
    if quote is None or (state == HEARD and _anchor_doubted(slot.id, quote, turn.transcript)):
        return UNSURE, quote
    return state, quote


def _anchor_doubted(slot_id: str, quote: Quote, transcript: Transcript) -> bool:
    """Whether the words that show the slot may be mis-hearings: any word of the cue the quote holds first;
    where no cue is known (a point, another engine's finding), half of the quote's words or more."""
    spans = () if slot_id.startswith(_POINT) else anchors(slot_id, transcript)
    held = [(start, end) for start, end in spans if quote.start <= start < quote.end]
    if not held:
        return 2 * len(quote.doubts) >= quote.text.count(" ") + 1
    start, end = held[0]
    first = transcript.text[quote.start : start].count(" ")
    last = first + transcript.text[start:end].rstrip().count(" ")
    return any(first <= number <= last for number in quote.doubts)


def why_asked(turn: Turn, earlier: Sequence[Turn], names: dict[str, str], doubt: float) -> Why | None:
    """The engine's reason for the line that asked for this turn, None for the question itself."""
    if turn.asked is None or turn.asked.line.move is None or turn.asked.reply is None:
        return None
    reply = turn.asked.reply
    move = reply.chosen
    quotes = (resolve(each, move.quote, None, None, doubt) for each in reversed(earlier))
    label = None if move.target is None else target_label(move.target, names)
    outcome = next((_checked(slot, turn, doubt)[0] for slot in turn.slots if slot.id == move.target), None)
    return Why(
        move=move.move,
        label=load_catalogue().move_label(move.move),
        reason=_readable(move.reason, move.target, label),
        target=move.target,
        target_label=label,
        quote_text=move.quote,
        quote=next((quote for quote in quotes if quote), None),
        tier=reply.tier,
        outcome=outcome,
        would_end=load_catalogue().would_end(move.move),
    )


def _readable(reason: str, target: str | None, label: str | None) -> str:
    """The engine's reason as a sentence, with the plain name of what it was after in place of its id."""
    reason = plain_reason(reason, target, label)
    stop = "" if not reason or reason[-1] in ".!?" else "."
    return reason[:1].upper() + reason[1:] + stop


def _is_follow_up(turn: Turn) -> bool:
    return turn.asked is not None and turn.asked.line.kind == "probe"
