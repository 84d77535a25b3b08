"""What doctor says about interrupting the interviewer, and what an interview is then held with."""

import sys

import pytest

from voice_interviewer.app import build
from voice_interviewer.cli.echo import WORN, findings
from voice_interviewer.settings.config import cache_dir, load_config
from voice_interviewer.settings.soundlevels import NAME, SoundLevels, keep_levels, last_levels


def found(echo: str = "auto") -> dict[str, tuple[str, str]]:
    return {each.id: (each.state, each.text) for each in findings(load_config({"echo": echo}, {}))}


@pytest.mark.parametrize(
    ("mode", "duplex"),
    [("auto", "half"), ("half-duplex", "half"), ("headphones", "headphones"), ("canceller", "canceller")],
)
def test_the_mode_decides_who_may_interrupt_whom(mode: str, duplex: str) -> None:
    config = load_config({"echo": mode}, {})
    assert build.resumption_settings(config).duplex == duplex
    assert config.settings().full_duplex is (duplex != "half")
    assert (build.make_canceller(config, print) is not None) is (duplex == "canceller")
    assert found(mode)["echo"][0] == "ok"


def test_a_canceller_that_is_not_installed_leaves_half_duplex_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    for name in [name for name in sys.modules if name.split(".")[0] == "livekit"]:
        monkeypatch.delitem(sys.modules, name)
    kept = [entry for entry in sys.path if "site-packages" not in entry]
    config = load_config({"echo": "canceller"}, {})
    monkeypatch.setattr(sys, "path", kept)
    assert config.echo.duplex == "half"
    assert not config.settings().full_duplex
    assert build.make_canceller(config, told.append) is None
    assert told == [
        "The echo canceller is not installed. You cannot interrupt the interviewer by voice."
        " pip install 'voice-interviewer[aec]'"
    ]
    assert found("canceller")["echo"][0] == "missing"


@pytest.mark.parametrize(("echo_dbfs", "state"), [(-30.0, "problem"), (-50.0, "ok")])
def test_an_echo_too_loud_to_speak_over_is_told_from_the_last_check(echo_dbfs: float, state: str) -> None:
    assert "echo_level" not in found()
    levels = SoundLevels("Desk microphone", "Desk speaker", -24.0, -60.0, echo_dbfs)
    keep_levels(levels)
    assert last_levels() == last_levels("Desk microphone", "Desk speaker") == levels
    assert last_levels(speaker="Other") is None
    assert found()["echo_level"][0] == state
    assert ("by key or words only" in found()["echo_level"][1]) is (state == "problem")
    assert "echo_level" not in found("headphones")


def test_levels_that_cannot_be_read_count_as_none() -> None:
    keep_levels(SoundLevels("a", "b", -24.0, -60.0, -30.0))
    (cache_dir() / NAME).write_text('{"echo_dbfs": "loud"}')
    assert last_levels() is None


@pytest.mark.parametrize("name", ["WH-1000XM4 Headphones", "USB Headset", "AirPods Pro", "Galaxy Buds2"])
def test_what_is_worn_is_known_by_its_name(name: str) -> None:
    assert WORN.search(name)


@pytest.mark.parametrize("name", ["Built-in Speakers", "HDMI Output", "default", "Early Bird Monitor"])
def test_a_loudspeaker_is_not(name: str) -> None:
    assert not WORN.search(name)
