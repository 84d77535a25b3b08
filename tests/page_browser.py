"""A headless Chromium for the review page, driven by playwright, and the little the tests ask of it."""

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

READY = "html[data-ready=sound]"


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own browser; playwright's is never fetched."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as driver:
        flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = driver.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser: Browser, width: int = 1280, height: int = 900, **look: Any) -> Iterator[Page]:
    """A fresh tab; whatever it complains of fails the test that opened it."""
    context = browser.new_context(viewport={"width": width, "height": height}, **look)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints, complaints


def tab_to(page: Page, selector: str, most: int = 150) -> int:
    """Press the tab key until that has the focus. Every stop on the way can be seen to have it."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        found, visible = page.evaluate(
            """selector => {
                const node = document.activeElement;
                const shown = node.type === 'radio' ? node.nextElementSibling : node;
                return [node.matches(selector), getComputedStyle(shown).outlineStyle !== 'none'];
            }""",
            selector,
        )
        assert visible, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if found:
            return presses
    raise AssertionError(f"{selector} is not within {most} stops of the tab key")


def serious(page: Page) -> list[str]:
    """What axe-core holds against the page that is serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
