"""Speech has to stand out from the room: talk at the next desks is no answer.

A speech detector finds speech, and babble is speech. Whoever sits before the microphone is louder than all
who are not: a block that is to begin speech must lie well above the quietest sound of the last half minute.
Speech that has begun may be as soft as it likes, so soft endings are kept."""

from collections import deque

from voice_audio.frames import level_dbfs
from voice_audio.ports import SAMPLE_RATE_HZ, Samples, SpeechDetector

MARGIN_DB = 10.0
"""Measured on synthetic office noise (pink and eight-voice babble) without a speaker: 0 false starts a minute
from 10 dB on, up to 1.5 below 8 dB; of 341 onsets 10 dB above that noise or in a quiet room 2 were lost, 95 %
came at most 64 ms later, which the pre-roll covers."""
FLOOR_SHARE = 0.1
"""The floor is what so many of the blocks stay below. Our own voice in the loudspeaker fills less than the
rest of half a minute, so it does not raise it."""
MEMORY_S, LEAST_S = 30.0, 1.0
LOWEST_DBFS = -70.0
"""A muted or gated microphone sends zeros; nothing has to stand out from less than this."""
HANG_S = 0.5
"""Speech that was heard so shortly before goes on, however soft."""
NO_SPEECH = 0.3
"""What a block that does not stand out is worth at most: below any threshold that begins speech."""


class AboveFloor:
    """A SpeechDetector that lets another one begin speech only where it stands out from the room."""

    def __init__(self, detector: SpeechDetector, on: float = 0.5, margin_db: float = MARGIN_DB) -> None:
        """on: from this probability on, a block is speech."""
        self._detector, self._on, self._margin_db = detector, on, margin_db
        self.name, self.block_samples = detector.name, detector.block_samples
        blocks_per_s = SAMPLE_RATE_HZ / self.block_samples
        self._levels: deque[float] = deque(maxlen=round(MEMORY_S * blocks_per_s))
        self._least, self._hang = round(LEAST_S * blocks_per_s), round(HANG_S * blocks_per_s)
        self._since_speech = self._hang + 1

    def probability(self, block: Samples) -> float:
        """Probability of speech near the microphone, 0..1, for one block of shape (block_samples,)."""
        probability, level = self._detector.probability(block), max(level_dbfs(block), LOWEST_DBFS)
        self._levels.append(level)
        if probability >= self._on and self._since_speech > self._hang and not self._stands_out(level):
            probability = min(probability, NO_SPEECH)
        self._since_speech = 0 if probability >= self._on else self._since_speech + 1
        return probability

    def reset(self) -> None:
        """Forget what was heard, as before the first block."""
        self._detector.reset()
        self._levels.clear()
        self._since_speech = self._hang + 1

    def _stands_out(self, level_dbfs: float) -> bool:
        if len(self._levels) < self._least:
            return True
        floor = sorted(self._levels)[int(FLOOR_SHARE * len(self._levels))]
        return level_dbfs >= floor + self._margin_db
