"""A recogniser and a voice on a server with the OpenAI interface (Speaches, vLLM, a provider's), each with a
local one behind it: nothing that was said is lost and no line stays unspoken because a server fails.
"""

import io
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from voice_audio.doubt import model_for
from voice_audio.errors import SoundFileProblem
from voice_audio.files import load_sound
from voice_audio.ports import (
    SAMPLE_RATE_HZ,
    CalibratedTranscriber,
    HeardWord,
    Samples,
    Sound,
    Transcriber,
    Voice,
)
from voice_audio.remote import INVALID, Answer, Endpoint, NotWanted, Server, ServerError
from voice_audio.remote_words import words_in
from voice_audio.transcribers.guards import WhisperSettings, worth_hearing
from voice_audio.voices.cached import CachedVoice
from voice_audio.voices.level import level_speech, trim_tail

HEARING_FORMS: tuple[dict[str, Any], ...] = (
    {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"]},
    {"response_format": "verbose_json"},
    {"response_format": "json"},
)
"""Some servers time segments only, some models give no more than a text."""
SPEAKING_FORMS = (("wav", True), ("wav", False), ("pcm", False))
"""The form of the sound, and whether the speed is asked for."""
ORDINARY_WORDS_PER_MINUTE = 165
SLOWEST, FASTEST = 0.5, 2.0
PCM_RATE_HZ = 24_000
"""What the interface says of sound without a head (OpenAI's reference of /audio/speech)."""
SPECULATE_EVERY_MS = 2000


class _OverLocal:
    """What both have: a server, and how it has done in this session."""

    _server: Server

    @property
    def status(self) -> str:
        """Why the server is not asked any more in this session; empty while it is."""
        return self._server.status

    @property
    def calls(self) -> int:
        """Requests begun."""
        return self._server.calls

    @property
    def failures(self) -> int:
        """Those that brought nothing usable, the ones nobody wanted any more left out."""
        return self._server.failures

    def close(self) -> None:
        """Let go of the server."""
        self._server.close()


class RemoteTranscriber(_OverLocal):
    """A recogniser on a server; see ports.Transcriber and ports.MeteredTranscriber.

    What the server does not answer is heard by the local one; a server that fails twice in a row, or refuses,
    is not asked again.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        local: Transcriber,
        notice: Callable[[str], None] = lambda line: None,
        settings: WhisperSettings | None = None,
        language: str = "en",
        speculate_every_ms: int = SPECULATE_EVERY_MS,
    ) -> None:
        """notice gets one line, when the local one takes over for the rest of the session."""
        self._settings, self._local = settings or WhisperSettings(), local
        self._server = Server(endpoint, len(HEARING_FORMS), lambda status: notice(self._takes_over(status)))
        self._hearing = _ServerHearing(self._server, self._settings, language)
        self.name = f"{endpoint.model} at {endpoint.host}"
        self._doubt = model_for(self._settings.doubt, endpoint.model)
        self.doubt_threshold = self._doubt.threshold if self._doubt else self._settings.doubt_threshold
        self.speculate_every_ms = speculate_every_ms

    @property
    def sent_s(self) -> float:
        """Seconds of sound sent."""
        return self._hearing.sent_s

    @property
    def dropped(self) -> tuple[tuple[str, str], ...]:
        """The last answer's disbelieved segments: text and reason."""
        return self._hearing.dropped

    def transcribe(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        """Words of one segment; see ports.Transcriber. Raises ModelProblem when the local one fails as well.

        Nothing shorter than 250 ms and no digital silence is sent; such a call only opens the client.
        """
        if not self.status:
            if not worth_hearing(samples, self._settings):
                self._server.open()
                return ()
            try:
                return self._server.attempt(lambda: self._hearing.listen(samples, cancelled))
            except NotWanted:
                return ()
            except ServerError:
                pass  # noted by the server; no word is lost
        words = self._local.transcribe(samples, cancelled)
        raw = isinstance(self._local, CalibratedTranscriber)  # then `calibrated` moves them
        return words if raw else tuple(self._on_one_scale(word) for word in words)

    def calibrated(
        self, words: tuple[HeardWord, ...], pieces: tuple[tuple[int, int], ...]
    ) -> tuple[HeardWord, ...]:
        """See ports.CalibratedTranscriber: as fitted for the model of that name, else for Whisper at large. A
        word of which the server said nothing stays neither doubted nor sure."""
        if self.status and isinstance(self._local, CalibratedTranscriber):
            return tuple(self._on_one_scale(word) for word in self._local.calibrated(words, pieces))
        if self._doubt is None:
            return words
        unknown = self._settings.doubt_threshold
        return tuple(
            replace(new, probability=self.doubt_threshold) if old.probability == unknown else new
            for old, new in zip(words, self._doubt.calibrated(words, pieces), strict=True)
        )

    def _on_one_scale(self, word: HeardWord) -> HeardWord:
        """A session has one threshold of doubt: the local one's is moved onto the server's, 0 and 1 stay."""
        here, there, sure = self._local.doubt_threshold, self.doubt_threshold, word.probability
        if sure < here:
            sure = sure * there / here
        elif here < 1:
            sure = 1 - (1 - sure) * (1 - there) / (1 - here)
        return replace(word, probability=sure)

    def _takes_over(self, status: str) -> str:
        return f"{status}. From here on {self._local.name} listens."


class _ServerHearing:
    """The server alone, as a recogniser. Raises ServerError, and NotWanted once `cancelled` is true."""

    def __init__(self, server: Server, settings: WhisperSettings, language: str) -> None:
        self._server, self._settings, self._language = server, settings, language
        self.sent_s = 0.0
        self.dropped: tuple[tuple[str, str], ...] = ()

    def listen(self, samples: Samples, cancelled: Callable[[], bool]) -> tuple[HeardWord, ...]:
        # FLAC for a connection that may be slow; small servers on this machine may read nothing but WAV.
        form = "WAV" if self._server.endpoint.local else "FLAC"
        recording = _packed(samples, form)

        def send(client: Any, rung: int, wait: Any) -> AbstractContextManager[Any]:
            self.sent_s += len(samples) / SAMPLE_RATE_HZ
            response: AbstractContextManager[Any] = (
                client.audio.transcriptions.with_streaming_response.create(
                    model=self._server.endpoint.model,
                    file=(f"speech.{form.lower()}", recording, f"audio/{form.lower()}"),
                    language=self._language,
                    temperature=0,
                    timeout=wait,
                    **HEARING_FORMS[rung],
                )
            )
            return response

        answer = self._server.ask(send, cancelled)
        try:
            heard = words_in(answer.body, len(samples) * 1000 // SAMPLE_RATE_HZ, self._settings)
        except ValueError:
            raise ServerError(INVALID, "its answer cannot be read") from None
        self.dropped = heard.dropped
        return heard.words


class RemoteVoice(_OverLocal):
    """A voice on a server; see ports.Voice. A line it does not render is asked for once more; then the local
    voice says that line and all after it, so that two voices never take turns. Only the server's own lines
    are kept under its name."""

    def __init__(
        self,
        endpoint: Endpoint,
        voice: str,
        local: Voice,
        notice: Callable[[str], None] = lambda line: None,
        cache: Path | None = None,
        is_shared: Callable[[str], bool] = lambda line: True,
    ) -> None:
        """voice: its name as the server knows it. notice gets one line, when the local voice takes over for
        good. cache: the folder of lines said before; is_shared: which may be kept there."""
        self._local = local
        self._server = Server(
            endpoint,
            len(SPEAKING_FORMS),
            lambda status: notice(f"{status}. From here on {local.name} speaks."),
        )
        self._lines = CachedVoice(_ServerVoice(self._server, voice), cache, is_shared=is_shared)
        self.name = self._lines.name

    @property
    def remote(self) -> bool:
        """Whether rendering costs another machine's time, so that little should be rendered in vain."""
        return not self.status

    def render(self, text: str, words_per_minute: int) -> Sound:
        """The line at -20 dBFS, nothing after it. Raises ModelProblem when the local voice fails as well."""
        while not self.status:
            try:
                return self._lines.render(text, words_per_minute)
            except ServerError:
                pass  # the server counts it, and is given up after the second in a row
        return self._local.render(text, words_per_minute)


class _ServerVoice:
    """The server alone, as a Voice. Raises ServerError."""

    def __init__(self, server: Server, voice: str) -> None:
        self._server, self._voice = server, voice
        self.name = f"{voice} of {server.endpoint.model} at {server.endpoint.host}"

    def render(self, text: str, words_per_minute: int) -> Sound:
        if not text.strip():
            raise ValueError("there is nothing to say")
        return self._server.attempt(lambda: self._say(text, words_per_minute))

    def _say(self, text: str, words_per_minute: int) -> Sound:
        speed = min(max(words_per_minute / ORDINARY_WORDS_PER_MINUTE, SLOWEST), FASTEST)

        def send(client: Any, rung: int, wait: Any) -> AbstractContextManager[Any]:
            form, with_speed = SPEAKING_FORMS[rung]
            more = {"speed": round(speed, 2)} if with_speed else {}
            response: AbstractContextManager[Any] = client.audio.speech.with_streaming_response.create(
                model=self._server.endpoint.model,
                voice=self._voice,
                input=text,
                response_format=form,
                timeout=wait,
                **more,
            )
            return response

        return trim_tail(level_speech(_sound_in(self._server.ask(send))))


def hear_once(endpoint: Endpoint, samples: Samples) -> tuple[HeardWord, ...]:
    """What the server alone hears in that speech. Raises ServerError."""
    server = Server(endpoint, len(HEARING_FORMS))
    try:
        return _ServerHearing(server, WhisperSettings(), "en").listen(samples, lambda: False)
    finally:
        server.close()


def say_once(endpoint: Endpoint, voice: str, text: str, words_per_minute: int) -> Sound:
    """That text as the server alone says it. Raises ServerError."""
    server = Server(endpoint, len(SPEAKING_FORMS))
    try:
        return _ServerVoice(server, voice).render(text, words_per_minute)
    finally:
        server.close()


def _packed(samples: Samples, form: str) -> bytes:
    """A sound file in memory. form: "WAV" or "FLAC"."""
    import soundfile

    packed = io.BytesIO()
    soundfile.write(packed, samples, SAMPLE_RATE_HZ, format=form, subtype="PCM_16")
    return packed.getvalue()


def _sound_in(answer: Answer) -> Sound:
    """The sound of an answer. Raises ServerError for anything else."""
    nothing = ServerError(INVALID, "it sent no usable sound")
    if answer.kind.startswith("text/") or answer.kind == "application/json":
        raise nothing
    if answer.kind == "audio/pcm" and not answer.body.startswith(b"RIFF"):
        whole = len(answer.body) // 2 * 2
        sound = Sound(np.frombuffer(answer.body[:whole], "<i2").astype(np.int16), PCM_RATE_HZ)
    else:
        with tempfile.TemporaryDirectory(prefix="voice-", ignore_cleanup_errors=True) as folder:
            path = Path(folder, "line")
            path.write_bytes(answer.body)
            try:
                sound = load_sound(path)
            except SoundFileProblem:
                raise nothing from None
    if not sound.samples.any():
        raise nothing
    return sound
