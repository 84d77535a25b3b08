"""What a reader of the review sees where an id alone does not say it."""

from voice_interviewer.content.catalogue import language_name
from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.model.feedback import OTHER_LANGUAGE


def not_assessed(reason: str | None) -> str:
    """Why an answer has no level: that reason of core.model.feedback in words."""
    kind, _, language = (reason or "").partition(":")
    lines = load_review_words().not_assessed
    if kind == OTHER_LANGUAGE:
        return lines[kind].format(language=language_name(language))
    return lines.get(kind, lines["failed"])
