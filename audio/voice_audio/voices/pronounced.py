"""Words a synthetic voice reads wrongly, said another way: a Voice around a Voice."""

import re
from collections.abc import Iterable, Mapping

from voice_audio.ports import Sound, Voice
from voice_audio.voices import ahead, close


class PronouncedVoice:
    """Says each word of a table the way the table gives. What is shown or recorded as text is not touched.

    A word counts only whole and in this very spelling; its plural or possessive s is said too ("OKRs").
    """

    def __init__(self, voice: Voice, table: Mapping[str, str], signs: Iterable[tuple[str, str]] = ()) -> None:
        """table: how a word is written to how the voice should be given it ("ROI" to "R.O.I"). signs: pairs
        of a regular expression and what is said instead, applied in turn after the table."""
        self.name = voice.name
        self._signs = tuple((re.compile(pattern), said) for pattern, said in signs)
        self._voice = voice
        self._table = dict(table)
        longest_first = sorted(map(re.escape, self._table), key=len, reverse=True)
        words = "|".join(longest_first) or r"(?!)"
        self._pattern = re.compile(rf"(?<![\w/&])({words})(?:['’]?(s))?(?![\w/&])")

    def render(self, text: str, words_per_minute: int) -> Sound:
        """The line as the other voice says it. Raises what that raises."""
        return self._voice.render(self.spoken(text), words_per_minute)

    def render_ahead(self, text: str, words_per_minute: int) -> Sound:
        """See ports.PatientVoice."""
        return ahead(self._voice)(self.spoken(text), words_per_minute)

    def close(self) -> None:
        """Let go of the other voice."""
        close(self._voice)

    def spoken(self, text: str) -> str:
        """The line as the voice is given it; as it was where nothing would be left of it."""
        said = self._pattern.sub(self._said, text)
        for pattern, instead in self._signs:
            said = pattern.sub(instead, said)
        return said if said.strip() else text

    def _said(self, match: re.Match[str]) -> str:
        said = self._table[match.group(1)]
        return f"{said}'s" if match.group(2) else said


def spelled(words: str) -> dict[str, str]:
    """A table that spells each of the words: "ROI UX" gives {"ROI": "R.O.I", "UX": "U.X"}. Without the dots
    eSpeak reads a lone A as the article."""
    return {word: ".".join(word) for word in words.split()}
