"""The closed list of things a candidate can ask for in words. Nothing else that is said is an instruction.

A request counts only when it is the whole utterance: "let me think" asks for time, "I said let me think" is
part of a story.
"""

from voice_interviewer.core.lexicon import Phrase, fold

REPEAT, SKIP, WAIT, UNKNOWN, FINISHED = "repeat", "skip", "wait", "unknown", "finished"

_THIS = r"(?: (?:this one|that one|this question|that question|the question|that|this|it|one|question))?"
_MOMENT = r"(?:second|sec|moment|minute|bit|while|few seconds|couple of seconds|little time|time)"

_REQUESTS = {
    REPEAT: Phrase(
        rf"(?:can|could|would|will) you (?:please )?(?:say|repeat|ask|read|rephrase|explain)(?: me)?{_THIS}"
        r"(?: (?:again|once more|one more time|to me|for me))*"
        rf"|(?:repeat|rephrase|explain) (?:that|it|this|the question)|say (?:that|it|the question) again"
        r"|what (?:was|is|were) (?:the|that|your) question(?: again)?|what did you (?:say|ask)(?: me)?"
        r"|i (?:didn't|did not|couldn't|don't) (?:quite )?(?:catch|hear|get|understand)(?: what you said)?"
        rf"{_THIS}|what do you mean(?: by that| exactly)?|come again|pardon(?: me)?|again please"
    ),
    SKIP: Phrase(
        rf"(?:(?:can|could|may|shall) (?:we|i) |let's |let us |i'd (?:rather |like to |prefer to )"
        rf"|i'll |i would "
        rf"(?:rather |like to |prefer to )|i want to )?(?:skip|pass)(?: on)?{_THIS}"
        r"|(?:(?:can|could|shall) we |let's )(?:move on|go on|go to the next(?: one| question)?)"
        r"|next(?: question| one)|i (?:don't|do not|would rather not|'d rather not) want to answer"
        rf"{_THIS}|i'd rather not answer{_THIS}|no comment"
    ),
    WAIT: Phrase(
        rf"(?:let me|i need to|i have to|i want to|i'd like to) (?:just )?think"
        rf"(?: (?:about|on|over) (?:that|this|it|the question))?(?: for)?(?: an?| one)?(?: {_MOMENT})?"
        rf"|(?:give|allow) me (?:just )?(?:an?|one|some)(?: {_MOMENT})?(?: to think)?(?: about (?:that"
        rf"|this|it))?"
        rf"|(?:can|could|may) i (?:just )?(?:have|take|get) (?:an?|one|some) {_MOMENT}"
        r"(?: to think)?(?: about (?:that|this|it))?"
        rf"|(?:i need )?(?:just )?(?:a|one|some) {_MOMENT}(?: to think)?|hold on|hang on|wait(?: an?| one)?"
        rf"(?: {_MOMENT})?|let me see|i'm (?:still )?thinking|(?:that's |it's )?a? ?good question"
        r"|i(?:'m| am| was|'ve| wasn't| haven't)(?: not)?(?: yet)? (?:finished|done) yet"
        r"|i(?:'m not| am not| was not| wasn't| haven't) (?:finished|done)"
    ),
    UNKNOWN: Phrase(
        r"(?:i )?(?:really |honestly |just )?(?:don't|do not) know"
        r"(?: (?:what to say|the answer|how to answer)(?: to that| that| this)?)?|dunno|(?:i have "
        r"|i've )?no idea"
        r"|(?:i'm |i am )?(?:really )?not sure"
        r"(?: (?:what to say|how to answer|about that|about this)(?: that| this)?)?|i'm stuck"
        r"|i (?:can't|cannot|can not|couldn't) (?:really )?(?:think of|remember|recall) "
        r"(?:one|it|anything|any|an example|a time|a situation|any examples?)(?: right now"
        r"| at the moment| now)?"
        r"|nothing comes to mind|i (?:don't|do not) (?:really |actually )?have (?:one|any|an example"
        r"|an answer)"
        r"|i (?:haven't|have not|'ve never|have never|never) (?:really )?(?:been in|had|done|seen"
        r"|experienced)"
        r" (?:that situation|a situation like (?:that|this)|anything like (?:that|this)|that|this|it|one)"
    ),
    FINISHED: Phrase(
        r"that's (?:it|all|my answer|everything)(?: from me| i have| really)?|that (?:is|was) (?:it|all)"
        r"|i'm (?:done|finished)|i am (?:done|finished)|nothing (?:else|more)(?: to add)?"
    ),
}
_SOFT = Phrase(
    r"um|uh|er|erm|hm|hmm|mm|ah|oh|so|well|okay|ok|yeah|yes|no|right|and|but|just|please|sorry|thanks"
    r"|thank you"
    r"|actually|honestly|to be honest|i'm sorry|i guess|excuse me|hello|i'm afraid|for now|then"
)
"""Words around a request that change nothing about it."""


def spoken_request(text: str) -> str | None:
    """The request that the whole of text makes, or None. A wish for time wins over an "I don't know"."""
    folded = " ".join(fold(text).split())
    if len(folded) > 160:
        return None
    asked: set[str] = set()
    position = 0
    while position < len(folded):
        ends = {
            kind: found.end() for kind, cue in _REQUESTS.items() if (found := cue.match(folded, position))
        }
        soft = _SOFT.match(folded, position)
        if ends and (not soft or max(ends.values()) >= soft.end()):
            kind = max(ends, key=lambda name: ends[name])
            asked.add(kind)
            position = ends[kind] + 1
        elif soft:
            position = soft.end() + 1
        else:
            return None
    return next((kind for kind in (REPEAT, SKIP, WAIT, UNKNOWN, FINISHED) if kind in asked), None)
