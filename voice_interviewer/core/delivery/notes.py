"""When a delivery fact is worth a sentence: only outside a wide band, and then the number and the band.

The bands are wide on purpose. Pace and fillers vary with language, accent and speech disfluency, and say
little about an answer; a repeated or broken-off word and a pause are never remarked upon.
"""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class NoteLines:
    """remarks.yaml of a language, its `delivery`: a sentence for each way out of a band, with {places}."""

    slower: str
    faster: str
    fillers: str
    shorter: str
    longer: str
    shorter_than_aim: str
    longer_than_aim: str
    first_word: str
    hedges: str


def remarks(facts: Delivery, answer: Stretch, lines: NoteLines, reliable: bool = True) -> tuple[Note, ...]:
    """What lies outside its band, in a fixed order. answer: from the first word to the last. reliable: False
    where so many words are doubtful that counting them says nothing."""
    counted = (_pace(facts, lines), _fillers(facts, lines), _hedges(facts, lines)) if reliable else ()
    found = (*counted, _length(facts, answer, lines), _first_word(facts, answer, lines))
    return tuple(note for note in found if note is not None)


def in_words(ms: int) -> str:
    """A length of time in whole units: "48 s", "2 min", "2 min 5 s"."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def _pace(facts: Delivery, lines: NoteLines) -> Note | None:
    pace, (low, high) = facts.words_per_minute, PACE_WPM
    if pace is None or low <= pace <= high:
        return None
    line = lines.slower if pace < low else lines.faster
    return Note("pace", line.format(pace=pace, low=low, high=high))


def _fillers(facts: Delivery, lines: NoteLines) -> Note | None:
    share = facts.fillers_per_100
    if share is None or facts.words < FILLERS_NEED_WORDS or share <= FILLERS_PER_100:
        return None
    first = facts.fillers[0]
    text = lines.fillers.format(count=len(facts.fillers), share=f"{share:g}", high=f"{FILLERS_PER_100:g}")
    return Note("fillers", text, Stretch(first.start_ms, first.end_ms))


def _length(facts: Delivery, answer: Stretch, lines: NoteLines) -> Note | None:
    length, (low, high) = facts.length_ms, LENGTH_MS
    if length is None:
        return None
    shorter, longer, aim = lines.shorter, lines.longer, ""
    if facts.target_ms is not None:
        target = facts.target_ms
        low = min(max(low, round(target * TARGET_SHARE[0])), target // 2)
        high = min(high, round(target * TARGET_SHARE[1]))
        shorter, longer, aim = lines.shorter_than_aim, lines.longer_than_aim, in_words(target)
    elif length <= high:
        return None  # an answer to a follow-up may be as short as it likes
    if low <= round(length, -3) <= high:
        return None
    line = shorter if length < low else longer
    text = line.format(length=in_words(length), low=in_words(low), high=in_words(high), aim=aim)
    return Note("length", text, answer)


def _first_word(facts: Delivery, answer: Stretch, lines: NoteLines) -> Note | None:
    wait = facts.first_word_ms
    if wait is None or wait <= FIRST_WORD_MS:
        return None
    return Note(
        "first_word",
        lines.first_word.format(length=in_words(wait), high=in_words(FIRST_WORD_MS)),
        Stretch(answer.start_ms - wait, answer.start_ms) if answer.start_ms >= wait else None,
    )


def _hedges(facts: Delivery, lines: NoteLines) -> Note | None:
    told = of_what_happened(facts.hedges)
    if len(told) < SOFTENED:
        return None
    first = told[0]
    text = lines.hedges.format(count=len(told), text=first.text, high=SOFTENED)
    return Note("hedges", text, Stretch(first.start_ms, first.end_ms))
