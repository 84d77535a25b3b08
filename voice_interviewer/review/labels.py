"""The plain words a reader sees for kinds of line, endings and limits."""

from voice_interviewer.core.model.feedback import OTHER_LANGUAGE
from voice_interviewer.core.understanding.languages import language_name

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

DIMENSION_NAMES = {
    "substance": "What the question is about",
    "story": "How it is told",
    "proof": "What came of it, and how one knows",
    "follow_ups": "What came when it was asked for",
}

NOT_ASSESSED = {
    "thin": "Too little was said to go by.",
    "doubtful": "Too many words were not heard clearly. Correct them, and it is looked at again.",
    "failed": "The answer could not be looked at.",
    "no_answer": "There was no answer to look at.",
    "off_topic": "The answer seems to be about something else.",
    "gibberish": "No sentence could be made out.",
    "unscored_type": "This question is not looked at.",
}
"""Why an answer has no level."""


def not_assessed(reason: str | None) -> str:
    """That reason of core.model.feedback in words."""
    kind, _, language = (reason or "").partition(":")
    if kind == OTHER_LANGUAGE:
        return f"It was heard as {language_name(language)}; only English is understood."
    return NOT_ASSESSED.get(kind, NOT_ASSESSED["failed"])
