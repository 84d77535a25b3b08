"""`voice-interviewer bench latency`: what it makes of sounds and logs whose times are known, a short run, and
what it says where it cannot run."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from command_line import run

from voice_interviewer.bench import latency as bench
from voice_interviewer.bench.latency_room import LINES, RATE_HZ, Meter, model_server
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.state import NO_PLAN
from voice_interviewer.engine.llm.guards import Grounds, objection
from voice_interviewer.engine.llm.ladder import proposal_in

LINE = e.Line(1, "probe", "What came of it?")


def meter_of(*loud_s: tuple[float, float], length_s: float = 4.0) -> tuple[Meter, float]:
    """A meter that has heard sound between these seconds, and when its first sample was heard."""
    samples = np.zeros(round(length_s * RATE_HZ), "<i2")
    for begin, end in loud_s:
        samples[round(begin * RATE_HZ) : round(end * RATE_HZ)] = 5_000
    begun = time.monotonic()
    copy = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", copy], **pipes) as player:  # type: ignore[call-overload]
        meter = Meter(player)
        player.stdin.write(samples.tobytes())
        player.stdin.close()
        meter.thread.join(10)
    zero_s = meter.first_loud_s(begun - 10, begun + 10, 1)
    assert zero_s is not None
    return meter, zero_s - loud_s[0][0]


def seen(zero_s: float, at_ms: int, event: e.Event, *commands: e.Command, late_ms: int = 0) -> bench.Seen:
    return bench.Seen(zero_s + (at_ms + late_ms) / 1000, event, commands)


def test_a_meter_tells_when_sound_began_and_ended() -> None:
    meter, zero_s = meter_of((0.5, 0.7), (1.0, 2.0))
    assert meter.first_loud_s(zero_s + 0.8, zero_s + 4, 300) == pytest.approx(zero_s + 1.0, abs=0.0011)
    assert meter.last_loud_s(zero_s + 0.2, zero_s + 0.9, 300) == pytest.approx(zero_s + 0.7, abs=0.0011)
    assert meter.last_loud_s(zero_s + 0.2, zero_s + 4, 300) == pytest.approx(zero_s + 2.0, abs=0.0011)
    assert meter.first_loud_s(zero_s + 2.1, zero_s + 4, 300) is None


def test_times_between_log_and_sound() -> None:
    ours, zero_s = meter_of((2.04, 2.6), (3.2, 3.4))
    log = [
        seen(zero_s, 0, e.SessionStarted(0, NO_PLAN, e.Settings()), late_ms=-90),
        seen(zero_s, 2_000, e.ClockReached(2_000), e.StopListening(1), late_ms=11),
        seen(zero_s, 2_020, e.ListeningStopped(2_020, 1), e.Speak(LINE, 165), late_ms=3),
        seen(zero_s, 2_040, e.LineStarted(2_040, 1, 1_000), late_ms=5),
        seen(zero_s, 2_560, e.SpeechResumed(2_560, 2_350), e.StopSpeaking(1), e.Listen(1, 2_250)),
        seen(zero_s, 2_600, e.KeyPressed(2_600, "done"), e.StopListening(1)),
        seen(zero_s, 3_200, e.LineStarted(3_200, 2, 200)),
    ]
    (change,) = bench.changes(log, ours, ours)  # a key is no commit of ours
    assert change.taken == pytest.approx(zero_s + 2.0, abs=1e-6), "of the clock, not of the reading"
    assert change.sound - change.taken == pytest.approx(0.04, abs=0.0011)
    assert bench.stops(log, ours) == pytest.approx([0.04], abs=0.0011)


def test_a_line_that_was_given_up_is_no_change() -> None:
    ours, zero_s = meter_of((2.5, 2.6))
    log = [
        seen(zero_s, 2_000, e.ClockReached(2_000), e.StopListening(1)),
        seen(zero_s, 2_100, e.SpeechResumed(2_100, 2_050), e.Listen(1, 2_000)),
        seen(zero_s, 2_300, e.ClockReached(2_300), e.StopListening(1), e.Speak(LINE, 165)),
        seen(zero_s, 2_500, e.LineStarted(2_500, 1, 100)),
    ]
    assert bench.changes(log, ours, ours) == []
    assert bench.stops(log, ours) == []


def test_who_worded_the_follow_ups() -> None:
    by_model = Reply(Move("result", "What then?"), tier="model over rules")
    log = [
        seen(0, 1, e.ReplyPlanned(1, 1, 0, by_model), e.Speak(LINE, 165)),
        seen(0, 2, e.ListeningStopped(2, 2), e.PlanReply(2, 0)),
        seen(0, 3, e.ReplyPlanned(3, 2, 0, Reply(Move("result", "And?"))), e.Speak(LINE, 165)),
        seen(0, 4, e.EvidenceAssessed(4, 3, 0, ()), e.PlanReply(3, 0, speculative=True)),
    ]
    assert bench.replies(log) == {"by_model": 1, "by_rules": 1, "asked_late": 1}


def test_percentiles_are_the_nearest_rank() -> None:
    assert bench.spread_ms([]) == {"n": 0, "p50": None, "p95": None, "max": None}
    values = [number / 1000 for number in range(1, 41)]
    assert bench.spread_ms(values) == {"n": 40, "p50": 20.0, "p95": 38.0, "max": 40.0}
    assert bench.spread_ms([0.007])["p95"] == 7.0


def test_the_model_answers_in_lines_that_may_be_spoken() -> None:
    grounds = Grounds("we mended the loan model", "we mended the loan model", "Tell me about a repair.")
    assert [objection(line, grounds) for line in LINES] == [""] * len(LINES)
    turn = "Moves to choose from, best first, as act | target | planned wording:\nresult | result | And then?"
    asked = json.dumps({"messages": [{"content": "system"}, {"content": turn}]}).encode()
    with model_server(0.05) as server:
        begun = time.monotonic()
        with urllib.request.urlopen(f"{server.url}/chat/completions", asked, timeout=10) as answer:
            pieces = [line[6:] for line in answer.read().splitlines() if line.startswith(b"data: {")]
        assert time.monotonic() - begun >= 0.05
    text = "".join(json.loads(piece)["choices"][0]["delta"]["content"] for piece in pieces)
    proposal = proposal_in(text)
    assert proposal is not None
    assert (proposal.act, proposal.target, proposal.say) == ("result", "result", LINES[0])
    assert server.requests == 1


@pytest.mark.parametrize("missing", ["programs", "server"])
def test_without_a_sound_server_it_says_so_in_one_line(tmp_path: Path, missing: str) -> None:
    if missing == "server":
        for name in ("pulseaudio", "pactl", "pacat", "parec"):
            (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
            (tmp_path / name).chmod(0o755)
    done = run("bench", "latency", environment={"PATH": str(tmp_path)})
    assert done.returncode == 3
    assert done.stdout == ""
    assert "virtual sound server" in done.stderr
    assert len(done.stderr.splitlines()) == 2, "a message and a hint"


@pytest.mark.slow
@pytest.mark.sound_server
@pytest.mark.usefixtures("sound_server")
def test_a_short_run_measures_an_interview_as_it_is_heard() -> None:
    done = run("bench", "latency", "--minutes", "1.2", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["commit_to_sound_ms"]["n"] >= 1
    assert -50 < found["commit_to_sound_ms"]["p50"] < 1_000
    assert found["gap_ms"]["p50"] > 200
    assert found["dropped_frames"] == 0
    assert found["memory_mb"]["end"] >= found["memory_mb"]["start"] > 10
    assert found["model"]["calls"] >= 1, "what the server can do was found out"
    assert set(found["targets"]) == set(bench.TARGETS_MS)
