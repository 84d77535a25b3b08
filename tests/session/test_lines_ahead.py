"""Lines rendered before it is known that they will be spoken: the newest only, never in the way of a line
that is spoken now, and by a server's voice not before it is likely."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from voice_audio.detectors import load_detector
from voice_audio.files import SilentMicrophone, WavSpeaker
from voice_audio.ports import Sound
from voice_audio.voices.cached import CachedVoice
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.state import Prepared
from voice_interviewer.live.audio_side import Parts
from voice_interviewer.live.session import REMOTE_AHEAD_MS, Session

RATE = 165


class Voice:
    """Silence for every line; what it was asked for is remembered."""

    name = "still"

    def __init__(self, remote: bool = False) -> None:
        self.remote = remote
        self.texts: list[str] = []

    def render(self, text: str, words_per_minute: int) -> Sound:
        self.texts.append(text)
        return Sound(np.zeros(160, np.int16), 16_000)


class Workers:
    """Keeps what was submitted until it is told to do the oldest piece."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Callable[[], Any], Callable[[Any], None]]] = []

    def submit(self, kind: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.given.append((kind, work, done))

    def waiting(self, kind: str) -> int:
        return sum(given[0] == kind for given in self.given)

    def close(self) -> None:
        return


class Booth:
    """A session in which nothing happens but what a test orders."""

    def __init__(self, remote: bool = False) -> None:
        self.voice, self.workers = Voice(remote), Workers()
        nobody = cast("Any", None)
        parts = Parts(
            microphone=SilentMicrophone(realtime=False),
            speaker=WavSpeaker(lambda: 0),
            detector=load_detector("webrtcvad"),
            transcriber=nobody,
            voice=self.voice,
            engine=nobody,
            recorder=cast("Any", self),
        )
        self.session = Session(parts, live=False)
        self.session._workers = self.workers

    def frame(self, *_: object) -> None:
        """In the recorder's place: nothing is kept."""

    def plan(self, text: str, due_ms: int | None = 0) -> None:
        prepared = Prepared(1, Reply(Move("example", text)))
        self.session.state = replace(
            self.session.state, ahead=replace(self.session.state.ahead, prepared=prepared, due_ms=due_ms)
        )
        self.wish(text)

    def wish(self, text: str) -> None:
        self.session.execute(e.PrepareLine(text, RATE))
        self.rest()

    def rest(self) -> None:
        """Everything that has arrived is looked at, and a frame's time passes."""
        while not self.session._inbox.empty():
            self.session._next()
        self.session._next()

    def finish(self) -> None:
        _, work, done = self.workers.given.pop(0)
        done(work())
        self.rest()


def test_one_at_a_time_and_of_those_that_wait_the_newest() -> None:
    booth = Booth()
    for text in ("first", "second", "third", "fourth"):
        booth.plan(text)
    assert [kind for kind, _, _ in booth.workers.given] == ["ahead"]
    booth.finish()
    booth.finish()
    assert booth.voice.texts == ["first", "fourth"]
    assert booth.workers.given == []


def test_a_line_to_be_spoken_now_does_not_wait_behind_one() -> None:
    booth = Booth()
    booth.plan("perhaps")
    booth.session.execute(e.Speak(e.Line(1, "probe", "now"), RATE))
    assert [kind for kind, _, _ in booth.workers.given] == ["ahead", "voice"]


def test_what_was_overtaken_while_it_waited_is_not_rendered() -> None:
    booth = Booth()
    booth.wish("the next question")
    booth.plan("a guess")
    booth.session.state = replace(
        booth.session.state, ahead=replace(booth.session.state.ahead, prepared=None)
    )
    booth.finish()
    assert booth.voice.texts == ["the next question"]
    assert booth.workers.given == []


@pytest.mark.parametrize("due_ms", [None, REMOTE_AHEAD_MS + 100])
def test_a_server_renders_a_guess_only_shortly_before_it_is_needed(due_ms: int | None) -> None:
    booth = Booth(remote=True)
    booth.plan("a guess", due_ms)
    assert booth.workers.given == []
    booth.session.state = replace(
        booth.session.state,
        ahead=replace(booth.session.state.ahead, due_ms=booth.session.now_ms + REMOTE_AHEAD_MS),
    )
    booth.rest()
    booth.finish()
    assert booth.voice.texts == ["a guess"]


def test_a_server_renders_the_next_question_early() -> None:
    booth = Booth(remote=True)
    booth.wish("the next question")
    booth.finish()
    assert booth.voice.texts == ["the next question"]


def test_two_that_want_the_same_line_have_it_rendered_once() -> None:
    go_on, begun = threading.Event(), threading.Event()

    class Slow(Voice):
        def render(self, text: str, words_per_minute: int) -> Sound:
            begun.set()
            assert go_on.wait(5)
            return super().render(text, words_per_minute)

    slow = Slow()
    cached = CachedVoice(slow)
    with ThreadPoolExecutor(2) as pool:
        ahead = pool.submit(cached.render, "the same", RATE)
        assert begun.wait(5)
        now = pool.submit(cached.render, "the same", RATE)
        go_on.set()
        assert ahead.result(5) is now.result(5)
    assert slow.texts == ["the same"]
