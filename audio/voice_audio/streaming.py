"""Which words of a growing piece of speech can be relied on before it ends. Pure.

LocalAgreement-2 (Liu et al. 2020, as used by Macháček et al. 2023, "Turning Whisper into Real-Time
Transcription System"): the open segment is transcribed again and again while the candidate talks; words on
which two successive hypotheses agree, from the beginning on, are firm.
"""

from itertools import takewhile

from voice_audio.ports import HeardWord

_EDGE = ".,;:!?…\"'“”‘’()[]-–—"


class LocalAgreement:
    """The firm and the tentative words of one open segment. Call `reset` when a new segment begins.

    `firm` only grows, and was the beginning of two successive hypotheses when it grew. A later hypothesis
    that takes a firm word back changes nothing: the transcript of the closed segment is what finally counts.
    """

    def __init__(self) -> None:
        self._firm: tuple[HeardWord, ...] = ()
        self._newest: tuple[HeardWord, ...] = ()

    @property
    def firm(self) -> tuple[HeardWord, ...]:
        return self._firm

    @property
    def tentative(self) -> tuple[HeardWord, ...]:
        """What the newest hypothesis says after the firm words."""
        if _agreed(self._firm, self._newest) == len(self._firm):
            return self._newest[len(self._firm) :]
        # The newest hypothesis differs inside the firm part, so only time can tell what comes after it.
        heard_ms = self._firm[-1].end_ms
        return tuple(word for word in self._newest if (word.start_ms + word.end_ms) / 2 >= heard_ms)

    def update(self, words: tuple[HeardWord, ...]) -> None:
        """Take the newest hypothesis of the same segment, from its first word; times count from the same
        sample."""
        agreed = words[: _agreed(self._newest, words)]
        if _agreed(self._firm, agreed) == len(self._firm):
            self._firm += agreed[len(self._firm) :]
        self._newest = words

    def reset(self) -> None:
        """Forget everything."""
        self._firm = self._newest = ()


def _agreed(one: tuple[HeardWord, ...], other: tuple[HeardWord, ...]) -> int:
    """How many words both begin with, whatever their case and the punctuation around them."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: _plain(pair[0].text) == _plain(pair[1].text), pairs))


def _plain(text: str) -> str:
    return text.strip().strip(_EDGE).replace("’", "'").casefold()
