"""When a delivery fact is worth a sentence: only outside a wide band, and then the number and the band.

The bands are wide on purpose. Pace and fillers vary with language, accent and speech disfluency, and say
little about an answer; a repeated or broken-off word and a pause are never remarked upon.
"""

from voice_interviewer.core.delivery.hedges import of_what_happened
from voice_interviewer.core.delivery.model import Delivery, Note, Stretch

PACE_WPM = (100, 185)
"""Conversational English has its middle near 150; both ends lie well outside the 110-170 of ordinary talk."""
FILLERS_PER_100 = 6.0
"""All disfluencies together come to about 6 per 100 words of ordinary speech (Bortfeld et al. 2001)."""
FILLERS_NEED_WORDS = 40
"""Below this, three fillers would already lie above the band."""
LENGTH_MS = (30_000, 240_000)
"""A main answer; design values, no source gives better ones."""
TARGET_SHARE = (0.25, 2.0)
"""Of the target, where the question has one."""
FIRST_WORD_MS = 8_000
"""Remembering an episode takes its time; until here it is only a number."""
SOFTENED = 3
"""So many softened statements about what happened before one is worth a second look."""


def remarks(facts: Delivery, answer: Stretch, reliable: bool = True) -> tuple[Note, ...]:
    """What lies outside its band, in a fixed order. answer: from the first word to the last. reliable: False
    where so many words are doubtful that counting them says nothing."""
    counted = (_pace(facts), _fillers(facts), _hedges(facts)) if reliable else ()
    found = (*counted, _length(facts, answer), _first_word(facts, answer))
    return tuple(note for note in found if note is not None)


def in_words(ms: int) -> str:
    """A length of time in whole units: "48 s", "2 min", "2 min 5 s"."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def _pace(facts: Delivery) -> Note | None:
    pace, (low, high) = facts.words_per_minute, PACE_WPM
    if pace is None or low <= pace <= high:
        return None
    way = "slower" if pace < low else "faster"
    return Note("pace", f"The pace was {pace} words a minute, {way} than the wide band of {low} to {high}.")


def _fillers(facts: Delivery) -> Note | None:
    share = facts.fillers_per_100
    if share is None or facts.words < FILLERS_NEED_WORDS or share <= FILLERS_PER_100:
        return None
    first = facts.fillers[0]
    return Note(
        "fillers",
        f"At least {len(facts.fillers)} fillers were heard, {share:g} in 100 words; up to"
        f" {FILLERS_PER_100:g} is ordinary speech.",
        Stretch(first.start_ms, first.end_ms),
    )


def _length(facts: Delivery, answer: Stretch) -> Note | None:
    length, (low, high) = facts.length_ms, LENGTH_MS
    if length is None:
        return None
    aim = ""
    if facts.target_ms is not None:
        target = facts.target_ms
        low = min(max(low, round(target * TARGET_SHARE[0])), target // 2)
        high = min(high, round(target * TARGET_SHARE[1]))
        aim = f" for an aim of {in_words(target)}"
    elif length <= high:
        return None  # an answer to a follow-up may be as short as it likes
    if low <= round(length, -3) <= high:
        return None
    way = "shorter" if length < low else "longer"
    text = f"The answer took {in_words(length)}, {way} than the band of {in_words(low)} to {in_words(high)}"
    return Note("length", f"{text}{aim}.", answer)


def _first_word(facts: Delivery, answer: Stretch) -> Note | None:
    wait = facts.first_word_ms
    if wait is None or wait <= FIRST_WORD_MS:
        return None
    return Note(
        "first_word",
        f"The first word came after {in_words(wait)}; that is no fault, and beyond {in_words(FIRST_WORD_MS)}"
        ' "let me think for a moment" keeps the turn.',
        Stretch(answer.start_ms - wait, answer.start_ms) if answer.start_ms >= wait else None,
    )


def _hedges(facts: Delivery) -> Note | None:
    told = of_what_happened(facts.hedges)
    if len(told) < SOFTENED:
        return None
    first = told[0]
    return Note(
        "hedges",
        f"{len(told)} statements about what happened were softened, the first one “{first.text}”; fewer than"
        f" {SOFTENED} goes unremarked, and where something is unsure it is right.",
        Stretch(first.start_ms, first.end_ms),
    )
