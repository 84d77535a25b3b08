"""A transcription server that hears: the real recogniser behind the behaviour of a server with the OpenAI
interface."""

from typing import Any

import speech_server as sp

from voice_audio.ports import Transcriber


class HearingServer:
    """What a transcription server answers when `transcriber` listens in it. heard: the text of each."""

    def __init__(self, transcriber: Transcriber) -> None:
        self.heard: list[str] = []
        self._transcriber = transcriber

    def hears(self, handler: Any) -> None:
        """The behaviour of the server."""
        words = self._transcriber.transcribe(handler.sound)
        text = " ".join(word.text for word in words)
        self.heard.append(text)
        timed = [{"word": w.text, "start": w.start_ms / 1000, "end": w.end_ms / 1000} for w in words]
        length_s = len(handler.sound) / 16_000
        segments = [{"text": text, "start": 0.0, "end": length_s, "avg_logprob": -0.1}]
        sp.replies({"text": text, "words": timed, "segments": segments if words else []})(handler)
