"""Delivery facts as labels and values in plain words: the same on the page, in Markdown and on a terminal."""

from voice_interviewer.core.delivery.model import Delivery
from voice_interviewer.core.delivery.notes import in_words

Fact = tuple[str, str]
"""What it is called, and what it came to."""


def facts(delivery: Delivery) -> tuple[Fact, ...]:
    """What can be told of one answer, in a fixed order. What cannot be told is left out."""
    found = [("Words", str(delivery.words))]
    if delivery.length_ms is None:
        return tuple(found)
    length = in_words(delivery.length_ms)
    if delivery.target_ms is not None:
        length += f", aim {in_words(delivery.target_ms)}"
    found.insert(0, ("Length", length))
    if delivery.words_per_minute is not None:
        found.append(("Pace", _a_minute(delivery.words_per_minute)))
    if delivery.articulation_words_per_minute is not None:
        found.append(("Pace without pauses", _a_minute(delivery.articulation_words_per_minute)))
    if delivery.first_word_ms is not None:
        found.append(("First word after", _tenths(delivery.first_word_ms)))
    if delivery.speaking_share is not None:
        found.append(("Speaking", f"{delivery.speaking_share:.0%} of the time"))
    found.append(("Pauses", _pauses(delivery)))
    if delivery.longest_pause is not None:
        found.append(("Longest pause", _tenths(delivery.longest_pause.length_ms)))
    if delivery.thinking_ms:
        found.append(("Time asked for", in_words(delivery.thinking_ms)))
    if delivery.longest_monologue is not None:
        found.append(("Longest without a pause of 2 s", in_words(delivery.longest_monologue.length_ms)))
    found += _fillers(len(delivery.fillers), delivery.fillers_per_100)
    if delivery.hedges:
        found.append(("Softened", ", ".join(f"“{hedge.text}”" for hedge in delivery.hedges)))
    return tuple(found)


def _fillers(count: int, per_100: float | None) -> list[Fact]:
    """Recognisers leave fillers out, so every number is a lower bound and none heard is no proof."""
    if not count:
        return [("Fillers", "none recognised")]
    found = [("Fillers", f"at least {count}")]
    if per_100 is not None:
        found.append(("Fillers in 100 words", f"at least {per_100:g}"))
    return found


def _pauses(delivery: Delivery) -> str:
    count, long = len(delivery.pauses), len(delivery.long_pauses)
    if not count:
        return "none"
    return f"{count}, {long} of 2 s or more" if long else str(count)


def _a_minute(words: int) -> str:
    return f"{words} words a minute"


def _tenths(ms: int) -> str:
    return f"{ms / 1000:.1f} s"
