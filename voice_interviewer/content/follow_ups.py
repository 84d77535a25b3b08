"""By which words the follow-ups of others are known: follow_ups.yaml of a language, checked once."""

import re
from functools import cache
from importlib.resources.abc import Traversable

from voice_interviewer.content.catalogue import load_catalogue
from voice_interviewer.content.resources import ENGLISH, FOLLOW_UPS, words
from voice_interviewer.content.sentences import mistake
from voice_interviewer.content.yaml_file import read_yaml

FollowUps = tuple[tuple[str, re.Pattern[str]], ...]
"""Move and pattern, in the order in which they are tried."""


@cache
def load_follow_ups(language: str = ENGLISH) -> FollowUps:
    """Those that come with the product. Raises BankProblem."""
    return read_follow_ups(words(FOLLOW_UPS, language))


def read_follow_ups(path: Traversable) -> FollowUps:
    """Raises BankProblem with file and line for a move there is not, or what is no regular expression."""
    located = read_yaml(path)
    if not isinstance(located.data, dict):
        raise mistake(located, "a move and its pattern on each line")
    found = []
    for move, pattern in located.data.items():
        if move not in load_catalogue().moves:
            raise mistake(located, f"there is no move {move!r}", move)
        try:
            found.append((move, re.compile(rf"\b(?:{pattern})")))
        except re.error as error:
            raise mistake(located, f"{move!r} is no regular expression: {error}", move) from None
    return tuple(found)
