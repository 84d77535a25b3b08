"""What kind of sentence would make a point, and whether an answer is spoken in plain words at all.

Nearness in meaning tells the topic. A point such as "gives the measured improvement" has no topic of its own:
what its exemplars have in common is that each of them is a result. So a piece counts more for a point the
more it is of the kind that those exemplars are.
"""

from collections.abc import Mapping, Sequence

from voice_interviewer.core.understanding.lexicon import fold

STORY = ("situation", "own_action", "team_action", "reasoning", "result", "measure", "reflection")
"""Labels that tell the kinds apart; with the labels of plans too, answers about plans are judged worse."""
USUAL = 0.3
"""The agreement of a piece that is of no kind in particular: neither more nor less near for it."""
PLAIN_LETTERS, STUFFED_LETTERS = 4.9, 5.8
"""Letters to a word. The banks' 114 spoken examples lie between 3.7 and 4.8; lists of big words above 5.5."""
LEAST_SHARE = 0.2
"""What is left of the nearness of an answer in big words alone."""
LEAST_WORDS = 15
"""In a shorter answer one long word weighs too much."""

Scores = Mapping[str, Sequence[float]]


def profile(scores: Sequence[Scores]) -> dict[str, float]:
    """How much each of STORY the exemplars of one point are, on average; empty without labels. scores: one
    mapping for each exemplar, read alone."""
    read = [each for each in scores if each]
    if not read:
        return {}
    return {label: sum(each[label][0] for each in read) / len(read) for label in STORY}


def agreement(wanted: Mapping[str, float], labels: Scores) -> list[float]:
    """For each piece how much it is of the wanted kind, 0 to 1, less what is usual."""
    total = sum(wanted.values())
    if not total:
        return []
    pieces = zip(*(labels[label] for label in STORY), strict=True)
    weights = [wanted[label] for label in STORY]
    return [sum(w * v for w, v in zip(weights, piece, strict=True)) / total - USUAL for piece in pieces]


def plainness(text: str) -> float:
    """1 for an answer in spoken words, down to LEAST_SHARE for one that strings long words together."""
    words = fold(text).split()
    if len(words) < LEAST_WORDS:
        return 1.0
    letters = sum(map(len, words)) / len(words)
    stuffed = min(max((letters - PLAIN_LETTERS) / (STUFFED_LETTERS - PLAIN_LETTERS), 0.0), 1.0)
    return 1.0 - (1.0 - LEAST_SHARE) * stuffed
