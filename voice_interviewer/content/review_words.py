"""What a reader of the review sees for an id: review.yaml of a language, checked once."""

from functools import cache
from importlib.resources.abc import Traversable

from voice_interviewer.content.bankfile import Strict, Text, validated
from voice_interviewer.content.resources import ENGLISH, REVIEW, words
from voice_interviewer.content.sentences import check_sections, checked, wanted
from voice_interviewer.content.yaml_file import read_yaml
from voice_interviewer.core.learning.drills import OutcomeWords
from voice_interviewer.core.learning.progress import TRENDS

_SECTIONS = {
    "kinds": wanted(
        *["opening", "question", "probe", "bridge", "repeat", "reply", "close", "answer", "aside", "request"]
    ),
    "endings": wanted("finished", "quit", "interrupted", "open"),
    "headings": wanted("opening", "close", "warmup", "candidate_questions", "numbered number", "other"),
    "answers": wanted("first", "probe number", "again"),
    "taken_back": wanted("voice", "key", "words"),
    "keywords": wanted("said", "probed", "never_came_up"),
    "states": wanted("heard", "unsure", "not_heard"),
    "dimensions": wanted("substance", "story", "proof", "follow_ups"),
    "not_assessed": wanted(
        *["thin", "doubtful", "failed", "no_answer", "off_topic", "gibberish", "unscored_type"],
        "other_language language",
    ),
    "outcomes": wanted(
        *["at_once", "after_probe", "not_heard", "unsure", "not_looked_at", "not_asked"],
        "in_all what count",
        "in_any what count",
        "some_at_once count",
        "some_after_probe count",
        "some_unsure count",
        "of what count",
    ),
    "trends": wanted(*TRENDS),
    "columns": wanted(
        *("length", "words", "pace", "articulation", "longest_pause", "first_word", "monologue"),
        *("fillers", "pitch", "speaking"),
    ),
    "cells": wanted(
        "length_of length aim", "pause_at length time", "some_fillers count", "no_fillers", "semitones pitch"
    ),
    "progress": wanted(
        *("slots", "slots_note", "points", "skills", "skills_note", "course", "course_note low high"),
        *("probes", "cut_offs", "pace", "gap", "not_known", "the_same", "higher steps", "lower steps"),
    ),
    "tally": wanted("at_once", "after_probe", "not_heard", "unsure"),
}


class ReviewWords(Strict):
    """By section of review.yaml: id -> what is read."""

    kinds: dict[str, Text]
    endings: dict[str, Text]
    headings: dict[str, Text]
    answers: dict[str, Text]
    taken_back: dict[str, Text]
    keywords: dict[str, Text]
    states: dict[str, Text]
    dimensions: dict[str, Text]
    not_assessed: dict[str, Text]
    limits: tuple[Text, ...]
    outcomes: OutcomeWords
    trends: dict[str, Text]
    columns: dict[str, Text]
    cells: dict[str, Text]
    progress: dict[str, Text]
    tally: dict[str, Text]
    drill: Text

    def ending(self, reason: str | None) -> str:
        """How the interview ended; None: the record stops."""
        return self.endings.get(reason or "open", self.endings["open"])


@cache
def load_review_words(language: str = ENGLISH) -> ReviewWords:
    """The words that come with the product. Raises BankProblem."""
    return read_review_words(words(REVIEW, language))


def read_review_words(path: Traversable) -> ReviewWords:
    """Raises BankProblem with file and line for a mistake, UsageProblem for a file that is not there."""
    located = read_yaml(path)
    found = validated(ReviewWords, located.data, located)
    check_sections(located, _SECTIONS)
    checked({"drill": found.drill}, wanted("drill what"), located)
    return found
