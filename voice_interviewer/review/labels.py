"""The plain words a reader sees for kinds of line, endings and limits."""

KINDS = {
    "opening": "Opening",
    "question": "Question",
    "probe": "Follow-up",
    "bridge": "Bridge",
    "repeat": "Again",
    "reply": "Reply",
    "close": "Close",
    "answer": "Answer",
    "aside": "Aside",
    "request": "Asked for the turn back",
}

ENDINGS = {
    "finished": "The interview ran to its end.",
    "quit": "You ended the interview early.",
    "interrupted": "The interview was interrupted.",
    None: "The record stops here: the program ended without closing it.",
}

TAKEN_BACK = {
    "voice": "you spoke on",
    "key": "you pressed a key",
    "words": "you said so",
}
"""How a turn that was taken too early was taken back."""

KEYWORD_STATES = {
    "said": "came up in your own words",
    "probed": "came up in a question",
    "never_came_up": "never came up",
}
"""Of what a job description asks for."""

LIMITS = (
    "whether what was said is true, legally correct or technically sound",
    "how it was said: tone, accent and irony are not analysed",
    "whether a number or an example is a good one",
    "anything the recogniser misheard; words it was unsure of are dotted",
    "languages other than English",
)
"""What this tool cannot judge, said on every report."""
