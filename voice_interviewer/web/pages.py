"""The pages: all sessions, one session, progress, and what is shown when something cannot be."""

import html as markup
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from voice_interviewer.errors import Problem
from voice_interviewer.review.markdown import clock, date, lasting
from voice_interviewer.review.model import Report
from voice_interviewer.web.desk import Desk
from voice_interviewer.web.services import Hit, SessionRow

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of the pages whose style and script are files of ours."""

AGAIN_S = 3
"""A page that is still being judged is loaded again after so many seconds."""

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_FILE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,80}")
_ITS_OWN_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
MAX_QUERY = 200
"""Characters looked for; more is no search."""


class Pages:
    """GET only."""

    def __init__(self, desk: Desk, token: str) -> None:
        self._desk = desk
        self._token = token

    def home(self, request: Request) -> Response:
        """Every session, newest first, and what was found where something is looked for."""
        rows = self._desk.services.list_sessions()
        query = request.query_params.get("q", "").strip()[:MAX_QUERY]
        page = _environment().get_template("home.html.j2")
        return _html(
            page.render(
                months=[(month, list(those)) for month, those in groupby(rows, _month)],
                count=len(rows),
                size_bytes=sum(row.size_bytes for row in rows),
                query=query,
                hits=self._desk.services.search(query) if query else (),
                has_progress=self._desk.services.progress is not None,
                root=str(self._desk.services.root),
                token=self._token,
            )
        )

    def session(self, request: Request) -> Response:
        """The review page of one session, live."""
        session = request.path_params["session"]
        folder = self._desk.folder(session)

        def shown(report: Report) -> str:
            return self._desk.services.page(report, folder, f"/session/{session}", self._token)

        page, judging = self._desk.judged(session, shown)
        answer = _with_own_policy(page)
        if judging:
            answer.headers["refresh"] = str(AGAIN_S)
        return answer

    def report(self, request: Request) -> Response:
        """report.json as it is now."""
        return JSONResponse(self._desk.report(request.path_params["session"]).plain())

    def progress(self, request: Request) -> Response:
        """How answers changed over sessions."""
        make = self._desk.services.progress
        if make is None:
            raise HTTPException(404, "There is no page about progress in this installation.")
        return _with_own_policy(make())

    def search(self, request: Request) -> Response:
        """Where something was said, as JSON."""
        query = request.query_params.get("q", "").strip()[:MAX_QUERY]
        hits: Sequence[Hit] = self._desk.services.search(query) if query else ()
        return JSONResponse({"query": query, "hits": [asdict(hit) | _shown(hit) for hit in hits]})

    def static(self, request: Request) -> Response:
        """One of the few files the pages are made of."""
        name = request.path_params["name"]
        found = _static(name) if _FILE.fullmatch(name) else None
        if found is None:
            raise HTTPException(404, "There is no such file.")
        return Response(found[0], media_type=found[1])


def refused(request: Request, error: Exception) -> Response:
    """What is not there, or not possible."""
    assert isinstance(error, HTTPException)
    return failure(request, error.status_code, error.detail)


def problem(request: Request, error: Exception) -> Response:
    """Something a person can do something about."""
    assert isinstance(error, Problem)
    return failure(request, 409, error.message, error.hint)


def broken(request: Request, error: Exception) -> Response:
    """A mistake of the program: told calmly here, in full where the app was started."""
    return failure(
        request, 500, "Something went wrong in the program.", "The terminal it was started in says what."
    )


def failure(request: Request, status: int, line: str, hint: str = "") -> Response:
    """One line, in the form the asker reads."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        page = _environment().get_template("home_problem.html.j2").render(line=line, hint=hint)
        return _html(page, status)
    sentence = line if line.endswith((".", "?", "!")) else f"{line}."
    return JSONResponse({"error": f"{sentence} {hint}".strip()}, status)


def _html(page: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, headers={"content-security-policy": POLICY})


def _with_own_policy(page: str) -> HTMLResponse:
    """A page that names its own script and style by their hash: the same policy once more as a header, where
    framing can be forbidden too. A page that has none may do nothing at all."""
    found = _ITS_OWN_POLICY.search(page[:4000])
    policy = markup.unescape(found[1]) if found else "default-src 'none'"
    if "\n" in policy or "\r" in policy:
        raise ValueError("a policy of several lines")
    return HTMLResponse(page, headers={"content-security-policy": f"{policy}; frame-ancestors 'none'"})


@cache
def _static(name: str) -> tuple[bytes, str] | None:
    kind = KINDS.get(name[name.rfind(".") :])
    if kind is None or not name.startswith("home"):
        return None
    file = resources.files("voice_interviewer.review").joinpath("templates", name)
    return (file.read_bytes(), kind) if file.is_file() else None


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("voice_interviewer.review", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": clock, "date": date, "size": size, "length_of": _length}
    return environment


def size(size_bytes: int) -> str:
    """Disk use as a person reads it."""
    if size_bytes >= 1e9:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e5 else f"{max(1, round(size_bytes / 1e3))} kB"


def _length(seconds: float) -> str:
    return lasting(round(seconds * 1000)) if seconds else "no recording"


def _month(row: SessionRow) -> str:
    try:
        return datetime.fromisoformat(row.started).strftime("%B %Y")
    except ValueError:
        return "Date not recorded"


def _shown(hit: Hit) -> dict[str, Any]:
    """As the page says it, so that its script need not."""
    return {"date": date(hit.started or None), "clock": clock(hit.start_ms)}
