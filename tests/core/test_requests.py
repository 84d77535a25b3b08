"""What counts as a request, with words of one's own beside it, and what stays an answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_interviewer.core.understanding.requests import (
    ASK_BACK,
    FINISHED,
    REPEAT,
    SKIP,
    UNKNOWN,
    WAIT,
    asks_meaning,
    asks_nothing,
    only_agrees,
    only_asks_meaning,
    spoken_request,
)

REFUSALS = [
    "I'd rather not talk about that, it was quite traumatic",
    "i'd rather not talk about that it was traumatic",
    "I prefer not to answer this question for legal reasons",
    "I'd rather not say",
    "I would rather not",
    "I really don't want to",
    "I said I don't want to talk about it",
    "It's a bit private so I'd rather not go into it",
    "I don't feel comfortable sharing that",
    "i can't talk about that i signed an nda",
    "I would prefer not to discuss that if that's okay",
    "sorry but I don't want to talk about my last boss",
    "I'm not allowed to talk about it because of a contract we signed",
    "That's confidential",
    "can we talk about something else",
]
NOTHING_TO_TELL = [
    "I'm a student so I don't have any work experience yet",
    "I have never been in such situation because I am a fresh graduate",
    "Nothing comes to my mind right now, sorry",
    "Hmm that's a tough one. Nothing like that has ever happened to me",
    "I told you I have no experience",
    "I am fresh graduate I have no experience",
    "I've never had a conflict like that at work",
    "honestly I don't know, I only started working last month",
    "this would be my first job so I have no example",
    "It hasn't happened to me yet",
    "I'm not familiar with that regulation",
    "as I said I don't know",
    "I'm not a manager",
]
QUESTIONS_BACK = [
    "Is it okay if I talk about a university project?",
    "is it okay if i talk about a university project",
    "can i talk about a project i did at university",
    "Can I give an example from my volunteer work?",
    "Could you explain what you mean by stakeholder?",
    "Do you mean at my current job or at university?",
    "What do you mean, like a conflict with a colleague or with a customer?",
    "sorry do you want me to talk about work or school",
    "Who are you? Are you a robot?",
]
BREAKS = [
    "Can we take a break? I need some water",
    "Hold on my dog is barking",
    "hold on someone is at the door",
    "sorry my phone is ringing one moment",
    "could you give me a moment",
    "that's a good question",
]
DONE = [
    "I already answered that",
    "as I said, that's all",
    "I told you already",
    "I think I already said that",
]
AGAIN = [
    "I'm not sure I understand the question",
    "I'm really nervous, sorry, can we start again?",
    "Sorry what?",
]

STORIES = [
    "He said he'd rather not talk about it and I said I'd rather not either so we stopped",
    "I didn't want to talk about it so I waited",
    "I'd rather not share the data with the vendor until legal has checked it",
    "I don't want to discuss it in front of everyone so I asked for a meeting",
    "i don't want to say it was easy we had a lot of trouble with the pump",
    "i can't share the numbers but it was about half",
    "I can't answer every mail so I sort them",
    "i would prefer not to work at night",
    "I don't want to talk to customers all day",
    "I don't have work experience but in university we had a group project where one guy did nothing",
    "I had no experience so I asked my mentor for help and she showed me",
    "I was a student and I had a conflict with a colleague",
    "I'm a junior developer and last year I rebuilt the login page",
    "I have never seen that before so I would start by looking at the logs",
    "No idea, I never used it, but I guess I would google it",
    "I don't know exactly how many but about forty",
    "it never happened again",
    "That would never happen in my team",
    "can i talk about that okay so last year we built an app and it failed",
    "the customer asked can you explain what you mean and I drew a picture",
    "I would ask them: can I talk about the deadline, and then I would offer help",
    "We took a break and then I asked the team",
    "hold on i said to him we can do this and i called the owner",
    "wait times went from nine days to five",
    "I told you already, I fixed the pipeline myself",
    "I said let me think",
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, SKIP) for text in REFUSALS),
        *((text, UNKNOWN) for text in NOTHING_TO_TELL),
        *((text, ASK_BACK) for text in QUESTIONS_BACK),
        *((text, WAIT) for text in BREAKS),
        *((text, FINISHED) for text in DONE),
        *((text, REPEAT) for text in AGAIN),
        *((text, None) for text in STORIES),
    ],
)
def test_a_request_may_carry_its_reason_and_a_story_is_none(text: str, kind: str | None) -> None:
    assert spoken_request(text) == kind
    assert spoken_request(text.lower().replace(",", "").replace(".", "")) == kind


TOLD = (
    "Last May a pump failed on the ward. I called the supplier and I moved the crew because we needed water."
)


@pytest.mark.parametrize("text", [*REFUSALS, *NOTHING_TO_TELL, *QUESTIONS_BACK, *BREAKS, *DONE])
def test_the_same_words_beside_a_longer_story_are_no_request(text: str) -> None:
    assert spoken_request(f"{TOLD} {text}. {TOLD}") is None
    assert spoken_request(f"{text}. {TOLD}") is None


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "",
        "um",
        "No thank you I have no questions",
        "no i think you answered all my questions thank you",
        "I think you covered everything",
        "not really",
        "nothing from my side",
        "I don't have any questions right now",
        "no that's all thank you for your time",
    ],
)
def test_nothing_is_asked(text: str) -> None:
    assert asks_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is the salary?",
        "no but how big is the team",
        "Yes, what would you like to know?",
        "do you think I did well",
        "could you explain what the team does",
        "is it okay if I ask about pay?",
        "yes",
    ],
)
def test_something_is_asked(text: str) -> None:
    assert not asks_nothing(text)


@pytest.mark.parametrize(
    ("text", "agrees"),
    [("yes", True), ("Yes I do, I have a question", True), ("yes what is the salary", False), ("no", False)],
)
def test_a_yes_announces_a_question(text: str, agrees: bool) -> None:
    assert only_agrees(text) is agrees


words = st.sampled_from(" ".join([*REFUSALS, *NOTHING_TO_TELL, *QUESTIONS_BACK, *BREAKS]).split())


@settings(deadline=None)
@given(st.lists(st.one_of(words, st.text(max_size=6)), max_size=50).map(" ".join))
def test_anything_can_be_read(text: str) -> None:
    assert spoken_request(text) in (None, REPEAT, SKIP, WAIT, ASK_BACK, UNKNOWN, FINISHED)
    assert asks_nothing(text) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "Could you explain what you mean by stakeholder?",
        "What do you mean, like a conflict with a colleague or with a customer?",
        "How do you mean that?",
        "what does disparate impact mean",
        "What is a stakeholder?",
        "I'm not sure I understand the question",
        "I don't understand the question.",
        "sorry I don't get it",
        "i don't get what you're asking me",
        "Can you explain that again?",
        "could you ask that in a simpler way",
        "Would you rephrase the question, please?",
        "Hm, I'm not following.",
        "what exactly do you want to know",
        "I do not know what disparate impact is",
        "That went over my head, sorry.",
        "Could I have that in plain English?",
        "What exactly is an ethical problem here?",
        "I'm not sure what governance means.",
        "I have no idea what you are talking about.",
        "I'm afraid I've never heard of AI governance.",
        "Can you give me an example?",
    ],
)
def test_who_asks_what_is_meant_wants_other_words(text: str) -> None:
    assert asks_meaning(text)


@pytest.mark.parametrize(
    "text",
    [
        "Can you repeat that?",
        "Sorry what?",
        "pardon me",
        "I didn't catch that",
        "Didn't get that.",
        "I did not understand, can you say it again?",
        "I didn't hear the end of the question.",
        "Could you please say that more slowly, I can't follow?",
        "Do you mean at my current job or at university?",
        "Is it okay if I talk about a university project?",
        "sorry do you want me to talk about work or school",
        "Does it have to be an example from work?",
        "does it matter if it was voluntary work",
        "Are you asking what I did or what I'd do today?",
        "When you say team, do you mean my apprentice too?",
        "What is the question?",
        "what was that again",
        "Can I give an example from school?",
        "I don't know what to say",
        "I'm not sure what my biggest success is",
    ],
)
def test_who_did_not_hear_or_has_a_choice_does_not(text: str) -> None:
    assert not asks_meaning(text)


@pytest.mark.parametrize(
    "text",
    [
        "I still don't understand it.",
        "sorry I really don't follow",
        "I don't know what disparate impact is",
        "How do you mean that?",
        "what is a stakeholder",
        "What's governance?",
    ],
)
def test_an_utterance_can_be_nothing_but_a_question_of_meaning(text: str) -> None:
    assert only_asks_meaning(text)


@pytest.mark.parametrize(
    "text",
    [
        "I didn't understand the customer so I asked him to explain it.",
        "The team did not understand the new rule.",
        "I asked what do you mean and he told me.",
        "I don't know what the answer is",
        "I don't know what my biggest mistake is",
        "I would put it in other words for the parents",
        "It was not clear to me who decides, so I called my manager",
        "The manual was too complicated",
        "What is important is that the patient gets help",
        "What is different now is the way we test",
        "can you repeat that",
    ],
)
def test_a_story_of_not_understanding_is_an_answer(text: str) -> None:
    assert not only_asks_meaning(text)
