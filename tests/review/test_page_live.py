"""The page inside the app: every action reaches a backend, here a few answers without a server."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from page_browser import READY, chromium, opened, serious
from page_reports import SESSION, full_report, write_sound
from playwright.sync_api import Browser, Page, Route
from review_app import TOKEN as APP_TOKEN
from review_app import running

from voice_interviewer.review.html import Live, render_html
from voice_interviewer.review.model import Report
from voice_interviewer.web.sound import peaks

pytestmark = pytest.mark.browser

SITE, TOKEN = "http://127.0.0.1:9", "t-o_k-e.n"
BASE = f"/session/{SESSION}"


class Backend:
    """What the app would answer. The report changes as it would; `told` is what the page asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report: Report = full_report()
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[str] = []
        self.states = [("running", None), ("done", "2026-11-24T11-00-00_data-engineer_senior")]
        self.refuse = False

    def answer(self, route: Route) -> None:
        request = route.request
        what = request.url.removeprefix(SITE).removeprefix(BASE).split("?")[0]
        self.asked.append(what)
        if request.method == "POST":
            self._post(route, what, json.loads(request.post_data or "{}"))
        elif what == "/audio":
            self._sound(route)
        elif what == "/peaks.json":
            route.fulfill(json=peaks(self.folder / "dialogue.wav"))
        elif what.startswith("/jobs/"):
            state, session = self.states[0] if len(self.states) == 1 else self.states.pop(0)
            route.fulfill(json={"state": state, "lines": ["Ready?", "<b>Listening</b>"], "session": session})
        elif what.startswith("/tightened/") or what == "/reel.mp3":
            self._sound(route)
        else:
            page = render_html(self.report, self.folder, Live(BASE, TOKEN))
            route.fulfill(body=page, content_type="text/html")

    def _sound(self, route: Route) -> None:
        """In ranges, without which no player can go to a place."""
        data = (self.folder / "dialogue.wav").read_bytes()
        first, _, last = route.request.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")
        start, end = int(first), int(last or len(data) - 1)
        headers = {"accept-ranges": "bytes", "content-range": f"bytes {start}-{end}/{len(data)}"}
        route.fulfill(status=206, body=data[start : end + 1], headers=headers, content_type="audio/wav")

    def _post(self, route: Route, what: str, body: dict[str, Any]) -> None:
        assert route.request.headers["x-token"] == TOKEN
        assert route.request.headers["content-type"] == "application/json"
        self.told.append((what, body))
        if self.refuse:
            route.fulfill(status=409, json={"error": "A drill is running already."})
            return
        if what == "/retry":
            route.fulfill(status=202, json={"job": 1})
            return
        if what == "/reveal":
            self.report = replace(self.report, revealed=True)
        elif what == "/correct":
            self._correct(body)
        route.fulfill(json={"report": {}, "question": "failure-hunt"})

    def _correct(self, body: dict[str, Any]) -> None:
        at = next(n for n, entry in enumerate(self.report.dialogue) if entry.turn == body["turn"])
        entry = self.report.dialogue[at]
        words = tuple(
            replace(word, text=body["text"], heard=word.text, doubtful=False)
            if word.number == body["word"]
            else word
            for word in entry.words
        )
        changed = replace(entry, words=words)
        dialogue = (*self.report.dialogue[:at], changed, *self.report.dialogue[at + 1 :])
        first = self.report.questions[0]
        assert first.feedback
        better = replace(first, feedback=replace(first.feedback, anchor="as it was really said"))
        self.report = replace(self.report, dialogue=dialogue, questions=(better, *self.report.questions[1:]))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    write_sound(full_report(), folder)
    return folder


@pytest.fixture
def backend(sound: Path) -> Backend:
    return Backend(sound)


@pytest.fixture
def page(browser: Browser, backend: Backend) -> Iterator[Page]:
    with opened(browser) as tab:
        tab.route(f"{SITE}/**", backend.answer)
        tab.goto(SITE + BASE)
        tab.wait_for_selector(READY, state="attached")
        yield tab


def doing(page: Page, what: str, act: Callable[[], Any]) -> None:
    """Until the page has had its answer."""
    with page.expect_response(SITE + BASE + what):
        act()


def test_levels_that_are_covered_are_not_even_in_the_page(page: Page, backend: Backend) -> None:
    assert "a real failure, followed to its cause" not in page.content()
    doing(page, "/reveal", lambda: page.locator("#reveal").click())
    page.wait_for_selector("#q-0 .levels:visible")
    assert backend.told == [("/reveal", {})]
    assert page.locator("#overview .levels:visible").count() == 1
    assert page.locator("#reveal, fieldset.guess, .covered").count() == 0
    page.locator("#q-0 .wave").scroll_into_view_if_needed()
    page.wait_for_selector("#q-0 .wave[data-drawn]")  # the new part has its outline again


def test_a_guess_is_kept(page: Page, backend: Backend) -> None:
    doing(page, "/rate", lambda: page.locator("fieldset.guess label", has_text="4").click())
    assert backend.told == [("/rate", {"question": "failure-hunt", "level": 4})]


def test_a_misheard_word_is_corrected_by_keyboard(page: Page, backend: Backend) -> None:
    backend.report = replace(backend.report, revealed=True)
    page.reload()
    page.wait_for_selector(READY, state="attached")
    page.locator("#q-0 form.note textarea").fill("half a thought")
    page.locator("[data-turn='1'] .w").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "load, may be misheard"
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "edit-word"
    page.keyboard.type("ingestion")
    doing(page, "/correct", lambda: page.keyboard.press("Enter"))
    page.wait_for_selector("#q-0 .levels:has-text('as it was really said')")
    assert backend.told == [("/correct", {"turn": 1, "word": 5, "text": "ingestion"})]
    page.wait_for_selector(".w:focus")
    assert page.evaluate("document.activeElement.textContent") == "ingestion"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "ingestion, heard as load"
    assert page.locator("#q-0 form.note textarea").input_value() == "half a thought"
    assert not page.locator("#edit").is_visible()
    page.keyboard.press("e")
    doing(page, "/correct", lambda: page.locator("#edit .back").click())
    assert backend.told[-1] == ("/correct", {"turn": 1, "word": 5, "text": None})


def test_words_are_corrected_by_hand_too(page: Page) -> None:
    page.locator("#q-0 .correct").first.click()
    page.locator("[data-turn='1'] .w", has_text="lock").click()
    assert page.locator("#edit q").text_content() == "lock"
    page.keyboard.press("Escape")
    assert not page.locator("#edit").is_visible()


def test_a_question_is_tried_again(page: Page, backend: Backend) -> None:
    doing(page, "/retry", lambda: page.locator("#q-0 .retry").click())
    page.wait_for_selector("#job .open:visible")
    assert backend.told == [("/retry", {"question": "failure-hunt", "move": None})]
    assert page.locator("#job .state").inner_text() == "The drill is over."
    assert page.locator("#job .lines").inner_text() == "Ready?\n<b>Listening</b>"
    assert page.locator("#job .open").get_attribute("href") == (
        "/session/2026-11-24T11-00-00_data-engineer_senior"
    )
    assert serious(page) == []
    page.keyboard.press("Escape")
    doing(page, "/retry", lambda: page.locator("#next .retry").first.click())
    assert backend.told[-1] == ("/retry", {"question": None, "move": "reflection"})


def test_a_drill_that_cannot_begin_says_why(browser: Browser, backend: Backend) -> None:
    backend.refuse = True
    context = browser.new_context()
    tab = context.new_page()
    tab.route(f"{SITE}/**", backend.answer)
    tab.goto(SITE + BASE)
    tab.locator("#q-0 .retry").click()
    tab.wait_for_selector("#told:has-text('A drill is running already.')")
    assert not tab.locator("#job").is_visible()
    context.close()


def test_tags_and_notes_are_kept(page: Page, backend: Backend) -> None:
    page.locator("#tag-list").fill("first try,  loads ,")
    doing(page, "/tags", lambda: page.keyboard.press("Enter"))
    page.locator("#note-0").fill("Calmer than last week.")
    doing(page, "/note", lambda: page.locator(".mine form.note button").click())
    page.locator("#q-0 form.note textarea").fill("Say ten weeks first.")
    doing(page, "/note", lambda: page.locator("#q-0 form.note button").click())
    assert backend.told == [
        ("/tags", {"tags": ["first try", "loads"]}),
        ("/note", {"question": None, "text": "Calmer than last week."}),
        ("/note", {"question": "failure-hunt", "text": "Say ten weeks first."}),
    ]


def test_the_tightened_answer_and_the_reel_can_be_heard(page: Page, backend: Backend) -> None:
    doing(page, "/tightened/failure-hunt.wav", lambda: page.locator("#q-0 .aloud").click())
    page.wait_for_selector("#q-0 .aloud.playing")
    doing(page, "/reel.mp3", lambda: page.locator("#reel").click())
    assert page.locator(".playing").count() == 1  # one thing at a time
    page.locator("#toggle").click()
    page.wait_for_selector("#reel:not(.playing)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_for_those_who_cannot_see_it(browser: Browser, backend: Backend, scheme: str) -> None:
    with opened(browser, 360, 740, color_scheme=scheme, reduced_motion="reduce") as tab:
        tab.route(f"{SITE}/**", backend.answer)
        tab.goto(SITE + BASE)
        tab.wait_for_selector(READY, state="attached")
        tab.locator("[data-turn='1'] .w").first.click()
        tab.keyboard.press("e")
        assert serious(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_search_leads_to_the_place(browser: Browser, backend: Backend) -> None:
    word = backend.report.dialogue[2].words[20]
    with opened(browser) as tab:
        tab.route(f"{SITE}/**", backend.answer)
        tab.goto(f"{SITE}{BASE}#t={word.start_ms}")
        tab.wait_for_selector(READY, state="attached")
        tab.wait_for_selector(".turn.found [data-turn='1']")
        at_ms = tab.evaluate("document.getElementById('sound').currentTime * 1000")
        assert at_ms == pytest.approx(word.start_ms, abs=20)


def test_with_the_real_app_behind_it(browser: Browser, session_folder: Path) -> None:
    with running(session_folder.parent) as app, opened(browser) as tab:
        tab.goto(f"{app.client.origin}/session/{session_folder.name}?token={APP_TOKEN}")
        tab.wait_for_selector(READY, state="attached")
        assert "token" not in tab.url
        word = tab.locator(".w.doubt").first
        word.click()
        tab.wait_for_selector(".w.on", state="attached")
        at_ms = tab.evaluate("document.getElementById('sound').currentTime * 1000")
        assert at_ms >= float(word.get_attribute("data-s") or 0) - 50
        word.press("e")
        tab.keyboard.type("lending")
        judged = len(app.scorer.seen)
        tab.keyboard.press("Enter")
        tab.wait_for_selector(".w.fixed:focus")
        assert tab.evaluate("document.activeElement.textContent") == "lending"
        assert app.scorer.seen[judged:] == ["past-issue"]  # only that answer is judged again
        tab.locator(".retry").first.click()
        tab.wait_for_selector("#job .open:visible")
        assert "Drilling" in tab.locator("#job .lines").inner_text()
