"""A recogniser and a voice on a server, against a real one on loopback that behaves well or badly."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import model_server as ms
import numpy as np
import pytest
import speech_server as sp

from voice_audio.files import load_sound, to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples
from voice_audio.remote import Endpoint, Server, ServerError, host_of
from voice_audio.remote_speech import RemoteTranscriber, RemoteVoice, hear_once, say_once
from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_audio.voices.cached import CachedVoice
from voice_audio.voices.level import TARGET_DBFS, speech_level_dbfs
from voice_audio.voices.pyttsx3_voice import Pyttsx3Voice

SAMPLE = Path(__file__).parents[2] / "audio" / "samples" / "vague" / "any.quantify.ogg"
SPOKEN: Samples = to_rate(load_sound(SAMPLE), SAMPLE_RATE_HZ).samples[: SAMPLE_RATE_HZ * 3 // 2]
LINE = "What changed after that?"
SLACK_S = 10.0
"""What a busy machine may add to a wait that is over."""
KEY = "sk-secret"
Make = Callable[..., tuple[Any, sp.SpeechServer]]


class Local:
    """This machine's real recogniser, asked once for each sound, with another scale of doubt than a
    server's."""

    name, doubt_threshold = "whisper tiny.en", 0.3

    def __init__(self, transcriber: WhisperTranscriber) -> None:
        self._transcriber, self._heard = transcriber, dict[bytes, tuple[HeardWord, ...]]()

    def transcribe(self, samples: Samples, cancelled: object = None) -> tuple[HeardWord, ...]:
        sound = samples.tobytes()
        if sound not in self._heard:
            self._heard[sound] = self._transcriber.transcribe(samples)
        return self._heard[sound]


@pytest.fixture(scope="module")
def local(tiny_en: WhisperTranscriber) -> Local:
    return Local(tiny_en)


@pytest.fixture(scope="module")
def local_words(local: Local) -> tuple[HeardWord, ...]:
    words = local.transcribe(SPOKEN)
    assert words
    return words


@pytest.fixture(scope="module")
def local_voice() -> CachedVoice:
    return CachedVoice(Pyttsx3Voice())


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def make(local: Local, notices: list[str]) -> Iterator[Make]:
    """A recogniser and its server, which behaves so; both are closed afterwards."""
    with ExitStack() as stack:

        def made(*behaviours: ms.Behaviour, **settings: Any) -> tuple[RemoteTranscriber, sp.SpeechServer]:
            server = stack.enter_context(sp.speech_server(*behaviours))
            endpoint = Endpoint(server.url, sp.MODEL, KEY, **{"local": True, **settings})
            transcriber = RemoteTranscriber(endpoint, local, notices.append)
            stack.callback(transcriber.close)
            return transcriber, server

        yield made


@pytest.fixture
def make_voice(local_voice: CachedVoice, notices: list[str]) -> Iterator[Make]:
    with ExitStack() as stack:

        def made(*behaviours: ms.Behaviour, cache: Path | None = None) -> tuple[RemoteVoice, sp.SpeechServer]:
            server = stack.enter_context(sp.speech_server(*behaviours))
            endpoint = Endpoint(server.url, sp.MODEL, KEY, local=True)
            voice = RemoteVoice(endpoint, "alloy", local_voice, notices.append, cache)
            stack.callback(voice.close)
            return voice, server

        yield made


def texts(words: tuple[HeardWord, ...]) -> list[str]:
    return [word.text for word in words]


# --- a recogniser that is well ------------------------------------------------------------------------------


@pytest.mark.parametrize(("on_this_machine", "kind"), [(True, "audio/wav"), (False, "audio/flac")])
def test_the_sound_arrives_and_its_words_come_back(make: Make, on_this_machine: bool, kind: str) -> None:
    got: dict[str, Any] = {}

    def listen(handler: Any) -> None:
        got.update(sound=handler.sound, rate=handler.rate_hz, kind=handler.file_kind)
        sp.hears()(handler)

    transcriber, server = make(listen, local=on_this_machine)
    assert " ".join(texts(transcriber.transcribe(SPOKEN))) == sp.SAID
    assert np.array_equal(got["sound"], SPOKEN)
    assert (got["rate"], got["kind"]) == (SAMPLE_RATE_HZ, kind)
    fields = server.requests[0]
    assert fields["model"] == [sp.MODEL]
    assert (fields["language"], fields["response_format"]) == (["en"], ["verbose_json"])
    assert sorted(fields["timestamp_granularities[]"]) == ["segment", "word"]
    assert server.paths == ["/v1/audio/transcriptions"]
    assert server.keys == [f"Bearer {KEY}"]
    assert (transcriber.calls, transcriber.failures, transcriber.sent_s) == (1, 0, 1.5)
    assert transcriber.status == ""
    assert transcriber.name == f"{sp.MODEL} at 127.0.0.1:{server.server_port}"


def test_one_connection_serves_many_segments(make: Make) -> None:
    transcriber, server = make()
    for _ in range(3):
        transcriber.transcribe(SPOKEN)
    assert (len(server.requests), len(server.ports)) == (3, 1)


def test_no_words_understood_is_no_failure(make: Make, notices: list[str]) -> None:
    transcriber, _ = make(sp.replies({"text": "", "segments": [], "words": []}))
    assert [transcriber.transcribe(SPOKEN) for _ in range(3)] == [(), (), ()]
    assert (transcriber.failures, notices) == (0, [])


def test_clicks_and_silence_never_leave_the_machine(make: Make) -> None:
    transcriber, server = make()
    for samples in (SPOKEN[:3000], np.zeros(SAMPLE_RATE_HZ, np.int16), SPOKEN[:0]):
        assert transcriber.transcribe(samples) == ()
    assert (server.requests, transcriber.calls) == ([], 0)


def test_what_the_model_invents_is_not_heard(make: Make) -> None:
    segment = {"text": "Thanks for watching!", "start": 0, "end": 2, "no_speech_prob": 0.9}
    transcriber, _ = make(sp.replies({"text": segment["text"], "segments": [segment]}))
    assert transcriber.transcribe(SPOKEN) == ()
    assert transcriber.dropped == (("Thanks for watching!", "stock phrase"),)


def test_a_server_that_knows_less_is_asked_for_less_and_only_once_found_out(make: Make) -> None:
    def plain_only(handler: Any) -> None:
        plain = handler.fields["response_format"] == ["json"]
        (sp.replies({"text": sp.SAID}) if plain else ms.status(400, "not supported"))(handler)

    transcriber, server = make(plain_only)
    for _ in range(2):
        assert " ".join(texts(transcriber.transcribe(SPOKEN))) == sp.SAID
    forms = [(form["response_format"][0], "timestamp_granularities[]" in form) for form in server.requests]
    rungs = [("verbose_json", True), ("verbose_json", False), ("json", False), ("json", False)]
    assert forms == rungs
    assert (transcriber.failures, transcriber.status) == (0, "")


# --- one that is not ----------------------------------------------------------------------------------------

FAILING: dict[str, tuple[ms.Behaviour, str]] = {
    "429": (ms.status(429), "it answered 429"),
    "500": (ms.status(500), "it answered 500"),
    "503": (ms.status(503), "it answered 503"),
    "hangs": (ms.hangs, "it took too long"),
    "slow to begin": (ms.slow_to_begin, "it took too long"),
    "drips": (ms.drips, "it took too long"),
    "breaks off": (sp.breaks_off, "the connection failed"),
    "truncated JSON": (sp.raw(b'{"text": "I compared", "wor'), "its answer cannot be read"),
    "HTML": (ms.html, "its answer cannot be read"),
    "an error that says 200": (sp.replies({"error": {"message": "busy"}}), "its answer cannot be read"),
    "nothing at all": (sp.raw(b""), "its answer cannot be read"),
}
REFUSING = {
    "401": (ms.status(401, f"bad key {KEY}"), "it answered 401: check the key"),
    "403": (ms.status(403), "it answered 403: check the key"),
    "404": (ms.status(404, "no such model"), "it answered 404: check address and model"),
    "307": (ms.redirects("http://127.0.0.1:9/v1"), "it answered 307: check address and model"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_the_server_loses_is_heard_here_and_after_two_in_a_row_everything(
    make: Make, local_words: tuple[HeardWord, ...], notices: list[str], name: str
) -> None:
    behaviour, reason = FAILING[name]
    transcriber, server = make(behaviour, total_s=1.5)
    begun = time.monotonic()
    assert texts(transcriber.transcribe(SPOKEN)) == texts(local_words)
    assert time.monotonic() - begun < 1.5 + SLACK_S
    assert (transcriber.status, notices) == ("", [])
    for _ in range(2):
        assert texts(transcriber.transcribe(SPOKEN)) == texts(local_words)
    assert (len(server.requests), transcriber.calls, transcriber.failures) == (2, 2, 2)
    host = f"127.0.0.1:{server.server_port}"
    assert transcriber.status == f"{host} is not asked any more: twice in a row, last {reason}"
    assert notices == [f"{transcriber.status}. From here on whisper tiny.en listens."]


@pytest.mark.parametrize("name", REFUSING)
def test_a_refusal_is_final_at_once_and_never_shows_the_key(
    make: Make, local_words: tuple[HeardWord, ...], notices: list[str], name: str
) -> None:
    behaviour, reason = REFUSING[name]
    transcriber, server = make(behaviour)
    for _ in range(2):
        assert texts(transcriber.transcribe(SPOKEN)) == texts(local_words)
    assert len(server.requests) == 1
    assert transcriber.status.endswith(f"is not asked any more: {reason}")
    assert len(notices) == 1
    shown = (notices, transcriber.name, transcriber.status, transcriber._server.endpoint)
    assert KEY not in repr(shown)


def test_a_server_that_takes_no_form_of_the_request_is_left_alone(make: Make) -> None:
    transcriber, server = make(ms.status(422))
    transcriber.transcribe(SPOKEN)
    assert len(server.requests) == 3
    assert transcriber.status.endswith("it answered 422: check address and model")


def test_one_failure_now_and_then_is_forgiven(make: Make) -> None:
    well, ill = sp.hears(), ms.status(500)
    transcriber, server = make(ill, well, ill, well, ill, well)
    for _ in range(6):
        assert transcriber.transcribe(SPOKEN)
    assert (len(server.requests), transcriber.failures, transcriber.status) == (6, 3, "")


def test_nobody_there_is_found_out_at_once(local: Local, notices: list[str]) -> None:
    with sp.speech_server() as server:
        url = server.url
    transcriber = RemoteTranscriber(Endpoint(url, "m", local=True), local, notices.append)
    begun = time.monotonic()
    for _ in range(2):
        assert transcriber.transcribe(SPOKEN)
    transcriber.close()
    assert time.monotonic() - begun < 2 * SLACK_S
    assert "the connection failed" in notices[0]


def test_the_local_ones_doubt_is_measured_on_the_servers_scale(
    make: Make, local: Local, local_words: tuple[HeardWord, ...]
) -> None:
    transcriber, _ = make(ms.status(500))
    words = transcriber.transcribe(SPOKEN)
    assert local.doubt_threshold != transcriber.doubt_threshold
    doubted = [word.probability < local.doubt_threshold for word in local_words]
    assert [word.probability < transcriber.doubt_threshold for word in words] == doubted
    order = np.argsort([word.probability for word in local_words], kind="stable")
    assert np.array_equal(np.argsort([word.probability for word in words], kind="stable"), order)
    assert all(0 <= word.probability <= 1 for word in words)


def test_names_in_the_environment_change_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-somebody-elses")
    transcriber, server = make()
    assert transcriber.transcribe(SPOKEN)
    assert server.keys == [f"Bearer {KEY}"]


# --- given up in the middle ---------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [ms.hangs, ms.slow_to_begin, ms.drips], ids=["hangs", "head", "drips"])
def test_what_nobody_waits_for_any_more_ends_soon_on_both_sides(make: Make, behaviour: ms.Behaviour) -> None:
    transcriber, server = make(behaviour, sp.hears(), total_s=30.0)
    transcriber.transcribe(np.zeros(SAMPLE_RATE_HZ, np.int16))  # the client is loaded during the welcome
    unwanted_since: list[float] = []

    def cancelled() -> bool:
        if server.asked.is_set() and not unwanted_since:
            unwanted_since.append(time.monotonic())
        return bool(unwanted_since)

    assert transcriber.transcribe(SPOKEN, cancelled) == ()
    assert time.monotonic() - unwanted_since[0] < 0.2
    if behaviour is not ms.drips:
        assert server.hung_up.wait(5)
    assert (transcriber.calls, transcriber.failures, transcriber.status) == (1, 0, "")
    assert " ".join(texts(transcriber.transcribe(SPOKEN))) == sp.SAID


def test_a_kept_connection_is_given_up_as_well(make: Make) -> None:
    transcriber, server = make(sp.hears(), ms.hangs)
    assert transcriber.transcribe(SPOKEN)
    server.asked.clear()
    assert transcriber.transcribe(SPOKEN, server.asked.is_set) == ()
    assert server.hung_up.wait(5)
    assert len(server.ports) == 1


def test_what_was_never_wanted_is_never_sent(make: Make) -> None:
    transcriber, server = make()
    assert transcriber.transcribe(SPOKEN, lambda: True) == ()
    assert (server.requests, transcriber.calls) == ([], 0)


def test_a_bug_is_not_taken_for_a_bad_server() -> None:
    class Stop(BaseException):
        pass

    def send(*_: object) -> Any:
        raise Stop

    server = Server(Endpoint("http://127.0.0.1:9/v1", "m", local=True))
    with pytest.raises(Stop):
        server.ask(send)
    server.close()


# --- a voice ------------------------------------------------------------------------------------------------


def test_a_line_is_said_at_the_asked_pace_and_the_usual_level(make_voice: Make) -> None:
    voice, server = make_voice(sp.raw(sp.wav(sp.tone()), "audio/wav"))
    paces = {165: 1.0, 330: 2.0, 400: 2.0, 60: 0.5, 132: 0.8}
    for words_per_minute in paces:
        sound = voice.render(LINE, words_per_minute)
        assert sound.rate_hz == 24_000
        assert speech_level_dbfs(sound) == pytest.approx(TARGET_DBFS, abs=0.5)
        assert 600 <= sound.duration_ms <= 700  # the silence after it is gone
    assert [body["speed"] for body in server.requests] == list(paces.values())
    wanted = {"model": sp.MODEL, "voice": "alloy", "input": LINE, "response_format": "wav"}
    assert wanted.items() <= server.requests[0].items()
    assert set(server.paths) == {"/v1/audio/speech"}
    assert (voice.calls, voice.failures) == (5, 0)


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFFFFF, None], ids=["-1", "most", "true"])
def test_a_head_written_before_the_length_was_known_costs_no_sound(
    make_voice: Make, length: int | None
) -> None:
    voice, _ = make_voice(sp.raw(sp.wav(sp.tone(), length=length), "audio/wav"))
    assert 600 <= voice.render(LINE, 165).duration_ms <= 700


def test_a_line_said_before_is_not_asked_for_again(make_voice: Make, tmp_path: Path) -> None:
    voice, server = make_voice(sp.raw(sp.wav(sp.tone()), "audio/wav"), cache=tmp_path)
    first, again = voice.render(LINE, 165), voice.render(LINE, 165)
    assert np.array_equal(first.samples, again.samples)
    assert len(server.requests) == 1
    assert len(list(tmp_path.glob("*.wav"))) == 1


def test_a_server_without_speed_or_heads_is_understood(make_voice: Make) -> None:
    def simple(handler: Any) -> None:
        if "speed" in handler.fields or handler.fields["response_format"] != "pcm":
            ms.status(400, "unsupported")(handler)
        else:
            sp.raw(sp.tone().astype("<i2").tobytes(), "audio/pcm")(handler)

    voice, server = make_voice(simple)
    for text in (LINE, "And then?"):
        sound = voice.render(text, 200)
        assert (sound.rate_hz, 600 <= sound.duration_ms <= 700) == (24_000, True)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "behaviour",
    [
        ms.status(500),
        ms.html,
        sp.replies({"error": "no"}),
        sp.raw(b"", "audio/wav"),
        sp.raw(b"RIFF and no more", "audio/wav"),
        sp.raw(bytes(4800), "audio/pcm"),
        sp.raw(sp.wav(sp.tone() * 0), "audio/wav"),
        sp.raw(b"no sound at all", "application/octet-stream"),
    ],
    ids=["500", "HTML", "JSON", "empty", "torn", "silent pcm", "silent wav", "bytes"],
)
def test_a_line_the_server_does_not_say_is_said_here_and_not_kept_under_its_name(
    make_voice: Make, local_voice: CachedVoice, notices: list[str], tmp_path: Path, behaviour: ms.Behaviour
) -> None:
    voice, server = make_voice(behaviour, cache=tmp_path / "voice")
    expected = local_voice.render(LINE, 165)
    for _ in range(3):
        assert np.array_equal(voice.render(LINE, 165).samples, expected.samples)
    assert (len(server.requests), voice.failures) == (2, 2)
    assert notices == [f"{voice.status}. From here on pyttsx3 speaks."]
    assert not list(tmp_path.rglob("*.wav"))


def test_two_voices_never_take_turns(make_voice: Make, notices: list[str]) -> None:
    """One failure is made good by asking again; after two the server is not asked any more."""
    says, fails = sp.raw(sp.wav(sp.tone()), "audio/wav"), ms.status(500)
    answers = iter([says, fails, says, fails, fails, says])
    voice, server = make_voice(lambda handler: next(answers)(handler))
    rates = [voice.render(line, 165).rate_hz for line in ("One.", "Two.", "Three.", "Four.")]
    assert rates == [24_000, 24_000, 22_050, 22_050]
    assert (len(server.requests), len(notices)) == (5, 1)


# --- asked once, for doctor ---------------------------------------------------------------------------------


def test_a_server_asked_once_answers_or_says_why_not() -> None:
    with sp.speech_server() as server:
        heard = hear_once(Endpoint(server.url, "m", local=True), SPOKEN)
    assert " ".join(texts(heard)) == sp.SAID
    with sp.speech_server(sp.raw(sp.wav(sp.tone()), "audio/wav")) as server:
        assert say_once(Endpoint(server.url, "m", local=True), "alloy", "Hello.", 165).rate_hz == 24_000
    with sp.speech_server(ms.status(401, KEY)) as server:
        endpoint = Endpoint(server.url, "m", KEY, local=True)
        for ask in (lambda: hear_once(endpoint, SPOKEN), lambda: say_once(endpoint, "a", "Hello.", 165)):
            with pytest.raises(ServerError, match=r"^it answered 401: check the key$"):
                ask()


def test_a_host_is_shown_without_what_may_be_secret() -> None:
    assert host_of("https://user:sk-x@example.org/v1?key=sk-x") == "example.org"
    assert host_of("http://127.0.0.1:8000/v1") == "127.0.0.1:8000"
