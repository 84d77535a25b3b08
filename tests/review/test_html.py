"""The page: one file that asks for nothing, in which nothing said becomes markup; and how it behaves."""

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from chromium import chromium, open_page

from voice_interviewer.core.model.moves import Move
from voice_interviewer.review import html
from voice_interviewer.review.report import write_reports

FORBIDDEN = ("confidence", "personality", "emotion", "honesty", "hire", "score")
HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><img/src=x/onerror=alert(1)>",
    "\"'><svg/onload=alert(2)>",
    "{{7*7}}",
)


class Outline(HTMLParser):
    """Tags, attributes and the text outside script and style."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.playing: list[str] = []
        """Buttons that play a place in the recording."""
        self.text = ""
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "button" and "data-start" in dict(attrs):
            self.playing.append(str(dict(attrs)["data-start"]))
        self._silent = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data


def outline(path: Path) -> Outline:
    parsed = Outline()
    parsed.feed(path.read_text(encoding="utf-8"))
    return parsed


def hostile(recording) -> Path:
    """A session in which everything said, asked and configured is an attack on the page."""
    recording.about |= {"title": HOSTILE[1], "voice": HOSTILE[2], "started": HOSTILE[0]}
    recording.about["devices"] = {HOSTILE[0]: HOSTILE[1]}
    recording.start()
    recording.until_listening()
    recording.speak(" ".join(HOSTILE))
    recording.done()
    recording.reply(Move("example", HOSTILE[1], "result", HOSTILE[0], HOSTILE[2]))
    recording.until_listening()
    recording.speak(HOSTILE[2])
    return recording.write()


def test_the_page_stands_alone(session_folder: Path) -> None:
    page = write_reports(session_folder).html
    text = page.read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'<]*|//cdn|@import|url\(", text))
    assert addresses <= {
        "http://www.w3.org/1999/xhtml"
    }  # a namespace in the waveform's code, never asked for
    parsed = outline(page)
    assert not [name for name, _ in parsed.attributes if name == "src" or name.startswith("on")]
    assert all(value.startswith("#") for name, value in parsed.attributes if name == "href")
    policy = next(value for name, value in parsed.attributes if name == "content" and "-src" in (value or ""))
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_it_says_what_happened_in_plain_words(recording) -> None:
    seen = " ".join(outline(write_reports(recording.write()).html).text.split())
    for words in (
        "23 November 2026, 14:05",
        "Taken back: you were not finished.",
        "Why was I asked that?",
        "whisper tiny.en int8 cpu",
        "What this page cannot judge",
        "Skipped.",
    ):
        assert words in seen


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_word_judges_the_person(session_folder: Path, word: str) -> None:
    paths = write_reports(session_folder)
    assert word not in outline(paths.html).text.lower()
    assert word not in paths.markdown.read_text(encoding="utf-8").lower()


def test_nothing_said_becomes_markup(new_recording) -> None:
    page = write_reports(hostile(new_recording())).html
    parsed = outline(page)
    assert parsed.tags.count("script") == 4  # the sound, its outline, what draws it, and our own
    assert "img" not in parsed.tags
    assert "49" not in parsed.text
    assert HOSTILE[0] in parsed.text


def test_without_sound_there_is_nothing_to_press(recording) -> None:
    page = write_reports(recording.write(sound=None)).html
    assert not outline(page).playing
    assert "audio" not in outline(page).tags
    assert "There is no recording of this session." in outline(page).text


def test_damaged_sound_costs_the_player_not_the_page(recording) -> None:
    folder = recording.write(sound=None)
    (folder / "dialogue.wav").write_bytes(b"RIFF")
    parsed = outline(write_reports(folder).html)
    assert not parsed.playing
    assert "audio" not in parsed.tags
    assert "cannot be read as sound" in parsed.text


def test_an_empty_session_has_a_page(new_recording) -> None:
    recording = new_recording()
    recording.start()
    parsed = outline(write_reports(recording.write(sound=None)).html)
    assert "Nothing was said in this session." in parsed.text


def test_what_others_wrote_is_what_they_published(session_folder: Path) -> None:
    folder = Path(html.__file__).parent / "static" / "wavesurfer"
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    page = write_reports(session_folder).html.read_text(encoding="utf-8")
    assert (folder / "LICENSE").read_text(encoding="utf-8") in page  # it travels with every copy


@pytest.fixture
def browser(tmp_path: Path):
    program = chromium()
    if program is None:
        pytest.skip("Chromium is not installed")
    with open_page(program, tmp_path / "profile") as page:
        yield page


@pytest.mark.browser
def test_in_a_browser_every_place_can_be_played(session_folder: Path, browser, tmp_path: Path) -> None:
    page = write_reports(session_folder).html
    browser.look(1280, 900)
    browser.open(page)
    browser.wait_for("document.documentElement.dataset.ready === 'sound'")
    wanted_s = (session_folder / "dialogue.wav").stat().st_size / (16_000 * 4)
    assert browser.evaluate("document.getElementById('sound').duration") == pytest.approx(wanted_s, abs=0.05)

    browser.evaluate("document.querySelector('#h3 ~ .pair .card button.quote').click()")
    browser.wait_for("document.querySelector('.w.on')")
    assert browser.evaluate("document.querySelector('.w.on').textContent") in {
        "we",
        "noticed",
        "that",
        "the",
        "loan",
        "model",
    }
    browser.wait_for("document.getElementById('sound').paused")  # stops by itself behind the quote
    end_ms = browser.evaluate("Number(document.querySelector('#h3 ~ .pair .card button.quote').dataset.end)")
    stopped_ms = browser.evaluate("document.getElementById('sound').currentTime * 1000")
    assert end_ms <= stopped_ms < end_ms + 700

    browser.evaluate("document.querySelectorAll('.candidate .w')[3].click()")
    browser.wait_for("document.querySelector('.w.on')")
    for name, width, dark in (("light", 1280, False), ("dark", 1280, True), ("phone", 390, False)):
        browser.look(width, 844, dark)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        browser.screenshot(tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 20_000
    assert browser.messages == []
    assert all(address.startswith(("file:", "blob:")) for address in browser.requests)


@pytest.mark.browser
def test_in_a_browser_no_attack_runs(new_recording, browser) -> None:
    browser.open(write_reports(hostile(new_recording())).html)
    browser.wait_for("document.documentElement.dataset.ready === 'sound'")
    assert browser.evaluate("document.title").startswith("</script>")
    assert browser.evaluate("document.querySelectorAll('img').length") == 0
    assert browser.messages == []


@pytest.mark.browser
def test_in_a_browser_words_can_be_reached_by_keyboard(session_folder: Path, browser) -> None:
    browser.open(write_reports(session_folder).html)
    browser.wait_for("document.documentElement.dataset.ready === 'sound'")
    browser.evaluate("document.querySelector('.words .w').focus()")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        browser.call("Input.dispatchKeyEvent", type="keyDown", key=key)
    assert browser.evaluate("document.activeElement.textContent") == "review"
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Enter")
    browser.wait_for("!document.getElementById('sound').paused")
    place_ms = browser.evaluate("document.getElementById('sound').currentTime * 1000")
    assert place_ms >= browser.evaluate("Number(document.querySelectorAll('.w')[2].dataset.s)") - 50


@pytest.mark.browser
@pytest.mark.parametrize("sound", ["dialogue.wav", None])
@pytest.mark.parametrize("help_by", ["script", "style"])
def test_on_paper_the_reasons_are_unfolded(recording, browser, sound: str | None, help_by: str) -> None:
    def printed() -> int:
        return len(browser.call("Page.printToPDF")["data"])

    browser.open(write_reports(recording.write(sound=sound)).html)
    browser.wait_for("document.documentElement.dataset.ready")
    if help_by == "style":  # what the page's own listener, which came first, has opened is closed again
        fold = "document.querySelectorAll('details').forEach(each => { each.open = false })"
        browser.evaluate(f"addEventListener('beforeprint', () => {{ {fold} }})")
    folded = printed()
    assert browser.evaluate("document.querySelectorAll('details[open]').length") == 0  # as it was
    browser.evaluate("document.querySelector('details.why').open = true")
    assert printed() == folded
    browser.evaluate("document.querySelector('details.why dl').remove()")
    assert printed() < folded - 2000
