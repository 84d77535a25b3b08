"""The page about progress: what it says without plots, and what it does in a real browser."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import chromium
from plain_reports import question, report

from voice_interviewer.core.learning.progress import QUIET_WPM, Progress, progress_of
from voice_interviewer.review.model import Drill
from voice_interviewer.review.progress import render_progress

POINT = "point:p1"
ATTACK = '</script><script>document.title="run"</script><img src=x onerror="document.title=1">'


def months(text: str = "Tell me about a conflict with a colleague, and how you handled it.") -> Progress:
    """Three months of the same question, another one, a drilled move, and one answered once."""
    states = ["not_heard", "not_heard", "after_probe", "unsure", "after_probe", "at_once", "at_once"]
    reports = []
    for at, state in enumerate(states):
        slots = {"own_action": "at_once", "result": state, "measure": states[max(0, at - 2)], POINT: state}
        guessed: dict[str, Any] = {"level": 2 + at // 3, "rated": 4} if at > 1 else {}
        told = question(slots, turns=tuple(range(1, 4 - at // 3)), wpm=185 - 8 * at, text=text, **guessed)
        reports.append(
            report(f"2026-{8 + at // 3:02}-{3 + 9 * (at % 3):02}", told, cut_ins=(1,) if at == 2 else ())
        )
    for at, state in enumerate(("not_heard", "at_once")):
        told = question({"result": state}, id="mistake", family="mistake", text="Tell me about a mistake.")
        reports.append(report(f"2026-09-1{at}", told))
    for at, heard in enumerate(((0, 1), (2, 3))):
        asks = [
            question(
                {"measure": "at_once" if n < heard[0] else "not_heard"},
                id=f"drill-quantify-{n}",
                family="drill-quantify",
            )
            for n in range(3)
        ]
        reports.append(report(f"2026-10-2{at}", *asks, drill=Drill(None, "quantify", None)))
    reports.append(report("2026-10-30", question({"result": "at_once"}, id="once", family="once")))
    return progress_of(reports)


# --- without a browser --------------------------------------------------------------------------------------


def test_every_plot_has_its_table_and_says_the_same_in_words() -> None:
    page = render_progress(months(), live=False)
    plots = re.findall(r'data-plot="([^"]*)"', page)
    assert len(plots) > 10
    for group in page.split('class="group"')[1:]:
        assert "<table>" in group
        rows = re.findall(r'<th scope="row">([^<]*)</th>', group)
        captions = re.findall(r"<figcaption>([^<]*)", group)
        assert {caption.strip() for caption in captions} <= set(rows)
        assert len(re.findall(r'role="img" aria-label="[^"]+"', group)) == len(captions)


def test_it_loads_nothing_and_runs_nothing_else() -> None:
    page = render_progress(months(), live=False)
    assert not re.search(r"""(?:src|href)=["'](?!#|data:,|/)""", page.split("<script>")[0])
    policy = html.unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == 2


def test_what_was_said_is_never_markup() -> None:
    page = render_progress(months(ATTACK), live=True, token="secret-token")
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert "secret-token" not in page


def test_live_it_leads_to_the_sessions_and_as_a_file_nowhere() -> None:
    assert 'href="/session/2026-08-03T09-00-00_nurse_senior"' in render_progress(months(), live=True)
    assert 'href="/' not in render_progress(months(), live=False)


def test_too_little_is_said_kindly() -> None:
    once = progress_of([report("2026-11-02", question({"result": "at_once"}))])
    page = render_progress(once, live=False)
    assert "nothing to compare yet" in page
    assert "voice-interviewer drill --question conflict" in page
    assert "nothing to compare yet" in render_progress(progress_of([]), live=True)


def test_no_total_no_percentage_no_word_about_the_person() -> None:
    body = re.search(r"<body>(.*)<script>", render_progress(months(), live=True), re.DOTALL)[1]
    text = html.unescape(re.sub(r"<[^>]*>", " ", body)).casefold()
    for word in (
        "confiden",
        "personality",
        "emotion",
        "honest",
        "hire",
        "score",
        "%",
        "grade",
        "better than",
    ):
        assert word not in text, word


# --- in a browser -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    where = chromium()
    if where is None:
        pytest.skip("there is no Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(chrome: Any, page_file: Path, width: int = 1280, scheme: str = "light") -> tuple[Any, list[str]]:
    """The page in a window of that width, and everything the console said."""
    context = chrome.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request",
        lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    page.goto(page_file.as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === 'plots'")
    page.wait_for_function("document.querySelector('.plot canvas')")
    return page, said


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    path = tmp_path / "progress.html"
    path.write_text(render_progress(months(), live=False), encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
)
def test_it_is_drawn_fits_and_has_no_serious_finding(
    chrome, page_file, tmp_path, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, said = opened(chrome, page_file, width, scheme)
    page.evaluate("document.querySelectorAll('.plot').forEach(each => each.scrollIntoView())")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    serious = [
        each["id"]
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert said == []
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert (tmp_path / "page.png").stat().st_size > 20_000
    page.context.close()


@pytest.mark.browser
def test_the_plots_show_what_the_table_says(chrome, page_file) -> None:
    """A bar of the colour of "at once" stands where the last session has it, and none in the first."""
    page, _ = opened(chrome, page_file)
    box = page.locator(".plot.shares", has=page.locator("canvas")).nth(1)
    assert box.get_attribute("aria-label").startswith("How it ended")
    colours = box.locator("canvas").evaluate(
        """(canvas) => {
            const ctx = canvas.getContext("2d");
            const look = (x, y) => ctx.getImageData(canvas.width * x, canvas.height * y, 1, 1).data;
            const at = (share) => [...look(share, 0.4).slice(0, 3)];
            return [at(0.5 / 7), at(6.5 / 7), at(3.5 / 7)];
        }"""
    )
    once = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--once').trim()")
    rgb = [int(once[at : at + 2], 16) for at in (1, 3, 5)]
    assert colours[1] == rgb
    assert colours[0] != rgb
    assert colours[2] == [0, 0, 0], "the unsure one is left out"
    page.context.close()


@pytest.mark.browser
def test_by_keyboard_every_question_and_table_can_be_reached(chrome, page_file) -> None:
    page, _ = opened(chrome, page_file, width=360)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.className")
        )
    assert {"#main", "#question-1", "#question-2", "#question-3", "wide"} <= reached
    page.context.close()


@pytest.mark.browser
def test_printed_every_plot_is_drawn_in_light(chrome, page_file) -> None:
    page, said = opened(chrome, page_file, scheme="dark")
    drawn = page.evaluate("document.querySelectorAll('.plot canvas').length")
    assert drawn < page.evaluate("document.querySelectorAll('.plot').length"), "some are out of view"
    assert len(page.pdf()) > 20_000
    assert page.evaluate(
        "[...document.querySelectorAll('.plot')].every(each => each.querySelector('canvas'))"
    )
    assert not page.evaluate("document.documentElement.classList.contains('printing')")
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_no_attack_runs(chrome, tmp_path) -> None:
    path = tmp_path / "progress.html"
    path.write_text(render_progress(months(ATTACK), live=False), encoding="utf-8")
    page, said = opened(chrome, path)
    assert page.title() == "How your answers changed"
    assert page.locator("img").count() == 0
    assert page.locator("h2").first.inner_text() == ATTACK
    assert said == []
    page.context.close()


def test_the_quiet_band_is_told() -> None:
    assert f"{QUIET_WPM[0]} to {QUIET_WPM[1]}" in render_progress(months(), live=False)
