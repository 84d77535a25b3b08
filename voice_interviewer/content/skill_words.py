"""How skills are named in job descriptions: skills.yaml of a language, checked once."""

from functools import cache

from voice_interviewer.content.bankfile import Strict, Text, validated
from voice_interviewer.content.resources import ENGLISH, SKILLS, words
from voice_interviewer.content.yaml_file import read_yaml
from voice_interviewer.core.feedback.skills import SkillWords


class _File(Strict):
    others: dict[str, tuple[Text, ...]]
    common: Text


@cache
def load_skill_words(language: str = ENGLISH) -> SkillWords:
    """The words that come with the product. Raises BankProblem."""
    located = read_yaml(words(SKILLS, language))
    found = validated(_File, located.data, located)
    return SkillWords(found.others, frozenset(found.common.split()))
