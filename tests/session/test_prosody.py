"""A model of prosody in whole interviews in file mode, and in what the commands say of it."""

from collections.abc import Callable
from pathlib import Path

from command_line import NO_SOUND_SERVER, run
from interview_room import STARTED, Room, make_plan
from tiny_onnx import write_tiny

from voice_audio.errors import ModelProblem
from voice_audio.ports import SAMPLE_RATE_HZ, Samples
from voice_audio.smart_turn import SmartTurn
from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import State, step
from voice_interviewer.live.session import Session
from voice_interviewer.live.virtual_candidate import VirtualCandidate
from voice_interviewer.settings.config import load_config
from voice_interviewer.store.log import read_log
from voice_interviewer.store.recorder import Recorder

ENOUGH = 6


class Listener:
    """The tiny model, which keeps how long each piece was that it heard, fails at every second one and ends
    the interview when it has heard enough."""

    name = "tiny"

    def __init__(self, path: Path) -> None:
        self._model = SmartTurn(write_tiny(path))
        self.lengths: list[int] = []
        self.enough: Callable[[], None] = lambda: None

    def over(self, samples: Samples) -> float:
        self.lengths.append(len(samples))
        if len(self.lengths) == ENOUGH:
            self.enough()
        if len(self.lengths) % 2 == 0:
            raise ModelProblem("prosody_failed", "it failed", "")
        return self._model.over(samples)


def test_pauses_are_judged_a_failing_model_is_survived_and_the_record_replays(
    tmp_path: Path, tiny_en: WhisperTranscriber
) -> None:
    room, model = Room(tmp_path, tiny_en), Listener(tmp_path / "tiny.onnx")
    about = {"doubt_threshold": 0.5, "transcriber": "test", "title": "AI Ethics Specialist"}
    recorder = Recorder.create(tmp_path / "held", "ai-ethics-specialist", "junior", STARTED, about)
    candidate = VirtualCandidate("vague", Path(str(samples_dir())))
    session: Session
    parts = room.parts(candidate, recorder, lambda: session.now_ms, turn_model=model)
    session = Session(parts, (candidate,), live=False)
    model.enough = session.interrupt
    session.run(make_plan(1), e.Settings(prosody=True))
    recorder.close()
    assert session.state.floor.end_reason == "interrupted"
    state, asked, told = State(load_turn_rules()), 0, 0
    for entry in read_log(recorder.folder.path).entries:
        state, commands = step(state, entry.event)
        assert commands == entry.commands
        asked += sum(isinstance(command, e.HearProsody) for command in commands)
        told += isinstance(entry.event, e.ProsodyHeard)
    assert asked == len(model.lengths) >= ENOUGH
    assert told == (asked + 1) // 2
    assert max(model.lengths) <= 8 * SAMPLE_RATE_HZ


def configured(home: Path, model: str) -> None:
    home.mkdir(parents=True)
    (home / "config.toml").write_text(f'[turn]\nprosody_model = "{model}"\n')


def test_it_is_off_unless_a_model_is_named(fresh_home: Path) -> None:
    assert load_config(environ={}).settings().prosody is False
    configured(fresh_home, "pipecat")
    assert load_config(environ={}).settings().prosody is True


def test_doctor_and_demo_say_what_is_wrong_with_the_model(fresh_home: Path, tmp_path: Path) -> None:
    configured(fresh_home, str(tmp_path / "nowhere.onnx"))
    for command in (("doctor",), ("demo",)):
        done = run(*command, environment=NO_SOUND_SERVER)
        assert done.returncode == 3, done.stdout + done.stderr
        assert "nowhere.onnx" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_doctor_names_a_model_that_works(fresh_home: Path, tmp_path: Path) -> None:
    configured(fresh_home, str(write_tiny(tmp_path / "tiny.onnx")))
    done = run("doctor", environment=NO_SOUND_SERVER)
    assert "tiny:" in done.stdout
