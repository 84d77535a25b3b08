"""The page as a file, in a real browser: hearing, reading, guessing; by hand, by keyboard, on paper."""

import base64
import io
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from page_browser import READY, chromium, opened, serious, tab_to
from page_reports import MAIN, full_report, long_report, write_sound
from playwright.sync_api import Browser, Page

from voice_interviewer.review import html
from voice_interviewer.review.html import Attempt, render_html
from voice_interviewer.review.markdown import render_markdown
from voice_interviewer.review.model import Report

pytestmark = pytest.mark.browser

HOSTILE = (
    "</script><script>document.title='owned'</script>"
    "<img src=x onerror=alert(1)>\"'><style>*{}</style>{{7*7}}"
)
BEFORE = Attempt(
    "2026-11-20T10-00-00_data-engineer_senior",
    "2026-11-20T10:00:00+00:00",
    "failure-hunt",
    2,
    {"situation": "heard", "result": "not_heard"},
    "We had a failure and looked at it together.",
)

ALL_DRAWN = (
    "document.querySelectorAll('article').forEach(each => { each.style.contentVisibility = 'visible' })"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page")
    write_sound(full_report(), made)
    for name, revealed in (("covered", False), ("shown", True)):
        page = render_html(full_report(revealed), made, attempts=(BEFORE,))
        (made / f"{name}.html").write_text(page, encoding="utf-8")
    return made


def show(page: Page, folder: Path, name: str = "covered") -> None:
    page.goto((folder / f"{name}.html").as_uri())
    page.wait_for_selector(READY, state="attached")


def heard_at_ms(page: Page) -> float:
    """Where the sound is when it has just begun."""
    return float(page.evaluate("window.heard")) * 1000


LISTEN = """void (window.heard = new Promise(resolve => {
    const sound = document.getElementById('sound');
    sound.addEventListener('playing', () => resolve(sound.currentTime), { once: true });
}))"""


def test_a_word_plays_from_where_it_was_said(browser: Browser, folder: Path) -> None:
    with opened(browser) as page:
        show(page, folder)
        for number in (3, 21):
            page.evaluate("document.getElementById('sound').pause()")
            page.evaluate(LISTEN)
            word = page.locator("[data-turn='1'] .w").nth(number)
            start_ms = float(word.get_attribute("data-s") or 0)
            word.click()
            assert abs(heard_at_ms(page) - start_ms) <= 150
            page.wait_for_selector(".w.on", state="attached")
            assert page.locator(".turn.now").count() == 1


def test_a_remark_plays_its_own_words_with_air_around_them(browser: Browser, folder: Path) -> None:
    with opened(browser) as page:
        show(page, folder)
        page.evaluate(LISTEN)
        quote = page.locator(".comment.keep button.quote")
        start_ms, end_ms = (float(quote.get_attribute(f"data-{edge}") or 0) for edge in ("start", "end"))
        quote.click()
        assert heard_at_ms(page) == pytest.approx(start_ms - 300, abs=150)
        page.wait_for_selector("#toggle[aria-label=Pause]")
        page.wait_for_selector("#toggle[aria-label=Play]")  # it stops by itself
        stopped_ms = page.evaluate("document.getElementById('sound').currentTime * 1000")
        assert end_ms + 300 <= stopped_ms < end_ms + 900


def test_every_question_in_view_has_its_outline(browser: Browser, folder: Path) -> None:
    with opened(browser) as page:
        show(page, folder)
        wave = page.locator("#q-0 .wave")
        wave.scroll_into_view_if_needed()
        page.wait_for_selector("#q-0 .wave[data-drawn]")
        assert wave.locator("canvas").count() >= 2  # one a side, through the shadow root
        marks = {kind: wave.locator(f".at.{kind}").count() for kind in ("pause", "filler", "probe")}
        assert marks == {"pause": 1, "filler": 1, "probe": 1}
        page.evaluate(LISTEN)
        box = wave.bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
        middle_ms = sum(float(wave.get_attribute(f"data-{edge}") or 0) for edge in ("start", "end")) / 2
        assert heard_at_ms(page) == pytest.approx(middle_ms, abs=300)


def test_levels_are_covered_until_they_are_asked_for(browser: Browser, folder: Path) -> None:
    with opened(browser) as page:
        show(page, folder)
        assert page.locator(".levels:visible").count() == 0
        page.locator("fieldset.guess label", has_text="2").click()
        page.locator("#reveal").click()
        assert page.locator(".levels:visible").count() >= 3
        assert page.locator(".guessed").first.inner_text() == "Your guess was 2."
        seen = " ".join(page.locator("#q-0 .card").inner_text().split())
        assert "3 of 5: a real failure" in seen
        assert "Anywhere from 3 to 4" in seen
        assert "Senior would pass Lead lacks what it costs" in seen
        assert page.locator("fieldset.guess, .covered, #reveal").count() == 0


def test_the_keyboard_alone_is_enough(browser: Browser, folder: Path) -> None:
    with opened(browser) as page:
        show(page, folder)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        tab_to(page, "#reveal")
        tab_to(page, "#q-0 [data-turn='1'] .w")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("document.activeElement.textContent") == MAIN[1]
        page.evaluate(LISTEN)
        page.keyboard.press("Enter")
        assert heard_at_ms(page) == pytest.approx(
            float(page.evaluate("document.activeElement.dataset.s")), abs=150
        )
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.textContent") == "table"
        page.keyboard.press("e")
        assert "voice-interviewer review" in page.locator("#told").inner_text()
        assert tab_to(page, "#q-0 .play") <= 2  # one stop for all words of an answer
        tab_to(page, ".why summary")
        page.keyboard.press("Enter")
        assert "One sentence on how it ended." in page.locator("details.why").first.inner_text()
        tab_to(page, "fieldset.guess input")
        page.keyboard.press("ArrowRight")
        assert page.locator("fieldset.guess input:checked").count() == 1
        tab_to(page, "#hide-delivery")
        page.keyboard.press("Enter")
        assert not page.locator("#delivery-body").is_visible()
        page.reload()
        assert not page.locator("#delivery-body").is_visible()


def test_the_check_finds_what_is_wrong(browser: Browser) -> None:
    with opened(browser) as page:
        page.set_content("<html lang=en><title>x</title><main><h1>x</h1><button></button></main>")
        assert serious(page)


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("shown", 1280, "light"), ("shown", 1280, "dark"), ("covered", 360, "light")],
)
def test_nothing_serious_for_those_who_cannot_see_it(
    browser: Browser, folder: Path, name: str, width: int, scheme: str
) -> None:
    with opened(browser, width, color_scheme=scheme, reduced_motion="reduce") as page:
        show(page, folder, name)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.evaluate(
            "document.querySelectorAll('article').forEach(a => { a.style.contentVisibility = 'visible' })"
        )
        assert serious(page) == []
        headings = page.evaluate(
            "Array.from(document.querySelectorAll('h1,h2,h3,h4')).filter(h => h.offsetParent)"
            ".map(h => Number(h.tagName[1]))"
        )
        assert all(lower <= upper + 1 for upper, lower in pairwise(headings))


@pytest.mark.parametrize(("width", "scale"), [(640, 2), (360, 1), (320, 4)])
def test_no_width_needs_sideways_scrolling(browser: Browser, folder: Path, width: int, scale: int) -> None:
    with opened(browser, width, 450, device_scale_factor=scale) as page:
        show(page, folder, "shown")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.evaluate(
            "document.querySelectorAll('article').forEach(a => { a.style.contentVisibility = 'visible' })"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["shown", "covered"])
def test_on_paper_all_is_unfolded_and_nothing_can_be_pressed(
    browser: Browser, folder: Path, name: str
) -> None:
    with opened(browser) as page:
        show(page, folder, name)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.locator("details:not([open])").count() == 0
        assert page.locator(".main:visible, .small:visible, .play:visible, .player:visible").count() == 0
        assert page.locator("blockquote:visible").count() >= 1
        assert (page.locator(".levels:visible").count() > 0) is (name == "shown")
        assert page.pdf()[:5] == b"%PDF-"


def test_what_was_said_stays_text(browser: Browser, tmp_path: Path) -> None:
    report = full_report(True, said=lambda text: f"{HOSTILE} {text}")
    write_sound(report, tmp_path)
    attempt = Attempt(HOSTILE, HOSTILE, "failure-hunt", 1, {HOSTILE: HOSTILE}, HOSTILE)
    (tmp_path / "covered.html").write_text(
        render_html(report, tmp_path, attempts=(attempt,)), encoding="utf-8"
    )
    with opened(browser) as page:
        show(page, tmp_path)
        assert page.title().startswith("</script><script>document.title='owned'")
        assert page.locator("img, style:not(head style)").count() == 0
        assert page.evaluate("document.scripts.length") == 3  # the waveform, the outline's numbers, our own
        page.locator("[data-turn='1'] .w").first.click()
        page.keyboard.press("e")
        assert "49" not in page.locator("main").inner_text()
        assert page.title().startswith("</script>")
    told = render_markdown(report)
    assert "<script" not in told.replace("\\<script", "").replace("&lt;script", "")
    assert "<img" not in told


def test_an_hour_of_talk_opens_at_once(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = long_report()
    write_long(report, tmp_path, monkeypatch)
    size_mb = (tmp_path / "covered.html").stat().st_size / 1e6
    with opened(browser) as page:
        show(page, tmp_path)
        times = page.evaluate(
            "[performance.getEntriesByName('first-contentful-paint')[0].startTime,"
            " performance.getEntriesByType('navigation')[0].loadEventEnd, performance.now()]"
        )
        words = page.locator(".w").count()
        page.evaluate(LISTEN)
        last = page.locator(".w[data-s]").last
        last.scroll_into_view_if_needed()
        last.click()
    painted, loaded, playable = (round(each) for each in times)
    print(
        f"{words} words, {size_mb:.0f} MB: painted {painted} ms, loaded {loaded} ms, playable {playable} ms"
    )
    assert words >= 9000
    assert size_mb > 50
    assert playable < 8000  # measured 1-2 s on two idle cores; others run beside this test


def write_long(report: Report, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """40 MB of sound, without encoding an hour of it: one short piece over and over."""
    out, tone = io.BytesIO(), np.sin(np.arange(16_000 * 20) / 8) / 4
    soundfile.write(out, tone, 16_000, format="MP3", subtype="MPEG_LAYER_III", bitrate_mode="CONSTANT")
    mp3 = out.getvalue() * (40_000_000 // len(out.getvalue()) + 1)
    length_ms = report.totals.length_ms
    sides = {side: [n % 60 for n in range(length_ms // 50)] for side in ("interviewer", "candidate")}
    outline = json.dumps({"duration_ms": length_ms, "per_s": 20, **sides})
    sound = html.PageSound(length_ms, 0, base64.b64encode(mp3).decode(), outline)
    monkeypatch.setattr(html, "_embedded_sound", lambda *_: (sound, None))
    (folder / "covered.html").write_text(render_html(report, folder), encoding="utf-8")
