"""Settings: which source wins, what is refused and how it is told, and that last choices are never lost."""

import stat
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from voice_audio.segmenter import SegmenterSettings
from voice_interviewer.cli.sessions import sessions
from voice_interviewer.content.resources import content, load_bank
from voice_interviewer.core.model.bank import LEVELS
from voice_interviewer.core.turns.events import Settings
from voice_interviewer.errors import BankProblem, UsageProblem
from voice_interviewer.settings import config
from voice_interviewer.settings.config import (
    Preferences,
    load_config,
    load_preferences,
    save_preferences,
    style_names,
)


@pytest.fixture
def own(fresh_home: Path) -> Path:
    """The path of the person's own config.toml; not there yet."""
    fresh_home.mkdir()
    return fresh_home / "config.toml"


def test_the_shipped_values_are_those_of_the_code_that_uses_them() -> None:
    made = load_config({}, {})
    assert made.settings() == Settings()
    assert SegmenterSettings(**made.record()["segmenter"]) == SegmenterSettings()
    assert load_bank(made.interview.role).id == made.interview.role


def test_every_shipped_value_says_where_it_came_from() -> None:
    before = ""
    for line in content().joinpath("configs", "default.toml").read_text(encoding="utf-8").splitlines():
        if "=" in line.split("#")[0]:
            assert "#" in line or before.startswith("#"), line
        before = line


def test_styles_change_pace_and_patience_only() -> None:
    assert style_names() == ("calm", "pressure", "standard")
    made = {name: load_config({"style": name}, {}) for name in style_names()}
    assert made["standard"].settings() == Settings()
    assert made["calm"].turn.patience > made["standard"].turn.patience > made["pressure"].turn.patience
    assert made["calm"].voice.words_per_minute < made["pressure"].voice.words_per_minute
    assert made["calm"].turn.max_probes < made["pressure"].turn.max_probes
    changed = {"interview", "turn", "voice"}
    for name in ("calm", "pressure"):
        for section, values in made[name].record().items():
            assert section in changed or values == made["standard"].record()[section]


def test_option_over_environment_over_file_over_choice_over_style_over_default(own: Path) -> None:
    sources: list[tuple[str, int]] = [("style", 150)]
    assert load_config({"style": "calm"}, {}).voice.words_per_minute == 150
    save_preferences(Preferences(rate=140))
    sources.append(("choice", load_config({"style": "calm"}, {}).voice.words_per_minute))
    own.write_text("[voice]\nwords_per_minute = 141\n" + own.read_text())
    sources.append(("file", load_config({"style": "calm"}, {}).voice.words_per_minute))
    environ = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "142"}
    sources.append(("environment", load_config({"style": "calm"}, environ).voice.words_per_minute))
    options = {"style": "calm", "words_per_minute": 143}
    sources.append(("option", load_config(options, environ).voice.words_per_minute))
    assert [value for _, value in sources] == [150, 140, 141, 142, 143]
    assert load_config({"words_per_minute": None}, environ).voice.words_per_minute == 142


@pytest.mark.parametrize("name", sorted(config.NAMES))
def test_every_named_setting_has_a_variable(name: str) -> None:
    section, key = config.NAMES[name]
    named = {
        "level": "lead",
        "style": "calm",
        "offline": True,
        "share_documents": True,
        "persona": "warm",
        "llm_url": "http://127.0.0.1:9/v1",
        "speech_url": "http://127.0.0.1:9/v1",
        "voice_url": "http://127.0.0.1:9/v1",
        "echo": "headphones",
    }
    value: Any = named.get(name)
    if value is None:
        value = 3 if name == "max_probes" else 99 if name in ("minutes", "words_per_minute") else None
    value = value or (1.5 if name == "patience" else "other")
    made = load_config({}, {f"VOICE_INTERVIEWER_{name.upper()}": str(value)})
    assert getattr(getattr(made, section), key) == value


def test_the_key_of_a_language_model_is_neither_recorded_nor_shown(own: Path) -> None:
    made = load_config({}, {"VOICE_INTERVIEWER_LLM_KEY": "sk-secret"})
    assert made.llm.key == "sk-secret"
    assert "sk-secret" not in f"{made} {made.record()}"
    for broken in (
        'url = "http://someone:sk-secret@127.0.0.1/v1"',
        'url = "ftp://sk"',
        'key = ["sk-secret"]',
    ):
        own.write_text(f"[llm]\n{broken}\n")
        with pytest.raises(BankProblem) as refused:
            load_config({}, {})
        assert f"{own}:2: llm." in refused.value.message
        assert "sk-secret" not in refused.value.message


def test_the_style_may_come_from_any_source(own: Path) -> None:
    save_preferences(Preferences(style="pressure"))
    assert load_config({}, {}).turn.max_probes == 3
    assert load_config({}, {"VOICE_INTERVIEWER_STYLE": "calm"}).turn.max_probes == 1
    assert load_config({"style": "standard"}, {"VOICE_INTERVIEWER_STYLE": "calm"}).turn.max_probes == 2


def test_everything_moves_with_the_home_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", str(tmp_path / "there"))
    places = (config.home(), config.sessions_dir(), config.cache_dir(), config.config_file())
    assert all(place.is_relative_to(tmp_path / "there") for place in places)
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert config.home().name == "voice-interviewer"
    assert config.home() != config.cache_dir()


# --- mistakes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# mine\n[turn]\nsilnce_ms = 3\n", 3, "unknown key 'turn.silnce_ms'"),
        ("[trun]\n", 1, "unknown key 'trun'"),
        ('[turn]\nhold_ms = "soon"\n', 2, "turn.hold_ms"),
        ("[voice]\nwords_per_minute = 9000\n", 2, "voice.words_per_minute: 9000 is not between 60 and 400"),
        ("[turn]\nmax_probes = 4\n", 2, "max_probes"),
        ("turn = 3\n", 1, "must be a table"),
        ("[turn\n", 1, "not TOML"),
        ("a = 1\nb = \n", 2, "not TOML"),
        ("a = 1\na = 2\n", 2, "not TOML"),
        ("[segmenter]\noff = 0.9\n", 1, "thresholds"),
        ('\n[interview]\nlevel = "king"\n', 3, "interview.level: unknown level 'king'"),
        ("[interview]\nstyle = 3\n", 2, "interview.style"),
        ("[preferences]\nfoo = 1\n", 2, "unknown key 'foo'"),
        ("preferences = 3\n", 1, "must be a table"),
        ("[preferences]\nrate = 1\n", 2, "rate: 1 is not between 60 and 400"),
        ('[interview]\nlevel = "mid"\n[preferences]\nlevel = "king"\n', 4, "unknown level 'king'"),
        ('[interview]\nrole = "a"\n[preferences]\nstyle = "clam"\n', 4, "Did you mean 'calm'"),
        ('[interview]\nstyle = "clam"\n[preferences]\nstyle = "calm"\n', 2, "Did you mean 'calm'"),
        ("[preferences]\nminutes = 20\n[interview]\nminutes = 500\n", 4, "500 is not between 1 and 120"),
        ('[turn]\nmax_probes = 2\n[ "voice" ]\nwords_per_minute = "x"\n', 4, "'x' is not a whole number"),
        ("\nturn.patience = 9\n", 2, "turn.patience: 9 is not between 0.3 and 4"),
        ("[detector]\nname = 'x'\n[devices]\nname = 'y'\n", 4, "unknown key 'devices.name'"),
        ("\nturn = { max_probes = 9 }\n", 2, "9 is not between 0 and 3"),
        ("[segmenter]\noff = 0.3\non = 9\n", 3, "segmenter.on: 9 is not above 0 and at most 1"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_with_its_place(
    own: Path, text: str, line: int, words: str
) -> None:
    own.write_text(text)
    with pytest.raises(BankProblem) as caught:
        load_config({}, {})
    assert caught.value.message.startswith(f"{own}:{line}: ")
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("options", "environ", "words"),
    [
        ({"minutes": 500}, {}, "--minutes: 500 is not between 1 and 120"),
        ({"words_per_minute": 5}, {}, "--words-per-minute: 5 is not between 60 and 400"),
        ({"style": "clam"}, {}, "--style: there is no style 'clam'. Did you mean 'calm'?"),
        ({"level": "boss"}, {}, f"--level: unknown level 'boss', it is one of: {', '.join(LEVELS)}"),
        ({}, {"OFFLINE": "perhaps"}, "VOICE_INTERVIEWER_OFFLINE: 'perhaps' is not true or false"),
        ({}, {"MINUTES": "ten"}, "VOICE_INTERVIEWER_MINUTES: 'ten' is not a whole number between 1 and 120"),
        ({}, {"MAX_PROBES": "9"}, "VOICE_INTERVIEWER_MAX_PROBES: '9' is not between 0 and 3"),
        (
            {},
            {"LEVEL": "boss"},
            f"VOICE_INTERVIEWER_LEVEL: unknown level 'boss', it is one of: {', '.join(LEVELS)}",
        ),
        ({}, {"STYLE": "loud"}, "VOICE_INTERVIEWER_STYLE: there is no style 'loud'"),
        ({}, {"MINUTS": "5"}, "There is no setting VOICE_INTERVIEWER_MINUTS"),
    ],
)
def test_a_mistake_elsewhere_names_the_option_or_variable(
    options: dict[str, Any], environ: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageProblem) as caught:
        load_config(options, {f"VOICE_INTERVIEWER_{name}": value for name, value in environ.items()})
    assert caught.value.message == words
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_a_variable_that_is_no_setting_is_refused_with_the_one_meant() -> None:
    for name, hint in (("MINUTS", "Did you mean VOICE_INTERVIEWER_MINUTES?"), ("ZZ", "Take it out")):
        with pytest.raises(UsageProblem) as caught:
            load_config({}, {f"VOICE_INTERVIEWER_{name}": "5"})
        assert hint in caught.value.hint
    others = dict.fromkeys(("HOME", "MODEL", "SPEECH", "REQUIRE_SOUND"), "x")
    made = load_config({}, {f"VOICE_INTERVIEWER_{name}": value for name, value in others.items()})
    assert made == load_config({}, {"VOICE_INTERVIEWER_MINUTS": ""})


def test_the_shipped_file_names_exactly_the_variables_there_are() -> None:
    head = content().joinpath("configs", "default.toml").read_text(encoding="utf-8").split("\n\n")[0]
    named = head.replace("#", " ").partition("before it:")[2].partition(".")[0]
    assert [name.strip() for name in named.split(",")] == [name.upper() for name in config.NAMES]


def test_a_home_that_is_a_file_is_a_problem_and_a_relative_one_is_made_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", "here")
    assert config.home() == tmp_path / "here"
    (tmp_path / "here").write_text("kept")
    for place in (config.home, config.sessions_dir, config.cache_dir, load_config):
        with pytest.raises(UsageProblem, match=r"VOICE_INTERVIEWER_HOME: .*here is not a folder") as caught:
            place()
        assert caught.value.exit_code == 2
    result = CliRunner().invoke(sessions, ["list"])
    assert isinstance(result.exception, UsageProblem)
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", "~nobody-of-that-name/x")
    with pytest.raises(UsageProblem, match="there is no ~nobody"):
        config.home()


def test_a_file_that_is_no_text_or_no_file(own: Path) -> None:
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(BankProblem, match="not UTF-8"):
        load_config({}, {})
    own.unlink()
    own.mkdir()
    with pytest.raises(UsageProblem, match="cannot be read"):
        load_config({}, {})


# --- last choices -------------------------------------------------------------------------------------------


def test_choices_come_back_and_only_their_owner_can_read_them(fresh_home: Path) -> None:
    assert load_preferences() == Preferences()
    chosen = Preferences("nurse", "lead", 25, "calm", "USB", "Built-in", "tiny.en", True, 150, 1.7, True)
    save_preferences(chosen)
    assert load_preferences() == chosen
    assert stat.S_IMODE((fresh_home / "config.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE(fresh_home.stat().st_mode) == 0o700
    assert [path.name for path in fresh_home.iterdir()] == ["config.toml"]
    made = load_config({}, {})
    assert (made.interview.role, made.interview.minutes) == ("nurse", 25)
    assert (made.devices.microphone, made.recogniser.whisper_model) == ("USB", "tiny.en")
    assert len(fields(Preferences)) == 12


def test_a_persons_own_words_in_the_file_stay(own: Path) -> None:
    own.write_text('# mine\n[preferences]\nrole = "a"\n\n[turn]\n# patient\nno_answer_ms = 9500 # slow\n')
    save_preferences(Preferences(role="b"))
    save_preferences(Preferences(role="c"))
    text = own.read_text()
    assert "# mine\n" in text
    assert "# patient\nno_answer_ms = 9500 # slow\n" in text
    assert text.count("[preferences]") == 1
    assert tomllib.loads(text) == {
        "turn": {"no_answer_ms": 9500},
        "preferences": {"role": "c", "consent_given": False},
    }


@pytest.mark.parametrize(
    "text",
    [
        'preferences = {role = "a"}\n[turn]\nno_answer_ms = 9500\n',
        'preferences.role = "a"\n[turn]\nno_answer_ms = 9500\n',
        '[turn]\nno_answer_ms = 9500\n[ "preferences" ]\nrole = "a"',
        '[turn]\nno_answer_ms = 9500\n[preferences] # last\nrole = """\n[turn]\n"""\n',
    ],
)
def test_unusual_ways_of_writing_keep_their_values(own: Path, text: str) -> None:
    own.write_text(text)
    save_preferences(Preferences(role="b"))
    assert load_preferences().role == "b"
    assert load_config({}, {}).turn.no_answer_ms == 9500


@pytest.mark.parametrize("text", ["[turn\n", "[preferences]\nfuture = 1\n", "\x00"])
def test_a_broken_file_is_left_as_it_is(own: Path, text: str) -> None:
    own.write_text(text)
    with pytest.raises(BankProblem):
        save_preferences(Preferences(role="b"))
    with pytest.raises(BankProblem):
        load_preferences()
    assert own.read_text() == text


def test_a_link_to_a_file_kept_elsewhere_stays_a_link(own: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    own.symlink_to(real)
    save_preferences(Preferences(role="b"))
    assert own.is_symlink()
    assert "b" in real.read_text()


def test_a_home_that_cannot_be_written_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(UsageProblem, match="cannot be written"):
        save_preferences(Preferences())


def test_a_failed_write_leaves_the_old_choices(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_preferences(Preferences(role="a"))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UsageProblem, match="No space left"):
        save_preferences(Preferences(role="b"))
    assert load_preferences().role == "a"
    assert [path.name for path in own.parent.iterdir()] == ["config.toml"]
