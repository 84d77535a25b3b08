"""What was heard, as words with times: the text a reader sees, and when each character of it was said."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Word:
    """One word on the session clock. probability 0..1 as calibrated; typed words have 1.0 and no length."""

    text: str
    start_ms: int
    end_ms: int
    probability: float = 1.0


@dataclass(frozen=True)
class Span:
    """A verbatim piece of a transcript: character offsets into its text and times on the session clock."""

    start: int
    end: int
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Transcript:
    """The words of one answer, in the order they were said."""

    words: tuple[Word, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type["Transcript"], tuple[tuple[Word, ...]]]:
        """Only the words travel: what was worked out from them is another process's own."""
        return Transcript, (self.words,)

    @cached_property
    def _hash(self) -> int:
        """Worked out once: readings and clauses of an answer are remembered under it."""
        return hash(self.words)

    @cached_property
    def text(self) -> str:
        """The words joined by single spaces: offsets into this text are what quotes refer to."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def _edges(self) -> tuple[list[int], list[int]]:
        """Where in the text each word begins, and where it ends."""
        starts, ends, offset = [], [], 0
        for word in self.words:
            starts.append(offset)
            ends.append(offset + len(word.text))
            offset += len(word.text) + 1
        return starts, ends

    def span(self, start: int, end: int) -> Span:
        """The words that characters start..end of the text touch. Raises ValueError when they touch none."""
        starts, ends = self._edges
        first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
        if first > last:
            raise ValueError(f"no word between characters {start} and {end}")
        left, right = starts[first], ends[last]
        return Span(left, right, self.text[left:right], self.words[first].start_ms, self.words[last].end_ms)

    def doubtful(self, threshold: float) -> tuple[bool, ...]:
        """For each word, whether it may be a mis-hearing: its probability is under the engine's threshold."""
        return tuple(word.probability < threshold for word in self.words)

    @classmethod
    def typed(cls, text: str, at_ms: int) -> "Transcript":
        """A typed answer: certain words that all lie at the moment they were sent."""
        return cls(tuple(Word(token, at_ms, at_ms, 1.0) for token in text.split()))
