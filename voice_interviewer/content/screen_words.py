"""What the candidate reads while an interview is held: screen.yaml of a language, checked once."""

from functools import cache

from voice_interviewer.content.bankfile import Strict, Text, validated
from voice_interviewer.content.resources import ENGLISH, SCREEN, words
from voice_interviewer.content.sentences import check_sections, wanted
from voice_interviewer.content.yaml_file import read_yaml
from voice_interviewer.core.turns.state import PHASES

_SECTIONS = {
    "phases": wanted(*PHASES),
    "stations": wanted(
        "opening", "warmup", "candidate_questions", "close", "planned number count", "numbered number"
    ),
    "keys": wanted(
        *("done", "unfinished", "hold", "repeat", "pause", "skip", "type", "speed", "finish", "go_on"),
        *("send", "speak"),
    ),
    "hints": wanted("thinking", "waiting", "sorry"),
    "notes": wanted(
        "unheard type skip",
        *("finish_by_key", "finish_typed", "skip_by_key", "skip_typed", "microphone trouble"),
        *("paused_by_key", "paused_typed", "pause_asked", "will_type", "unspoken"),
    ),
    "drawing": wanted(
        *("interviewer", "may_interrupt", "you", "clock gone left", "taken_back text", "ready", "hears_you"),
        *("microphone", "last_words", "choosing"),
    ),
    "plain": wanted(
        *("interviewer", "candidate", "said_by_interviewer text", "said_by_you text", "taken_back"),
        *("listening", "thinking", "over reason", "follow_up why", "unspoken reason"),
        *("unspoken_above reason", "not_understood reason", "not_understood_kept reason"),
        *("microphone_back", "now_listening", "now_typing", "now_thinking", "now_ending"),
        *("paused_by_key", "paused_typed", "finish_by_key", "finish_typed", "will_type", "will_speak"),
        *("key_unfinished", "key_skip", "key_faster rate", "key_slower rate"),
    ),
}


class ScreenWords(Strict):
    """By section of screen.yaml: id -> what is read."""

    phases: dict[str, Text]
    stations: dict[str, Text]
    keys: dict[str, Text]
    hints: dict[str, Text]
    notes: dict[str, Text]
    drawing: dict[str, Text]
    plain: dict[str, Text]


@cache
def load_screen_words(language: str = ENGLISH) -> ScreenWords:
    """The words that come with the product. Raises BankProblem."""
    located = read_yaml(words(SCREEN, language))
    found = validated(ScreenWords, located.data, located)
    check_sections(located, _SECTIONS)
    return found
