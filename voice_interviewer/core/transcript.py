"""What was heard, as words with times: the text a reader sees, and when each character of it was said."""

from dataclasses import dataclass


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

    @property
    def text(self) -> str:
        """The words joined by single spaces: offsets into this text are what quotes refer to."""
        return " ".join(word.text for word in self.words)

    def span(self, start: int, end: int) -> Span:
        """The words that characters start..end of the text touch. Raises ValueError when they touch none."""
        touched: list[tuple[int, Word]] = []
        offset = 0
        for word in self.words:
            if offset < end and offset + len(word.text) > start:
                touched.append((offset, word))
            offset += len(word.text) + 1
        if not touched:
            raise ValueError(f"no word between characters {start} and {end}")
        first, last = touched[0], touched[-1]
        left, right = first[0], last[0] + len(last[1].text)
        return Span(left, right, self.text[left:right], first[1].start_ms, last[1].end_ms)

    def doubtful(self, threshold: float) -> tuple[bool, ...]:
        """For each word, whether it may be a mis-hearing: its probability is under the engine's threshold."""
        return tuple(word.probability < threshold for word in self.words)

    @classmethod
    def typed(cls, text: str, at_ms: int) -> "Transcript":
        """A typed answer: certain words that all lie at the moment they were sent."""
        return cls(tuple(Word(token, at_ms, at_ms, 1.0) for token in text.split()))
