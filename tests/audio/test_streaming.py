"""LocalAgreement: what two hypotheses agree on is firm, and stays so."""

from hypothesis import given, settings
from hypothesis import strategies as st

from voice_audio.ports import HeardWord
from voice_audio.streaming import LocalAgreement


def heard(text: str) -> tuple[HeardWord, ...]:
    return tuple(HeardWord(word, at * 300, at * 300 + 250, 0.9) for at, word in enumerate(text.split()))


def text(words: tuple[HeardWord, ...]) -> str:
    return " ".join(word.text for word in words)


def after(*hypotheses: str) -> tuple[str, str]:
    agreement = LocalAgreement()
    for hypothesis in hypotheses:
        agreement.update(heard(hypothesis))
    return text(agreement.firm), text(agreement.tentative)


def test_one_hypothesis_is_only_tentative() -> None:
    assert after("we shipped it") == ("", "we shipped it")


def test_two_that_agree_make_their_common_beginning_firm() -> None:
    assert after("we shipped the", "we shipped it last week") == ("we shipped", "it last week")


def test_case_and_punctuation_do_not_matter_but_the_newer_form_is_kept() -> None:
    assert after("We shipped, it", "we shipped it.") == ("we shipped it.", "")
    assert after("“don’t stop”", "don't stop now") == ("don't stop", "now")


def test_signs_that_make_another_word_do_matter() -> None:
    assert after("C++ is", "C# is")[0] == ""


def test_a_firm_word_is_never_taken_back() -> None:
    firm, tentative = after("we met the team", "we met the team", "we meet the team today")
    assert firm == "we met the team"
    assert tentative == "today"


def test_firm_words_grow_again_once_hypotheses_return_to_them() -> None:
    assert after("a b", "a b", "x y z", "a b c d", "a b c e") == ("a b c", "e")


def test_another_agreement_that_contradicts_the_firm_words_adds_nothing_to_them() -> None:
    assert after("a b", "a b", "x y z", "x y z")[0] == "a b"


def test_a_new_segment_begins_with_nothing() -> None:
    agreement = LocalAgreement()
    for _ in range(2):
        agreement.update(heard("old words"))
    agreement.reset()
    assert (agreement.firm, agreement.tentative) == ((), ())
    agreement.update(heard("old words"))
    assert agreement.firm == ()


def plain(words: tuple[HeardWord, ...]) -> list[str]:
    return [word.text.strip(".,").casefold() for word in words]


hypotheses = st.lists(
    st.lists(st.sampled_from(["a", "A,", "b", "b.", "c"]), max_size=6).map(" ".join).map(heard), max_size=8
)


@settings(deadline=None)
@given(hypotheses)
def test_firm_only_grows_and_was_agreed_by_two_in_a_row(given_words: list[tuple[HeardWord, ...]]) -> None:
    agreement = LocalAgreement()
    before: tuple[HeardWord, ...] = ()
    previous: tuple[HeardWord, ...] = ()
    for words in given_words:
        agreement.update(words)
        firm = agreement.firm
        assert firm[: len(before)] == before
        if len(firm) > len(before):
            assert plain(firm) == plain(words)[: len(firm)] == plain(previous)[: len(firm)]
        before, previous = firm, words


@settings(deadline=None)
@given(hypotheses.filter(bool))
def test_the_same_hypothesis_twice_from_the_start_is_firm_to_its_end(
    given_words: list[tuple[HeardWord, ...]],
) -> None:
    agreement = LocalAgreement()
    agreement.update(given_words[0])
    agreement.update(given_words[0])
    assert agreement.firm == given_words[0]
    assert agreement.tentative == ()
