"""The home page in a real browser: it is found, heard, searched and deleted, also by keyboard."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import chromium
from review_app import TOKEN, Running, running

OTHERS = {
    "2026-11-21T07-05-00_nurse_junior": {"title": "Nurse", "level": "junior", "state": "open"},
    "2026-10-02T20-00-00_product-manager_lead": {"title": "Product Manager", "drill": {"move": "quantify"}},
}


@pytest.fixture
def app(session_folder: Path) -> Iterator[Running]:
    """Three sessions of two months, with a page about progress."""
    for name, about in OTHERS.items():
        shutil.copytree(session_folder, session_folder.parent / name)
        file = session_folder.parent / name / "session.json"
        started = name[:10] + "T" + name[11:19].replace("-", ":")
        told = json.loads(file.read_text(encoding="utf-8")) | {"started": started} | about
        file.write_text(json.dumps(told), encoding="utf-8")
    with running(session_folder.parent, progress=lambda: "") as found:
        yield found


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    where = chromium()
    if where is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=where, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        browser.close()


def opened(chrome: Any, app: Running, width: int = 1280, scheme: str = "light") -> tuple[Any, list[str]]:
    """The page as the printed address opens it, and everything that went wrong or was asked of elsewhere."""
    context = chrome.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    here = app.client.origin
    page.on("request", lambda request: None if request.url.startswith(here) else said.append(request.url))
    page.goto(f"{here}/?token={TOKEN}")
    until(page, lambda: page.evaluate("document.documentElement.dataset.ready === 'yes'"))
    return page, said


def until(page: Any, holds: Callable[[], Any]) -> None:
    """The page's own policy forbids scripts as text, and so Playwright's way of waiting for one."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(25)
    raise AssertionError("the page did not get there")


def serious(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (640, "dark")]
)
def test_it_fits_and_has_no_serious_finding(chrome: Any, app: Running, width: int, scheme: str) -> None:
    page, said = opened(chrome, app, width, scheme)
    assert "token" not in page.url
    assert serious(page) == []
    page.fill("#q", "numbers")
    until(page, lambda: page.locator(".hit").count() == 3)
    page.click(".delete >> nth=0")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_what_was_found_is_heard(chrome: Any, app: Running) -> None:
    page, said = opened(chrome, app)
    page.fill("#q", "numbers")
    page.click(".hit .play >> nth=0")
    sound = "document.getElementById('sound')"
    # the hit lies from 1.5 to 4 s: it begins 300 ms before
    until(page, lambda: page.evaluate(f"!{sound}.paused && {sound}.currentTime >= 1.2"))
    assert page.evaluate(f"{sound}.currentTime") < 4.3
    page.click(".hit .play >> nth=0")
    until(page, lambda: page.evaluate(f"{sound}.paused"))
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_one_is_deleted_by_keyboard_alone(chrome: Any, app: Running, session_folder: Path) -> None:
    page, said = opened(chrome, app)
    focused = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
    page.evaluate("document.body.focus()")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(focused).startswith("Delete Nurse"):
            break
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "Keep it", "nothing is lost by one key too many"
    page.keyboard.press("Escape")
    assert page.evaluate(focused).startswith("Delete Nurse")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, lambda: page.locator(".row").count() == 2)
    assert not (session_folder.parent / "2026-11-21T07-05-00_nurse_junior").exists()
    assert "was deleted" in page.text_content("#told")
    assert page.text_content("#count") == "2 interviews"
    assert page.evaluate("document.activeElement.tagName") == "A"
    assert said == []
    page.context.close()
