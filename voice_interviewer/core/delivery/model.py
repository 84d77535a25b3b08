"""What delivery facts consist of: plain values, times on the session clock in ms."""

from dataclasses import dataclass

from voice_interviewer.core.delivery.hedges import Hedge
from voice_interviewer.core.understanding.fillers import Filler


@dataclass(frozen=True)
class Stretch:
    """A piece of uninterrupted time on the session clock: of speech, or of silence between speech."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class Note:
    """One fact outside its band, said in one sentence. about: pace, fillers, length, first_word or hedges;
    at: where it can be heard, None where it is about the whole answer."""

    about: str
    text: str
    at: Stretch | None = None


@dataclass(frozen=True)
class Delivery:
    """What can be measured of one answer. A fact that cannot be told is None.

    words: how many were recognised. length_ms: from the first word to the last, time that was asked for
    left out (so everywhere). words_per_minute: over that length, rounded; None under 10 words.
    longest_pause: the longest silence of at least 250 ms between first and last word. first_word_ms: from
    the end of the question to the first word. speaking_share: part of the length in which the detector
    heard speech, 0..1, two decimals; None where no speech edges exist.
    """

    words: int
    length_ms: int | None = None
    words_per_minute: int | None = None
    longest_pause: Stretch | None = None
    first_word_ms: int | None = None
    speaking_share: float | None = None
    articulation_words_per_minute: int | None = None
    """Over the voiced time: the length without its pauses; None under 10 words."""
    pauses: tuple[Stretch, ...] = ()
    """Every silence of at least 250 ms between first and last word, in order."""
    long_pauses: tuple[Stretch, ...] = ()
    """Those of at least 2 s."""
    thinking_ms: int = 0
    """Time that was asked for, from the question to the last word. It is in no other number."""
    fillers: tuple[Filler, ...] = ()
    """Those that were recognised: a lower bound, to be shown as "at least n"."""
    fillers_per_100: float | None = None
    """Words, one decimal; a lower bound too. None under 10 words."""
    longest_monologue: Stretch | None = None
    """The longest speech without a silence of 2 s."""
    hedges: tuple[Hedge, ...] = ()
    target_ms: int | None = None
    """Length of a good answer to the question; None where there is none, as for an answer to a follow-up."""
    length_share: float | None = None
    """The length as a part of the target, two decimals."""
    pitch_semitones: float | None = None
    """Standard deviation of the pitch: comparable with the same voice's other sessions and with nothing
    else."""
    pitch_median_hz: float | None = None
    remarks: tuple[Note, ...] = ()
    """What lies outside its band; nothing where all lies within."""
