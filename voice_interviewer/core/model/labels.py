"""The plain words a person sees for the stable ids of slots and moves, and for an engine's reasons."""

import re

SLOTS = {
    "situation": "The situation",
    "own_action": "Your own part",
    "reasoning": "Why you did it that way",
    "result": "How it ended",
    "measure": "A number or a measure",
    "reflection": "What you took from it",
    "stakeholders": "Who is affected",
    "first_step": "The first step",
    "method": "The method",
    "tradeoff": "What it costs",
    "decision": "The decision",
    "follow_through": "What happens afterwards",
    "approach": "The approach",
    "why": "Why this approach",
    "constraint": "A limit it has to respect",
    "failure_case": "Where it would fail",
    "validation": "How you would check it",
    "goal": "The goal",
    "people": "The people",
    "process": "The way of working",
    "adoption": "How it took hold",
    "specifics": "More that is specific: figures, names, dates",
}

MOVES = {
    "wait": "to give you time",
    "clarify": "to clear up what was meant",
    "example": "for one real instance",
    "own_part": "for your own part",
    "quantify": "for a number or a comparison",
    "result": "for the outcome",
    "reasoning": "for the reasons",
    "tradeoff": "for the price of it",
    "reflection": "for what you took from it",
    "depth": "to go deeper",
    "challenge": "to test a claim",
    "contradiction": "to square two statements",
    "redirect": "to come back to the question",
    "repeat": "the question once more",
    "hint": "a nudge",
    "skip": "to leave this question",
    "move_on": "to move on",
    "close": "to close",
}


A_POINT = "A point of this question"


def slot_label(slot_id: str) -> str:
    """A slot's plain name; an id this version does not know reads as its own words."""
    return SLOTS.get(slot_id, slot_id.replace("_", " ").capitalize())


def move_label(move_id: str | None) -> str | None:
    return None if move_id is None else MOVES.get(move_id, move_id.replace("_", " "))


def plain_reason(reason: str, target: str | None, label: str | None) -> str:
    """The engine's reason with the plain name of what it was after, quoted, in place of its id."""
    if target and label:
        reason = re.sub(rf"\b{re.escape(target)}\b", lambda _: f"“{label}”", reason)
    return reason.strip()


def follow_up_note(move: str, target: str | None, reason: str) -> str:
    """Why a follow-up is asked, in a few words without any id: "your own part was not heard yet"."""
    label = None if target is None else A_POINT if target.startswith("point:") else slot_label(target)
    if label and reason == f"{target} was not heard":
        return f"{label[:1].lower()}{label[1:]} was not heard yet"
    about = move_label(move) or move
    return f"{about}; {plain_reason(reason, target, label)}" if reason else about
