"""What is heard in the review: the recording itself, its outline, and the two things made on demand."""

import hashlib
import io
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from voice_interviewer.review.model import TightenedPiece
from voice_interviewer.review.peaks import peaks
from voice_interviewer.store.log import SessionFolder
from voice_interviewer.web.desk import Desk, question_of

KINDS = {".flac": "audio/flac", ".wav": "audio/wav"}
__all__ = ["Kept", "SoundRoutes", "peaks", "ranged", "read_aloud"]

_NO_SOUND = "There is no recording of this session."
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Kept:
    """The newest few things that took a while to make, in memory only: they are of what a person said."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Any]) -> Any:
        """What was made for that key, made now where it was not; one thing at a time."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            self._made.move_to_end(key)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
            return self._made[key]


class SoundRoutes:
    """GET only; nothing here changes anything."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._outlines, self._spoken, self._reels = Kept(8), Kept(16), Kept(4)

    def audio(self, request: Request) -> Response:
        """The recording as it is, both sides; ranges as a player asks for them."""
        path = self._recording(request.path_params["session"])
        headers = {"cache-control": "private, no-cache"}
        return FileResponse(path, headers=headers, media_type=KINDS[path.suffix], stat_result=path.stat())

    def peaks(self, request: Request) -> Response:
        """See `peaks`."""
        path = self._recording(request.path_params["session"])
        return JSONResponse(self._outlines.get(_version(path), lambda: peaks(path)))

    def tightened(self, request: Request) -> Response:
        """The tightened answer to one question, read aloud by the voice of this machine."""
        session, name = request.path_params["session"], request.path_params["question"]
        pieces = question_of(self._desk.report(session), name).tightened
        if not pieces:
            raise HTTPException(404, "There is nothing of that answer to read aloud.")
        text = read_aloud(pieces)
        key = hashlib.sha256(text.encode("utf-8")).hexdigest()
        return ranged(request, self._spoken.get(key, lambda: self._speak(text)), "audio/wav")

    def reel(self, request: Request) -> Response:
        """The best and the weakest moments as one MP3."""
        session, make = request.path_params["session"], self._desk.services.reel
        if make is None:
            raise HTTPException(404, "No moments are cut together in this installation.")
        report = self._desk.report(session)

        def cut() -> bytes:
            with self._desk.locked(session) as folder:
                return make(report, folder).read_bytes()

        key = hashlib.sha256(repr(report).encode("utf-8")).hexdigest()
        return ranged(request, self._reels.get(key, cut), "audio/mpeg")

    def _recording(self, session: str) -> Path:
        folder = self._desk.folder(session)
        path = SessionFolder(folder).audio
        if path.is_symlink() or not path.is_file():
            raise HTTPException(404, _NO_SOUND)
        return path

    def _speak(self, text: str) -> bytes:
        import soundfile

        services = self._desk.services
        sound = services.voice().render(text, services.words_per_minute)
        out = io.BytesIO()
        soundfile.write(out, sound.samples, sound.rate_hz, format="WAV", subtype="PCM_16")
        return out.getvalue()


def read_aloud(pieces: tuple[TightenedPiece, ...]) -> str:
    """The pieces as one text for a voice: a placeholder is said without its brackets."""
    said = (" ".join(piece.text.strip("[] \n").split()) for piece in pieces)
    return " ".join(text if text.endswith((".", "?", "!")) else text + "." for text in said if text)


def ranged(request: Request, data: bytes, media_type: str) -> Response:
    """Bytes in memory, or the one range of them that was asked for (RFC 9110, section 14)."""
    headers = {"accept-ranges": "bytes"}
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked is None or not any(asked.groups()):
        return Response(data, media_type=media_type, headers=headers)
    first, last = asked.groups()
    start = int(first) if first else max(0, len(data) - int(last))
    end = min(len(data), int(last) + 1) if first and last else len(data)
    if start >= end:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{len(data)}"})
    headers["content-range"] = f"bytes {start}-{end - 1}/{len(data)}"
    return Response(data[start:end], 206, media_type=media_type, headers=headers)


def _version(path: Path) -> str:
    state = path.stat()
    return f"{path} {state.st_size} {state.st_mtime_ns}"
