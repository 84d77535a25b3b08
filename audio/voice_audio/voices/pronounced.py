"""Words a synthetic voice reads wrongly, said another way: a Voice around a Voice."""

import re
from collections.abc import Mapping

from voice_audio.ports import Sound, Voice


class PronouncedVoice:
    """Says each word of a table the way the table gives. What is shown or recorded as text is not touched.

    A word counts only whole and in this very spelling; its plural or possessive s is said too ("OKRs").
    """

    def __init__(self, voice: Voice, table: Mapping[str, str]) -> None:
        """table: how a word is written to how the voice should be given it ("ROI" to "R.O.I")."""
        self.name = voice.name
        self._voice = voice
        self._table = dict(table)
        longest_first = sorted(map(re.escape, self._table), key=len, reverse=True)
        words = "|".join(longest_first) or r"(?!)"
        self._pattern = re.compile(rf"(?<![\w/&])({words})(?:['’]?(s))?(?![\w/&])")

    def render(self, text: str, words_per_minute: int) -> Sound:
        """The line as the other voice says it. Raises what that raises."""
        return self._voice.render(self.spoken(text), words_per_minute)

    def spoken(self, text: str) -> str:
        """The line as the voice is given it."""
        return self._pattern.sub(self._said, text)

    def _said(self, match: re.Match[str]) -> str:
        said = self._table[match.group(1)]
        return f"{said}'s" if match.group(2) else said


def spelled(words: str) -> dict[str, str]:
    """A table that spells each of the words: "ROI UX" gives {"ROI": "R.O.I", "UX": "U.X"}. Without the dots
    eSpeak reads a lone A as the article."""
    return {word: ".".join(word) for word in words.split()}
