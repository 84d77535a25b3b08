"""The review app: who is let in, what it serves, and that what is done there stays done."""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
from review_app import TOKEN, Client, Running, running

from voice_interviewer.review.report import build_report
from voice_interviewer.store.notes import Corrected, Scored, read_notes
from voice_interviewer.web import desk as app_desk
from voice_interviewer.web.guard import MAX_BODY
from voice_interviewer.web.server import open_socket

WITH_RESULT = "past-issue"
PAGE = "text/html,application/xhtml+xml"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'"


@pytest.fixture
def app(session_folder: Path) -> Iterator[Running]:
    """One finished session, served."""
    with running(session_folder.parent) as found:
        yield found


@pytest.fixture
def base(session_folder: Path) -> str:
    return f"/session/{session_folder.name}"


# --- who is let in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", "żółć"])
def test_without_the_token_nothing_is_answered(app: Running, base: str, token: str | None) -> None:
    for path in ("/", base, f"{base}/audio", f"{base}/report.json", "/search?q=a", "/static/home.css", "/no"):
        value = None if token is None else token.encode("utf-8").decode("latin-1")
        answer = app.client.ask(path, token=value)
        assert answer.status == 403, path
        assert answer.text.count("\n") <= 1
        assert "loan" not in answer.text
        assert app.client.ask(f"{path}?token={quote(token or '')}", token=None).status == 403


def test_the_token_moves_from_the_address_into_a_cookie(app: Running) -> None:
    first = app.client.ask(f"/?q=loan&token={TOKEN}", token=None, accept=PAGE)
    assert first.status == 303
    assert first.headers["location"] == "/?q=loan"
    cookie = first.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}
    assert str(app.client.port) in cookie.split("=")[0], "two running apps must not share one cookie"
    page = app.client.ask("/?q=loan", token=None, accept=PAGE, cookie=cookie.split(";")[0])
    assert page.status == 200
    assert "you said loan" in page.text


def test_the_address_never_leads_elsewhere(app: Running) -> None:
    answer = app.client.ask(f"//elsewhere.example/?token={TOKEN}", token=None, accept=PAGE)
    assert answer.status == 303
    assert answer.headers["location"] == "/elsewhere.example/"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", None]
)
def test_another_name_bound_to_this_machine_is_refused(app: Running, host: str | None) -> None:
    name = None if host is None else host.format(port=app.client.port)
    assert app.client.ask("/", host=name).status in (400, 403)


def test_localhost_is_this_machine_too(app: Running) -> None:
    assert app.client.ask("/", host=f"localhost:{app.client.port}").status == 200


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_another_page_is_refused_whatever_it_knows(app: Running, base: str, origin: str) -> None:
    there = origin.format(port=app.client.port)
    assert app.client.ask(f"{base}/report.json", origin=there).status == 403
    assert app.client.post(f"{base}/reveal", origin=there).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_only_lead_here(app: Running, base: str, site: str) -> None:
    opened = {"sec_fetch_site": site, "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert app.client.ask("/", **opened).status == 200
    assert app.client.ask("/", **opened | {"sec_fetch_dest": "iframe"}).status == 403
    assert app.client.ask(f"{base}/audio", sec_fetch_site=site, sec_fetch_mode="no-cors").status == 403


def test_what_changes_something_needs_our_page_and_the_token_itself(
    app: Running, base: str, session_folder: Path
) -> None:
    cookie = f"voice_interviewer_{app.client.port}={TOKEN}"
    path = f"{base}/reveal"
    assert app.client.post(path, origin=None).status == 403
    assert app.client.post(path, token=None, cookie=cookie).status == 403
    assert app.client.post(f"{path}?token={TOKEN}", token=None).status == 403
    assert app.client.post(path, content_type="text/plain").status == 415
    assert app.client.ask(path).status == 405
    assert app.client.ask(path, "PUT", b"{}").status == 405
    assert read_notes(session_folder) == ()
    assert app.client.post(path).status == 200


def test_every_answer_is_dressed(app: Running, base: str) -> None:
    for path in ("/", base, f"{base}/audio", f"{base}/report.json", "/none", "/static/home.js"):
        headers = app.client.ask(path, accept=PAGE).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
        assert path.endswith("audio") or headers["cache-control"] == "no-store"


# --- what it serves ---------------------------------------------------------------------------------------


def test_home_lists_sessions_and_the_page_opens(app: Running, base: str) -> None:
    home = app.client.ask("/", accept=PAGE).text
    assert f'href="{base}"' in home
    assert "AI Ethics Specialist" in home
    assert "November 2026" in home
    page = app.client.ask(base, accept=PAGE)
    assert page.status == 200
    assert "loan" in page.text


def test_an_empty_library_says_how_to_begin(tmp_path: Path) -> None:
    with running(tmp_path / "none") as found:
        home = found.client.ask("/", accept=PAGE).text
    assert "voice-interviewer practice" in home
    assert 'type="search"' not in home


def test_ranges_of_the_recording_are_exact(app: Running, base: str, session_folder: Path) -> None:
    data = (session_folder / "dialogue.wav").read_bytes()
    path = f"{base}/audio"
    whole = app.client.ask(path)
    assert (whole.status, whole.headers["content-type"]) == (200, "audio/wav")
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.body == data
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=44-", 44, len(data)),
        ("bytes=-500", len(data) - 500, len(data)),
        (f"bytes={len(data) - 1}-{len(data) + 9}", len(data) - 1, len(data)),
    ):
        part = app.client.ask(path, range=asked)
        assert part.status == 206, asked
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(data)}"
        assert part.body == data[start:end]
    assert app.client.ask(path, range=f"bytes={len(data)}-").status == 416


def test_the_flac_is_preferred_as_everywhere(app: Running, base: str, session_folder: Path) -> None:
    samples, rate_hz = soundfile.read(session_folder / "dialogue.wav", dtype="int16")
    soundfile.write(session_folder / "dialogue.flac", samples, rate_hz)
    (session_folder / "dialogue.wav").unlink()
    answer = app.client.ask(f"{base}/audio")
    assert answer.headers["content-type"] == "audio/flac"
    assert answer.body == (session_folder / "dialogue.flac").read_bytes()


def test_peaks_tell_each_side_where_it_spoke(app: Running, base: str, session_folder: Path) -> None:
    found = app.client.ask(f"{base}/peaks.json").json
    samples, rate_hz = soundfile.read(session_folder / "dialogue.wav", dtype="int16")
    step = rate_hz // found["per_s"]
    assert set(found) == {"duration_ms", "per_s", "interviewer", "candidate"}
    assert found["duration_ms"] == len(samples) * 1000 // rate_hz
    for number, side in enumerate(("interviewer", "candidate")):
        own = np.abs(samples[:, number].astype(int))
        expected = [int(own[at : at + step].max()) >> 8 for at in range(0, len(own), step)]
        assert found[side] == expected


def test_one_side_has_one_outline(app: Running, base: str, session_folder: Path) -> None:
    samples, rate_hz = soundfile.read(session_folder / "dialogue.wav", dtype="int16")
    soundfile.write(session_folder / "dialogue.wav", samples[:, 1], rate_hz)
    found = app.client.ask(f"{base}/peaks.json").json
    assert "interviewer" not in found
    assert max(found["candidate"]) > 0


def test_a_session_without_sound_says_so(app: Running, base: str, session_folder: Path) -> None:
    (session_folder / "dialogue.wav").unlink()
    for path in ("audio", "peaks.json"):
        answer = app.client.ask(f"{base}/{path}")
        assert answer.status == 404
        assert answer.json == {"error": "There is no recording of this session."}


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e",
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "..%5csecret",
        "secret%00",
        ".hidden",
        "%2fetc",
        "a" * 300,
    ],
)
def test_nothing_outside_the_sessions_is_reached(session_folder: Path, name: str) -> None:
    root = session_folder.parent
    shutil.copytree(session_folder, root.parent / "secret")
    shutil.copytree(session_folder, root / ".hidden")
    with running(root) as app:
        for path in (f"/session/{name}/report.json", f"/session/{name}/audio", f"/static/{name}"):
            answer = app.client.ask(path)
            assert answer.status in (400, 404), path
            assert b"loan" not in answer.body
    shutil.rmtree(root.parent / "secret")


def test_links_out_of_the_folder_are_not_followed(app: Running, base: str, session_folder: Path) -> None:
    outside = session_folder.parent.parent / "outside.wav"
    (session_folder / "dialogue.wav").rename(outside)
    (session_folder / "dialogue.wav").symlink_to(outside)
    assert app.client.ask(f"{base}/audio").status == 404
    (session_folder.parent / "linked").symlink_to(session_folder, target_is_directory=True)
    assert app.client.ask("/session/linked/report.json").status == 404


def test_search_is_json_and_shown_without_script(app: Running, session_folder: Path) -> None:
    found = app.client.ask(f"/search?q={quote(HOSTILE)}").json
    assert found["query"] == HOSTILE
    assert found["hits"][0]["session"] == session_folder.name
    assert found["hits"][0]["clock"] == "0:01"
    page = app.client.ask(f"/?q={quote(HOSTILE)}", accept=PAGE).text
    assert HOSTILE not in page
    assert "<script>alert" not in page


def test_everything_said_and_noted_stays_text(recording) -> None:
    recording.about |= {"title": HOSTILE, "role": HOSTILE, "level": HOSTILE, "started": HOSTILE}
    recording.about["drill"] = {"question": HOSTILE}
    folder = recording.write()
    with running(folder.parent) as app:
        assert app.client.post(f"/session/{folder.name}/tags", {"tags": [HOSTILE[:40]]}).status == 200
        assert app.client.post(f"/session/{folder.name}/note", {"text": HOSTILE}).status == 200
        for path in ("/", f"/session/{folder.name}", f"/session/{quote(HOSTILE, safe='')}"):
            page = app.client.ask(path, accept=PAGE)
            assert "<script>alert" not in page.text, path
            assert "<img src=x" not in page.text
            assert re.search("script-src '(self|sha256-)", page.headers["content-security-policy"])


def test_what_is_gone_is_a_page_that_says_so(app: Running, base: str) -> None:
    for path in ("/session/2020-01-01T00-00-00_x_y", "/nothing"):
        answer = app.client.ask(path, accept=PAGE)
        assert answer.status == 404
        assert 'href="/"' in answer.text
        assert "Traceback" not in answer.text


def test_a_damaged_record_is_told_not_thrown(app: Running, base: str, session_folder: Path) -> None:
    (session_folder / "events.jsonl").write_text("nonsense\n", encoding="utf-8")
    answer = app.client.ask(base, accept=PAGE)
    assert answer.status == 409
    assert "events.jsonl:1" in answer.text
    assert app.client.ask("/", accept=PAGE).status == 200


def test_a_mistake_of_ours_shows_no_inside(session_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(folder: Path) -> None:
        raise ZeroDivisionError("a secret inside")

    with running(session_folder.parent, report_of=broken) as app:
        answer = app.client.ask(f"/session/{session_folder.name}/report.json")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "a secret inside" in capfd.readouterr().err
    assert answer.headers["x-content-type-options"] == "nosniff"


# --- what is done there -----------------------------------------------------------------------------------


def test_a_corrected_word_is_noted_and_only_its_question_judged_again(
    app: Running, base: str, session_folder: Path
) -> None:
    assert app.client.ask(base, accept=PAGE).status == 200
    asked = sorted(app.scorer.seen)
    assert len(asked) == len(set(asked)) > 1
    app.scorer.seen.clear()
    before = app.client.ask(f"{base}/report.json").json
    question = next(each for each in before["questions"] if each["id"] == WITH_RESULT)
    entry = next(
        each
        for each in before["dialogue"]
        if each["turn"] == question["answers"][0]["turn"] and each["words"]
    )
    word = next(each for each in entry["words"] if each["text"] == "loan")
    answer = app.client.post(
        f"{base}/correct", {"turn": entry["turn"], "word": word["number"], "text": " lone\n"}
    )
    assert answer.status == 200
    assert answer.json["question"] == WITH_RESULT
    assert app.scorer.seen == [WITH_RESULT]
    notes = [note for note in read_notes(session_folder) if isinstance(note, Corrected)]
    assert [(note.turn, note.word, note.text) for note in notes] == [(entry["turn"], word["number"], "lone")]
    shown = [each["text"] for each in answer.json["report"]["dialogue"] if each["turn"] == entry["turn"]]
    assert any("the lone model" in text for text in shown)
    assert app.client.ask(f"{base}/report.json").json == answer.json["report"]


def test_ratings_tags_and_notes_are_kept(app: Running, base: str, session_folder: Path) -> None:
    rated = app.client.post(f"{base}/rate", {"question": WITH_RESULT, "level": 2})
    assert rated.json["question"] == WITH_RESULT
    app.client.post(f"{base}/tags", {"tags": ["calm", " second  try ", "calm"]})
    app.client.post(f"{base}/note", {"question": None, "text": "slept well"})
    app.client.post(f"{base}/note", {"question": WITH_RESULT, "text": "say the number"})
    app.client.post(f"{base}/reveal")
    report = app.client.post(f"{base}/rate", {"question": WITH_RESULT, "level": 5}).json["report"]
    question = next(each for each in report["questions"] if each["id"] == WITH_RESULT)
    assert (report["revealed"], report["tags"], report["note"]) == (
        True,
        ["calm", "second try"],
        "slept well",
    )
    assert (question["rated"], question["note"]) == (2, "say the number"), (
        "rated after the reveal is no guess"
    )
    assert ">calm<" in app.client.ask("/", accept=PAGE).text


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("correct", b"not json", 400),
        ("correct", b"[]", 400),
        ("correct", b'{"turn": 2, "word": 0}', 400),
        ("correct", b'{"turn": "2", "word": 0, "text": "x"}', 400),
        ("correct", b'{"turn": 2, "word": -1, "text": "x"}', 400),
        ("correct", b'{"turn": 2, "word": 0, "text": "x", "more": 1}', 400),
        ("correct", b'{"turn": 2, "word": 9999, "text": "x"}', 404),
        ("correct", b'{"turn": 99, "word": 0, "text": "x"}', 404),
        ("correct", json.dumps({"turn": 2, "word": 0, "text": "x" * 201}).encode(), 400),
        ("correct", b'{"turn": 2, "word": 0, "text": "\xff"}', 400),
        ("rate", b'{"question": "past-issue", "level": 6}', 400),
        ("rate", b'{"question": "none", "level": 3}', 404),
        ("tags", json.dumps({"tags": ["x"] * 21}).encode(), 400),
        ("tags", json.dumps({"tags": ["x" * 41]}).encode(), 400),
        ("note", json.dumps({"text": "x" * 10_001}).encode(), 400),
        ("note", b'{"question": "none", "text": "x"}', 404),
        ("retry", b"{}", 400),
        ("retry", b'{"question": "past-issue", "move": "quantify"}', 400),
        ("retry", b'{"question": "none"}', 404),
        ("retry", b'{"move": "--typed"}', 400),
        ("delete", b"{}", 400),
        ("delete", b'{"confirm": "yes"}', 400),
        ("none", b"{}", 404),
        ("note", b"x" * (MAX_BODY + 1), 413),
    ],
)
def test_what_makes_no_sense_is_one_line_and_changes_nothing(
    app: Running, base: str, session_folder: Path, action: str, body: bytes, status: int
) -> None:
    answer = app.client.post(f"{base}/{action}", body)
    assert answer.status == status
    assert "\n" not in answer.json["error"].strip()
    assert not [note for note in read_notes(session_folder) if not isinstance(note, Scored)]


def test_a_body_without_end_is_cut_off(app: Running, base: str) -> None:
    answer = app.client.ask(
        f"{base}/note",
        "POST",
        b"x",
        origin=app.client.origin,
        content_type="application/json",
        content_length=str(10**9),
    )
    assert answer.status == 413


def test_a_note_as_long_as_allowed_fits(app: Running, base: str) -> None:
    text = "\N{GRINNING FACE}" * 10_000
    assert app.client.post(f"{base}/note", {"text": text}).json["report"]["note"] == text


def test_deleting_asks_and_then_leaves_nothing(app: Running, base: str, session_folder: Path) -> None:
    assert app.client.ask(base, accept=PAGE).status == 200
    answer = app.client.post(f"{base}/delete", {"confirm": session_folder.name})
    assert answer.status == 200
    assert answer.json["freed_bytes"] > 0
    assert not session_folder.exists()
    for path in (base, f"{base}/audio", f"{base}/report.json"):
        assert app.client.ask(path, accept=PAGE).status == 404
    assert app.client.post(f"{base}/reveal").status == 404
    assert not session_folder.exists()
    assert session_folder.name not in app.client.ask("/", accept=PAGE).text


def test_a_second_start_takes_another_port() -> None:
    with open_socket() as first:
        port = first.getsockname()[1]
        with open_socket(port) as second:
            assert second.getsockname()[0] == "127.0.0.1"
            assert second.getsockname()[1] not in (0, port)


def test_a_page_does_not_wait_for_a_slow_judge(session_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_desk, "PATIENCE_S", 0.01)
    go_on = threading.Event()

    def slow(folder: Path):
        assert go_on.wait(60)
        return build_report(folder)

    with running(session_folder.parent, rescore=slow) as app:
        path = f"/session/{session_folder.name}"
        first = app.client.ask(path, accept=PAGE)
        assert (first.status, "refresh" in first.headers) == (200, True)
        assert app.desk.judging
        assert "refresh" in app.client.ask(path, accept=PAGE).headers, "it is not begun twice"
        go_on.set()
        app.desk._judged[session_folder.name][1].result(60)
        assert not app.desk.judging
        second = app.client.ask(path, accept=PAGE)
        assert (second.status, "refresh" in second.headers) == (200, False)


def test_client_is_plain(app: Running) -> None:
    """The tests above rely on paths going out as they stand."""
    assert isinstance(app.client, Client)
    assert app.client.ask("/static/../static/home.css").status == 404
