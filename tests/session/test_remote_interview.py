"""Whole interviews heard and spoken by a server on loopback, and what is said, recorded and refused around
them."""

import json
import re
from pathlib import Path
from typing import Any

import model_server as ms
import pytest
import speech_server as sp
from command_line import NO_SOUND_SERVER, noted_connections, run
from hearing_server import HearingServer
from interview_room import Room

from voice_audio.remote import Endpoint
from voice_audio.remote_speech import RemoteTranscriber, RemoteVoice
from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_interviewer.app import build, speech_servers
from voice_interviewer.core.turns import events as e
from voice_interviewer.errors import BankProblem, UsageProblem
from voice_interviewer.settings.config import load_config
from voice_interviewer.store.log import read_log

KEY = "sk-secret"
PERSONA = "vague"
ELSEWHERE = {
    "VOICE_INTERVIEWER_SPEECH_URL": "http://192.0.2.1/v1",
    "VOICE_INTERVIEWER_SPEECH_MODEL": "m",
    "VOICE_INTERVIEWER_VOICE_URL": "http://192.0.2.2/v1",
    "VOICE_INTERVIEWER_VOICE_MODEL": "v",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, tiny_en: WhisperTranscriber) -> Room:
    return Room(tmp_path_factory.mktemp("remote"), tiny_en)


@pytest.fixture(scope="module")
def listener(tiny_en: WhisperTranscriber) -> HearingServer:
    return HearingServer(tiny_en)


def understood(session: Any, candidate: Any) -> list[float]:
    """Of what was said in each answer, the share of words that is in its transcript."""
    shares = []
    for said, exchange in zip(candidate.said, session.state.agenda.exchanges, strict=True):
        spoken = set(re.findall(r"[a-z']+", said.transcript.lower()))
        shares.append(len(spoken & set(re.findall(r"[a-z']+", exchange.answer.text.lower()))) / len(spoken))
    return shares


def test_an_interview_is_heard_by_the_server_to_its_end(room: Room, listener: HearingServer) -> None:
    with sp.speech_server(listener.hears) as server:
        endpoint = Endpoint(server.url, sp.MODEL, KEY, local=True)
        transcriber = RemoteTranscriber(endpoint, room.transcriber)
        session, recorder, candidate = room.interview("heard", PERSONA, transcriber=transcriber)
        transcriber.close()
    assert session.state.floor.end_reason == "finished"
    shares = understood(session, candidate)
    assert min(shares) > 0.8, shares
    assert (transcriber.failures, transcriber.status) == (0, "")
    assert transcriber.calls == len(server.requests) > len(candidate.said)
    for entry in read_log(recorder.folder.path).entries:
        if isinstance(entry.event, e.SegmentTranscribed):
            assert all(word.start_ms <= word.end_ms <= entry.event.at_ms for word in entry.event.words)


def test_a_server_lost_in_the_middle_loses_no_answer(room: Room, listener: HearingServer) -> None:
    notices: list[str] = []
    with sp.speech_server(*[listener.hears] * 3, ms.status(500)) as server:
        endpoint = Endpoint(server.url, sp.MODEL, KEY, local=True)
        transcriber = RemoteTranscriber(endpoint, room.transcriber, notices.append)
        session, recorder, candidate = room.interview("lost", PERSONA, transcriber=transcriber)
        transcriber.close()
    assert session.state.floor.end_reason == "finished"
    assert (len(server.requests), len(notices)) == (5, 1)
    shares = understood(session, candidate)
    assert min(shares) > 0.4, shares
    kinds = [type(entry.event) for entry in read_log(recorder.folder.path).entries]
    assert e.SegmentFailed not in kinds


# --- the command --------------------------------------------------------------------------------------------


def practice(home: Path, *options: str, **environment: str) -> tuple[str, str, Path]:
    """What a short typed interview showed and complained about, and its folder."""
    home.mkdir(exist_ok=True)
    (home / "questions.yaml").write_text("- Tell me about a model you mended.\n")
    fixed = ("--typed", "--no-audio", "--yes", "--seed", "1", "--minutes", "2")
    chosen = ("practice", *fixed, "--questions", str(home / "questions.yaml"), *options)
    fast = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400", "VOICE_INTERVIEWER_HOME": str(home)}
    done = run(*chosen, environment={**fast, **environment}, text="/skip\nNo.\n")
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr, next((home / "sessions").iterdir())


def test_an_interviewers_lines_come_from_the_server_and_its_key_is_kept_nowhere(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with sp.speech_server(sp.raw(sp.wav(sp.tone()), "audio/wav")) as server:
        given = {"URL": server.url, "MODEL": sp.MODEL, "NAME": "ash", "KEY": KEY}
        environment = {f"VOICE_INTERVIEWER_VOICE_{name}": value for name, value in given.items()}
        environment |= {"VOICE_INTERVIEWER_SPEECH_KEY": KEY}
        shown, complaints, folder = practice(home, "--speech-url", server.url, **environment)
    assert complaints == ""
    assert "Nothing leaves this machine." in shown
    said = [body["input"] for body in server.requests]
    assert "Tell me about a model you mended." in " ".join(said)
    assert set(server.paths) == {"/v1/audio/speech"}  # typed: nothing to be heard
    assert set(server.keys) == {f"Bearer {KEY}"}
    about = json.loads((folder / "session.json").read_text())
    assert about["voice"] == f"ash of {sp.MODEL} at 127.0.0.1:{server.server_port}"
    assert about["config"]["voice"]["url"] == about["config"]["recogniser"]["url"] == server.url
    assert about["servers"] == {"voice": {"calls": len(said), "failures": 0, "left": ""}}
    assert f"spoke: {len(said)} requests, 0 failed." in shown
    assert KEY not in shown
    for file in home.rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file


def test_a_refused_voice_is_told_once_and_recorded(tmp_path: Path) -> None:
    with sp.speech_server(ms.status(401, f"bad key {KEY}")) as server:
        given = {"URL": server.url, "MODEL": "m", "KEY": KEY}
        environment = {f"VOICE_INTERVIEWER_VOICE_{name}": value for name, value in given.items()}
        shown, complaints, folder = practice(tmp_path / "home", **environment)
    assert len(server.requests) == 1
    reason = f"127.0.0.1:{server.server_port} is not asked any more: it answered 401: check the key"
    assert json.loads((folder / "session.json").read_text())["servers"]["voice"]["left"] == reason
    assert reason in shown
    assert KEY not in shown + complaints


def test_offline_no_server_elsewhere_is_asked(tmp_path: Path) -> None:
    noted = noted_connections(tmp_path / "site")
    shown, complaints, folder = practice(tmp_path / "home", "--offline", **ELSEWHERE, **noted)
    assert complaints == ""
    assert "Nothing leaves this machine." in shown
    assert json.loads((folder / "session.json").read_text())["voice"] == "pyttsx3"
    assert not (tmp_path / "site" / "connections").exists()


# --- what is made of the settings ---------------------------------------------------------------------------


def test_the_configured_servers_listen_and_speak_over_what_is_here() -> None:
    config = load_config({"whisper_model": "tiny.en"}, ELSEWHERE)
    transcriber = build.make_transcriber(config, print, print)
    voice = build.make_voice(config, print)
    assert isinstance(transcriber, RemoteTranscriber)
    assert isinstance(voice, RemoteVoice)
    assert (transcriber.name, voice.name) == ("m at 192.0.2.1", "alloy of v at 192.0.2.2")
    assert transcriber.speculate_every_ms == config.recogniser.between_ms
    assert not isinstance(build.make_transcriber(config, print, print, by_keyboard=True), RemoteTranscriber)
    for others in ({"offline": True}, speech_servers.NO_SERVERS):
        plain = load_config({"whisper_model": "tiny.en", **others}, ELSEWHERE)
        assert not isinstance(build.make_transcriber(plain, print, print), RemoteTranscriber)
        assert not isinstance(build.make_voice(plain, print), RemoteVoice)
    here = {**ELSEWHERE, "VOICE_INTERVIEWER_SPEECH_URL": "http://localhost:8000/v1"}
    beside = load_config({"whisper_model": "tiny.en", "offline": True}, here)
    on_this_machine = build.make_transcriber(beside, print, print)
    assert isinstance(on_this_machine, RemoteTranscriber)
    assert on_this_machine.speculate_every_ms == 0


def test_half_a_configuration_is_told() -> None:
    config = load_config({"whisper_model": "tiny.en", "speech_url": "http://192.0.2.1/v1"}, {})
    with pytest.raises(UsageProblem, match=r"No model is named for the server http://192\.0\.2\.1/v1"):
        build.make_transcriber(config, print, print)
    config = load_config({"voice_url": "http://192.0.2.2/v1"}, {})
    with pytest.raises(UsageProblem, match=r"No model is named for the server http://192\.0\.2\.2/v1"):
        build.make_voice(config, print)


@pytest.mark.parametrize(("table", "name"), [("recogniser", "SPEECH"), ("voice", "VOICE")])
def test_a_key_is_neither_recorded_nor_shown(fresh_home: Path, table: str, name: str) -> None:
    made = load_config({}, {f"VOICE_INTERVIEWER_{name}_KEY": KEY})
    assert getattr(made, table).key == KEY
    assert KEY not in f"{made} {made.record()}"
    fresh_home.mkdir()
    own = fresh_home / "config.toml"
    for broken in (f'url = "http://someone:{KEY}@127.0.0.1/v1"', 'url = "ftp://sk"', f'key = ["{KEY}"]'):
        own.write_text(f"[{table}]\n{broken}\n")
        with pytest.raises(BankProblem) as refused:
            load_config({}, {})
        assert f"{own}:2: {table}." in refused.value.message
        assert KEY not in refused.value.message


# --- what leaves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "typed", "sentence", "corner"),
    [
        ((), False, "Nothing leaves this machine.", ""),
        (("SPEECH",), False, "The sound of what is said goes to 192.0.2.1.", "sound goes to 192.0.2.1"),
        (("SPEECH",), True, "Nothing leaves this machine.", ""),
        (
            ("SPEECH", "LLM"),
            False,
            "The sound of what is said goes to 192.0.2.1, its text to 192.0.2.3.",
            "sound goes to 192.0.2.1, text goes to 192.0.2.3",
        ),
        (
            ("LLM", "VOICE"),
            False,
            "What is said goes as text to 192.0.2.3, its sound nowhere. "
            "The interviewer's lines, which may quote you, go as text to 192.0.2.2.",
            "text goes to 192.0.2.3, lines go to 192.0.2.2",
        ),
    ],
)
def test_every_machine_that_is_sent_something_is_named(
    parts: tuple[str, ...], typed: bool, sentence: str, corner: str
) -> None:
    hosts = {"SPEECH": 1, "VOICE": 2, "LLM": 3}
    environ = {f"VOICE_INTERVIEWER_{part}_URL": f"http://192.0.2.{hosts[part]}/v1" for part in parts}
    config = load_config({}, environ)
    assert speech_servers.leaving(config, typed) == sentence
    assert speech_servers.leaving_shortly(config, typed) == corner
    offline = load_config({"offline": True}, environ)
    assert speech_servers.leaving(offline, typed) == "Nothing leaves this machine."


def test_a_server_on_this_machine_is_nothing_that_leaves() -> None:
    config = load_config({"speech_url": "http://localhost:8000/v1", "voice_url": "http://[::1]/v1"}, {})
    assert speech_servers.leaving(config, typed=False) == "Nothing leaves this machine."


# --- doctor -------------------------------------------------------------------------------------------------


def checked(environment: dict[str, str]) -> dict[str, Any]:
    done = run("doctor", "--json", "--no-listen", environment={**NO_SOUND_SERVER, **environment})
    assert done.stderr == ""
    assert KEY not in done.stdout
    return {check["id"]: check for check in json.loads(done.stdout)["checks"]}


def test_doctor_asks_each_server_and_no_other(tmp_path: Path) -> None:
    noted = noted_connections(tmp_path / "site")

    def both(handler: Any) -> None:
        speaks = handler.path.endswith("/speech")
        (sp.raw(sp.wav(sp.tone()), "audio/wav") if speaks else sp.hears())(handler)

    with sp.speech_server(both) as server:
        names = {"SPEECH_URL": server.url, "SPEECH_MODEL": "m", "SPEECH_KEY": KEY}
        names |= {"VOICE_URL": server.url, "VOICE_MODEL": "v"}
        found = checked({**noted, **{f"VOICE_INTERVIEWER_{name}": value for name, value in names.items()}})
    assert (found["speech_server"]["state"], found["voice_server"]["state"]) == ("ok", "ok")
    assert "heard 6 words of 5 s of speech" in found["speech_server"]["text"]
    assert found["voice_server"]["facts"]["ms"] >= 0
    connections = (tmp_path / "site" / "connections").read_text().splitlines()
    assert all("127.0.0.1" in line and str(server.server_port) in line for line in connections)


def test_doctor_says_why_a_server_cannot_be_used_and_what_happens_then() -> None:
    with sp.speech_server(ms.status(404)) as server:
        names = {"SPEECH_URL": server.url, "SPEECH_MODEL": "m", "VOICE_URL": server.url}
        found = checked({f"VOICE_INTERVIEWER_{name}": value for name, value in names.items()})
    speech, voice = found["speech_server"], found["voice_server"]
    assert (speech["state"], speech["in_the_way"]) == ("problem", False)
    assert "it answered 404: check address and model. Then this machine listens." in speech["text"]
    assert (voice["state"], voice["fix"]) == ("problem", "Set VOICE_INTERVIEWER_VOICE_MODEL.")
    offline = checked({**ELSEWHERE, "VOICE_INTERVIEWER_OFFLINE": "1"})
    assert offline["speech_server"]["text"] == "Offline: no server is asked; this machine listens."
    none = checked({})
    assert none["voice_server"]["text"] == "No server is configured; this machine speaks."
