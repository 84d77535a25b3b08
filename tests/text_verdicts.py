"""What must hold for every interview, whoever was interviewed: a list of complaints for each one held.

Each rule looks at what was really said and decided, never at how it came about, and names the line it minds.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from known_moves import PROBES
from text_interviews import Held

from voice_interviewer.content.line_rules import SHARED_RUN, two_requests, words_of
from voice_interviewer.core.model.evidence import HEARD
from voice_interviewer.core.probing.ranking import MAX_PROBES
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate import RAMBLING
from voice_interviewer.core.understanding.evidence import merge
from voice_interviewer.core.understanding.requests import STOP
from voice_interviewer.engine.wording import speakable

CLOCK_SHARE = 0.1
PUNCTUAL = ("strong", "vague", "we-speaker", "rambler", "bluffer", "contradicting", "injecting")
"""Who has enough to say to fill the time. Others may be through with all the questions before."""
PRAISE = re.compile(
    r"\b(?:great|excellent|perfect|good (?:answer|point|job|one|example)|very good|well (?:done|said)|nice"
    r"|interesting|impressive|amazing|wonderful|fantastic|brilliant|awesome|lovely|superb|outstanding"
    r"|i (?:really )?(?:like|love)|i'm (?:impressed|glad|happy|sorry)|that's (?:right|true|wrong)|spot on"
    r"|(?:right|wrong|strong|weak|poor|bad|vague|clear|unclear) answer|correct|incorrect|evasive|not enough"
    r"|too (?:long|short|vague|general)|disappoint(?:ed|ing)|(?:un)?convinc(?:ed|ing)|congratulations|hired?"
    r"|(?:your|a|the) score|out of (?:five|ten)|you (?:have )?(?:pass|fail)(?:ed)?|smart|clever)\b",
    re.IGNORECASE,
)
"""No line of the house praises, judges or scores. What a bank asks may use some of these words."""


def complaints(held: Held) -> dict[str, list[str]]:
    """Rule -> what breaks it in this interview; empty when all is well."""
    found = {rule.__name__.strip("_"): list(rule(held)) for rule in RULES}
    return {name: broken for name, broken in found.items() if broken}


# --- the lines ------------------------------------------------------------------------------------


def _own_words(held: Held) -> set[str]:
    """Everything the bank says as it stands: questions, follow-ups and challenges."""
    texts = {item.say for item in held.plan.items}
    for item in held.plan.items:
        if item.question:
            texts |= {point.probe for point in item.question.points} | {item.question.challenge}
    return texts


def no_line_twice(held: Held) -> Iterator[str]:
    """Nor a question again inside another line, unless it was to be repeated."""
    said = Counter(line.text.lower() for line in held.lines if line.kind != "aside")
    yield from (f"{count} times: {text}" for text, count in said.items() if count > 1)
    asked = {item.question.say for item in held.plan.items if item.question}
    for line in held.lines:
        if line.kind != "question" and line.move != "repeat":
            yield from (
                f"{line.move} says a question again: {line.text}" for say in asked if say in line.text
            )


def no_request_twice(held: Held) -> Iterator[str]:
    """No follow-up asks in the very words of an earlier one, whatever goes before them."""
    asked: dict[str, str] = {}
    for line in _probes(held):
        request = re.findall(r"[^.?!]+[.?!]*", line.text)[-1].strip().lower()
        if request in asked:
            yield f"{asked[request]} / {line.text}"
        asked[request] = line.text


def one_request_each(held: Held) -> Iterator[str]:
    for line in _probes(held):
        if not speakable(line.text):
            yield f"not speakable: {line.text}"
        if two_requests(line.text):
            yield f"{two_requests(line.text)}: {line.text}"


def no_verdict(held: Held) -> Iterator[str]:
    own = _own_words(held)
    for line in held.lines:
        found = PRAISE.search(line.text) if line.text not in own else None
        if found and line.move != "repeat":
            yield f"{found.group()}: {line.text}"


def nothing_given_away(held: Held) -> Iterator[str]:
    """No six words in a row of what the candidate is not to know yet, but for words already in the open."""
    questions = {item.question.id: item.question for item in held.plan.items if item.question}
    hidden = {
        question.id: _runs(
            *(text for point in question.points for text in (point.text, *point.exemplars)),
            *(text for each in question.avoid for text in (each.text, *each.signs)),
            *question.how,
            question.example,
        )
        for question in questions.values()
    }
    in_the_open = set[tuple[str, ...]]()
    for index, (event, _) in enumerate(held.log):
        if isinstance(event, e.ReplyPlanned):
            in_the_open |= _runs(held.contexts[index].answer.text)
        if not isinstance(event, e.LineStarted):
            continue
        line = held.given[event.line]
        question = questions.get(line.question_id or "")
        if question is not None and line.kind != "question":
            leaked = _runs(line.text) & hidden[question.id] - in_the_open - _runs(question.say)
            yield from (f"{' '.join(run)}: {line.text}" for run in sorted(leaked)[:1])


def openings_vary(held: Held) -> Iterator[str]:
    """Of two follow-ups or bridges in a row, no two begin with the same two words."""
    spoken = [line.text for line in held.lines if line.kind in ("probe", "bridge")]
    for one, other in pairwise(spoken):
        if words_of(one)[:2] == words_of(other)[:2]:
            yield f"{one} / {other}"


# --- the moves ------------------------------------------------------------------------------------


def no_probe_for_what_was_heard(held: Held) -> Iterator[str]:
    for state, reply in held.replies:
        move = reply.chosen
        if move.target is None or move.move not in PROBES | {"redirect"}:
            continue
        here = state.question.id if state.question else ""
        told = [exchange.slots for exchange in state.agenda.exchanges if exchange.question_id == here]
        if merge(*told, reply.slots).get(move.target) == HEARD:
            yield f"{here}: {move.move} for {move.target}, though heard: {move.say}"


def few_probes(held: Held) -> Iterator[str]:
    most = min(MAX_PROBES, held.settings.max_probes)
    made = Counter(line.question_id for line in held.lines if line.move in PROBES)
    yield from (f"{count} to {question}" for question, count in made.items() if count > most)


def ramblers_are_brought_back_at_pauses(held: Held) -> Iterator[str]:
    """At most twice, never in calm, never in the middle of a word."""
    yield from (f"cut off at {word!r}" for word in held.cut_off)
    made = [line.text for line in held.lines if line.move == "redirect"]
    if len(made) > held.settings.redirects:
        yield f"{len(made)} times: {made}"
    if not held.settings.redirects:
        taken = [state for state, _ in held.replies if state.answer.closed_by == RAMBLING]
        yield from (f"interrupted in {held.case.style}, turn {state.answer.turn}" for state in taken)


# --- the whole ------------------------------------------------------------------------------------


def on_time(held: Held) -> Iterator[str]:
    share = held.minutes / held.case.minutes
    core = [item.question.id for item in held.plan.items if item.kind == "core" and item.question]
    asked = {line.question_id for line in held.lines}
    used_up = asked >= set(core) and held.case.persona not in PUNCTUAL
    if share > 1 + CLOCK_SHARE or (share < 1 - CLOCK_SHARE and not used_up):
        left = sum(question not in asked for question in core)
        yield f"{held.minutes:.1f} of {held.case.minutes} min, {left} of {len(core)} questions left"


def ends_properly(held: Held) -> Iterator[str]:
    """The candidate's own questions are asked for and the goodbye is said, unless to stop was asked for."""
    if held.state.floor.end_reason != "finished":
        yield f"ended as {held.state.floor.end_reason}"
    kinds = [item.kind for item in held.plan.items]
    own, close = (held.plan.items[kinds.index(kind)].say for kind in ("candidate_questions", "close"))
    said = [line.text for line in held.lines]
    stopped = any(reply.request == STOP for _, reply in held.replies)
    if own not in said and not stopped:
        yield "the candidate's own questions were not asked for"
    if said[-1] != close:
        yield f"the last line is {said[-1]!r}"


RULES: tuple[Callable[[Held], Iterator[str]], ...] = (
    no_line_twice,
    no_request_twice,
    one_request_each,
    no_verdict,
    nothing_given_away,
    openings_vary,
    no_probe_for_what_was_heard,
    few_probes,
    ramblers_are_brought_back_at_pauses,
    on_time,
    ends_properly,
)


# --- two of the same ------------------------------------------------------------------------------


def changed_by_injection(held: Held, without: Held) -> Iterator[str]:
    """What is different although the same was said, but for the sentences to the interviewer."""
    for (event, commands), (other, others) in zip(held.log, without.log, strict=False):
        if commands != others:
            yield f"commands {_short(commands)} became {_short(others)}"
            return
        if isinstance(event, e.ReplyPlanned | e.EvidenceAssessed):
            one, two = _decided(event), _decided(other)
            if one != two:
                yield f"turn {event.turn}: {_difference(one, two)}"
                return
    if len(held.log) != len(without.log) or held.state.at_ms != without.state.at_ms:
        yield f"{len(held.log)} and {len(without.log)} events"


def _decided(event: e.Event) -> dict[str, object]:
    """What was heard and chosen, without places in the text."""
    if isinstance(event, e.EvidenceAssessed):
        return {slot.id: (slot.state, slot.quote) for slot in event.slots}
    assert isinstance(event, e.ReplyPlanned)
    reply = event.reply
    slots = {slot.id: (slot.state, slot.quote) for slot in reply.slots}
    return {**slots, "chosen": reply.chosen, "ranked": reply.ranked, "request": reply.request}


def _difference(one: dict[str, object], two: dict[str, object]) -> str:
    keys = [key for key in one if one[key] != two.get(key)]
    return "; ".join(f"{key}: with {one[key]!s:.160} without {two.get(key)!s:.160}" for key in keys[:2])


def _short(commands: tuple[e.Command, ...]) -> str:
    return ", ".join(
        f"{type(c).__name__} {c.line.text!r}" if isinstance(c, e.Speak) else str(c) for c in commands
    )[:200]


def _probes(held: Held) -> list[e.Line]:
    return [line for line in held.lines if line.move in PROBES or line.move == "redirect"]


def _runs(*texts: str) -> set[tuple[str, ...]]:
    found = set()
    for text in texts:
        words = words_of(text)
        found |= {words[i : i + SHARED_RUN] for i in range(len(words) - SHARED_RUN + 1)}
    return found
