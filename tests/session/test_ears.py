"""The audio side alone: speech that nobody listens to becomes one event, and only where it should."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from echo_scenes import recorded_answer, scene, spoken_lines
from late_workers import NumberedSound

from voice_audio.detectors import load_detector
from voice_audio.echo import WebrtcCanceller
from voice_audio.files import SilentMicrophone, WavSpeaker
from voice_audio.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples, Sound
from voice_audio.resumption import ResumptionSettings
from voice_audio.voices import load_voice
from voice_interviewer.core.turns import events as e
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.live.audio_side import Ears, Parts
from voice_interviewer.store.recorder import Recorder

WINDOW_MS = 700
QUIET = np.random.default_rng(1).normal(0, 15, 60 * SAMPLE_RATE_HZ).astype(np.int16)


class Booth:
    """Ears that are given their frames by hand."""

    def __init__(self, folder: Path, duplex: Any = "half", **parts: Any) -> None:
        self.events: list[Any] = []
        about = {"doubt_threshold": 0.5, "transcriber": "none", "title": "Ears"}
        self.recorder = Recorder.create(folder, "role", "junior", datetime(2026, 11, 23), about)
        self.ears = Ears(
            Parts(
                microphone=SilentMicrophone(realtime=False),
                speaker=WavSpeaker(lambda: self.ears.now_ms),
                detector=load_detector(),
                transcriber=NumberedSound(),
                voice=load_voice(),
                engine=RulesEngine.from_content(load_reader("words")),
                recorder=self.recorder,
                resumption=ResumptionSettings(duplex=duplex),
                **parts,
            ),
            self.events.append,
            0,
        )

    def hears(self, samples: Samples) -> "Booth":
        for at in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            self.ears.hear(samples[at : at + FRAME_SAMPLES])
        return self

    def quiet(self, ms: int) -> "Booth":
        return self.hears(QUIET[: ms * SAMPLE_RATE_HZ // 1000])

    def floor_taken(self) -> "Booth":
        self.ears.order(e.StopListening(1))
        return self

    def says(self, line: Samples) -> "Booth":
        self.ears.begin_line(1, Sound(line, SAMPLE_RATE_HZ), WINDOW_MS)
        return self

    @property
    def resumed(self) -> list[e.SpeechResumed]:
        return [event for event in self.events if isinstance(event, e.SpeechResumed)]


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    made = Booth(tmp_path)
    yield made
    made.recorder.close()


def test_who_goes_on_before_our_line_is_noticed_with_the_time_they_began(booth: Booth) -> None:
    booth.quiet(1000).floor_taken().quiet(400).hears(recorded_answer(0.5))
    (resumed,) = booth.resumed
    assert (
        1400 - 40 <= resumed.onset_ms <= 1400 + 160
    )  # the detector may be late, see [segmenter] pre_roll_ms
    assert resumed.at_ms - resumed.onset_ms <= 100


def test_while_somebody_listens_or_before_the_first_answer_nothing_is_said_about_it(booth: Booth) -> None:
    booth.hears(recorded_answer(1.0))
    booth.ears.order(e.Listen(1, booth.ears.now_ms))
    assert booth.hears(recorded_answer(1.0)).resumed == []


def test_what_is_said_in_a_break_is_nobodys_business(booth: Booth) -> None:
    booth.quiet(500).floor_taken()
    booth.ears.keep_candidate = False
    assert booth.hears(recorded_answer(1.0)).resumed == []


def test_in_half_duplex_a_voice_late_in_our_line_does_not_count(booth: Booth) -> None:
    line = spoken_lines()[0]
    booth.quiet(500).floor_taken().quiet(200).says(line).quiet(1500).hears(recorded_answer(2.0))
    assert booth.resumed == []
    assert booth.ears.echo_dbfs is not None


def test_with_headphones_it_does(tmp_path: Path) -> None:
    booth = Booth(tmp_path, "headphones")
    line = spoken_lines()[0]
    booth.quiet(500).floor_taken().quiet(200).says(line).quiet(1500).hears(recorded_answer(2.0))
    assert len(booth.resumed) == 1
    booth.recorder.close()


def test_with_headphones_the_first_question_can_be_interrupted_too(tmp_path: Path) -> None:
    booth = Booth(tmp_path, "headphones").quiet(200).says(spoken_lines()[0]).quiet(1000)
    assert len(booth.hears(recorded_answer(1.0)).resumed) == 1
    booth.recorder.close()


@pytest.mark.parametrize("there", [True, False])
def test_the_record_and_the_recogniser_get_the_sound_a_canceller_did_not_touch(
    tmp_path: Path, there: bool
) -> None:
    """Without the canceller it was meant for, full duplex would be our own voice interrupting us."""
    lines = spoken_lines()[1:2]
    heard = scene(lines, -20, (90,), over_s=1.5)
    booth = Booth(tmp_path, "canceller", canceller=WebrtcCanceller() if there else None)
    booth.quiet(500).floor_taken().quiet(200)
    begin = booth.ears.samples
    booth.says(lines[0]).hears(heard.near)
    assert len(booth.resumed) == there
    frames = len(heard.near) // FRAME_SAMPLES * FRAME_SAMPLES
    assert np.array_equal(booth.ears.ring.read(begin, begin + frames), heard.near[:frames])
    booth.recorder.close()
    right = booth.recorder.heard(begin * 1000 // SAMPLE_RATE_HZ, booth.ears.now_ms)
    assert np.array_equal(right, heard.near[:frames])


@pytest.mark.parametrize("jump_ms", [60, 120])
def test_a_stream_that_stumbles_does_not_make_our_own_voice_interrupt_us(
    tmp_path: Path, jump_ms: int
) -> None:
    booth, line = Booth(tmp_path, "canceller", canceller=WebrtcCanceller()), spoken_lines()[0]
    booth.quiet(500).floor_taken().quiet(200).says(line)
    booth.hears(scene([line], -20, (90,), jump_ms=jump_ms).near)
    assert booth.resumed == []
    booth.says(line).hears(scene([line], -20, (90,), over_s=1.5).near)
    assert len(booth.resumed) == 1, "the candidate is heard in the next line"
    booth.recorder.close()
