"""A place to hold whole interviews in file mode; only the person is virtual."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from voice_audio.detectors import load_detector
from voice_audio.files import WavSpeaker
from voice_audio.ports import Transcriber
from voice_audio.voices import load_voice
from voice_audio.voices.cached import CachedVoice
from voice_interviewer.content.resources import CORE_BANK, load_bank, load_house, samples_dir
from voice_interviewer.core.model.plan import Plan, build_plan
from voice_interviewer.core.turns import events as e
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.live.audio_side import Parts
from voice_interviewer.live.session import Session
from voice_interviewer.live.virtual_candidate import VirtualCandidate
from voice_interviewer.store.recorder import Recorder

STARTED = datetime(2026, 11, 23, 14, 5)


def make_plan(core_count: int) -> Plan:
    bank, core = load_bank("ai-ethics-specialist"), load_bank(CORE_BANK)
    return build_plan(bank, core, load_house(), "junior", 12, 0, core_count=core_count)


class Room:
    """One place to hold interviews in, with parts that are loaded once."""

    def __init__(self, root: Path, transcriber: Transcriber) -> None:
        self.root = root
        self.voice = CachedVoice(load_voice(), root / "voice")
        self.transcriber = transcriber
        self.engine = RulesEngine.from_content(load_reader("words"))

    def interview(
        self,
        name: str,
        persona: str = "vague",
        core_count: int = 1,
        act: Callable[[Session], None] = lambda session: None,
        **parts: object,
    ) -> tuple[Session, Recorder, VirtualCandidate]:
        about = {
            "doubt_threshold": 0.5,
            "transcriber": self.transcriber.name,
            "title": "AI Ethics Specialist",
        }
        recorder = Recorder.create(self.root / name, "ai-ethics-specialist", "junior", STARTED, about)
        candidate = VirtualCandidate(persona, Path(str(samples_dir())))
        session = Session(
            self.parts(candidate, recorder, lambda: session.now_ms, **parts), (candidate,), live=False
        )
        act(session)
        session.run(make_plan(core_count), e.Settings())
        recorder.close()
        return session, recorder, candidate

    def parts(self, candidate, recorder, clock, **other) -> Parts:
        chosen = {
            "microphone": candidate,
            "speaker": WavSpeaker(clock),
            "detector": load_detector(),
            "transcriber": self.transcriber,
            "voice": self.voice,
            "engine": self.engine,
            "recorder": recorder,
        }
        return Parts(**{**chosen, **other})
