"""Words said another way than they are written."""

import numpy as np
import pytest

from voice_audio.ports import Sound
from voice_audio.voices.phonemes import EspeakPhonemes
from voice_audio.voices.pronounced import PronouncedVoice, spelled
from voice_interviewer.live.voices import pronunciation


class Reader:
    """A voice that keeps what it was given."""

    name = "reader"

    def __init__(self) -> None:
        self.given: list[tuple[str, int]] = []

    def render(self, text: str, words_per_minute: int) -> Sound:
        self.given.append((text, words_per_minute))
        return Sound(np.zeros(8, np.int16), 16_000)


TABLE = {
    **spelled("ROI OKR"),
    "SQL": "sequel",
    "A/B": "A.B",
    "CI/CD": "C.I.C.D",
    "CI": "C.I",
    "R&D": "R and D",
}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("What was the ROI?", "What was the R.O.I?"),
        ("You mentioned OKRs. What are they?", "You mentioned O.K.R's. What are they?"),
        ("The OKR's owner, an A/B test and R&D.", "The O.K.R's owner, an A.B test and R and D."),
        ("Tell me about CI/CD.", "Tell me about C.I.C.D."),
        ("Why CI, then?", "Why C.I, then?"),
        ("The SQL was slow.", "The sequel was slow."),
        ("MySQL, NoSQLs, roi, HEROIC and R&DX stay.", "MySQL, NoSQLs, roi, HEROIC and R&DX stay."),
        ("Nothing to change here.", "Nothing to change here."),
    ],
)
def test_only_whole_words_in_that_spelling_are_said_otherwise(written: str, said: str) -> None:
    reader = Reader()
    voice = PronouncedVoice(reader, TABLE)
    assert voice.render(written, 150).rate_hz == 16_000
    assert reader.given == [(said, 150)]
    assert voice.name == "reader"


def test_an_empty_table_changes_nothing() -> None:
    assert PronouncedVoice(Reader(), {}).spoken("The ROI of SQL.") == "The ROI of SQL."


def test_every_spelled_word_is_read_letter_by_letter() -> None:
    """Each letter by itself sounds as in the alphabet; most words of the list would not."""
    espeak = EspeakPhonemes("en-us")

    def phonemes(text: str) -> str:
        return "".join(char for char in espeak.of(text) if char not in " ,';:-.\nˈˌːɹ")

    letters = [(word, said) for word, said in pronunciation().items() if "." in said and word.isalpha()]
    assert len(letters) > 40
    for word, said in letters:
        alone = "".join(phonemes("eigh" if letter == "A" else f"{letter}.") for letter in word)
        assert phonemes(said) == alone, (word, said)
