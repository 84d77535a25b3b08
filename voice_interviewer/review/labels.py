"""The plain words a reader sees for the stable ids of slots, moves and kinds of line."""

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

KINDS = {
    "opening": "Opening",
    "question": "Question",
    "probe": "Follow-up",
    "bridge": "Bridge",
    "repeat": "Again",
    "reply": "Reply",
    "close": "Close",
    "answer": "Answer",
}

ENDINGS = {
    "finished": "The interview ran to its end.",
    "quit": "You ended the interview early.",
    "interrupted": "The interview was interrupted.",
    None: "The record stops here: the program ended without closing it.",
}

LIMITS = (
    "whether what was said is true, legally correct or technically sound",
    "how it was said: tone, accent and irony are not analysed",
    "whether a number or an example is a good one",
    "anything the recogniser misheard; words it was unsure of are dotted",
    "languages other than English",
)
"""What this tool cannot judge, said on every report."""


def slot_label(slot_id: str) -> str:
    """A slot's plain name; an id this version does not know reads as its own words."""
    return SLOTS.get(slot_id, slot_id.replace("_", " ").capitalize())


def move_label(move_id: str | None) -> str | None:
    return None if move_id is None else MOVES.get(move_id, move_id.replace("_", " "))
