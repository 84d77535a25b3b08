"""Who may ask the review app for anything: this machine's own browser, with the token it was given.

A page from elsewhere can reach 127.0.0.1 through the browser that shows it. It cannot know the token, its
requests say where they come from (Origin, Sec-Fetch-Site), and a name it bound to 127.0.0.1 shows in Host.
See https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site for what browsers send.
"""

import hmac
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 128 * 1024
"""Bytes of a request's body: a note of 10,000 characters, however it is escaped, and some room."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
}
"""On every answer that does not say otherwise."""

ASK_AGAIN = "Open the address that `voice-interviewer review` printed; each start has a new one."


class Guard:
    """ASGI middleware: refuses what does not come from our own page, and dresses every answer."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"voice_interviewer_{port}"  # cookies know no ports: two running apps would fight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            raise RuntimeError(f"unexpected {scope['type']}")
        headers = Headers(scope=scope)
        dressed = _dressed(send)
        refused = self._refusal(scope, headers)
        if refused is not None:
            return await refused(scope, receive, dressed)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if scope["method"] == "GET" and "token" in query and "text/html" in headers.get("accept", ""):
            return await self._remember(scope, query)(scope, receive, dressed)
        if scope["method"] == "POST":
            body = await _body(headers, receive)
            if body is None:
                return await said(headers, 413, "That is too much for one request.")(scope, receive, dressed)
            receive = _again(body, receive)
        return await self._app(scope, receive, dressed)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host, origin = headers.getlist("host"), headers.get("origin")
        if len(host) != 1 or host[0].lower() not in self._hosts:
            return said(headers, 403, "This app only answers under its own address, 127.0.0.1.")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return said(headers, 405, "That is not possible here.")
        if origin is not None and origin.lower() != f"http://{host[0].lower()}":
            return said(headers, 403, "Another page asked for this, not the review itself.")
        if not _own_or_navigation(scope, headers):
            return said(headers, 403, "Another page asked for this, not the review itself.")
        if not self._knows_token(scope, headers):
            return said(headers, 403, f"The key is missing or wrong. {ASK_AGAIN}")
        return self._post_refusal(headers) if scope["method"] == "POST" else None

    def _post_refusal(self, headers: Headers) -> Response | None:
        """What changes something must come from a page of ours that also names the token itself."""
        if headers.get("origin") is None:
            return said(headers, 403, "Another page asked for this, not the review itself.")
        if not self._is_token(headers.get("x-token")):
            return said(headers, 403, f"The key is missing or wrong. {ASK_AGAIN}")
        if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return said(headers, 415, "Only JSON is understood here.")
        return None

    def _knows_token(self, scope: Scope, headers: Headers) -> bool:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        cookie = cookie_parser(headers.get("cookie", "")).get(self._cookie)
        return any(self._is_token(each) for each in (query.get("token"), cookie, headers.get("x-token")))

    def _is_token(self, text: str | None) -> bool:
        return text is not None and hmac.compare_digest(text.encode("utf-8", "replace"), self._token)

    def _remember(self, scope: Scope, query: dict[str, str]) -> Response:
        """From the address into a cookie, so that the token stands in no history and no bookmark."""
        rest = urlencode({name: value for name, value in query.items() if name != "token"})
        path = "/" + scope["path"].lstrip("/")  # "//elsewhere" would lead to another machine
        answer = RedirectResponse(path + ("?" + rest if rest else ""), status_code=303)
        answer.set_cookie(self._cookie, self._token.decode(), path="/", httponly=True, samesite="strict")
        return answer


def said(headers: Headers, status: int, line: str) -> Response:
    """A refusal in one line, in the form the asker reads."""
    if "text/html" in headers.get("accept", ""):
        return PlainTextResponse(line + "\n", status)
    return JSONResponse({"error": line}, status)


def _own_or_navigation(scope: Scope, headers: Headers) -> bool:
    """What our own page fetches, or a person opening a page. Sites without the header are judged by the
    rest."""
    site = headers.get("sec-fetch-site", "none")
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return site in ("same-origin", "none") or (scope["method"] == "GET" and opened)


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body, None where it is too long; no more than that is ever held."""
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return None
    body: bytes = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MAX_BODY:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def once() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _dressed(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return dressed
