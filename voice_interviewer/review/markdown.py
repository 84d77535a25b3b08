"""report.md: the report for those who read it in a terminal, a notebook or a chat."""

import re
from datetime import datetime

from voice_interviewer.content.review_words import load_review_words
from voice_interviewer.core.model.moves import is_probe
from voice_interviewer.review.model import CutIn, QuestionReport, Report, TurnTaking

_SPECIAL = re.compile(r"([\\`*_\[\]|~>])")
_AT_START = re.compile(r"^([#+-]|\d+(?=[.)]))")


def render_markdown(report: Report) -> str:
    """The whole report as CommonMark. What was said is escaped: no word of it can become markup."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("voice_interviewer.review", "templates"),
        autoescape=False,  # not HTML: everything said goes through the filter `said`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "said": escape,
        "code": code,
        "clock": clock,
        "date": date,
        "seconds": seconds,
        "lasting": lasting,
    }
    environment.filters |= {"names": answer_names, "turns": turns}
    return environment.get_template("report.md.j2").render(
        report=report, kinds=load_review_words().kinds, keyword_states=load_review_words().keywords
    )


def escape(text: str) -> str:
    """Text as Markdown shows it verbatim, on one line."""
    plain = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    inner = _SPECIAL.sub(r"\\\1", plain)
    return _AT_START.sub(lambda found: "\\" + found[0] if found[0] in "#+-" else found[0] + "\\", inner)


def code(text: str) -> str:
    """Text as Markdown shows it to be typed: between more backquotes than it holds in a row."""
    plain = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {plain} {fence}" if longest else f"{fence}{plain}{fence}"


def clock(ms: int) -> str:
    """A place in the recording as a reader says it: 3:07, or 1:02:03."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def date(iso: str | None) -> str:
    """23 November 2026, 14:05; what cannot be read as a time is shown as it is."""
    if iso is None:
        return "date not recorded"
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{at.day} {at:%B %Y, %H:%M}"


def seconds(ms: int) -> str:
    """0.8 s"""
    return f"{ms / 1000:.1f} s"


def lasting(ms: int) -> str:
    """48 s, 2 min 5 s, 1 h 4 min"""
    minutes, rest = divmod(round(ms / 1000), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def answer_names(question: QuestionReport) -> dict[int, str]:
    """Turn -> what its answer is called: Answer, Follow-up 1, Follow-up 2; or Asked again where the question
    was."""
    names: dict[int, str] = {}
    words = load_review_words().answers
    probes = 0
    for answer in question.answers:
        probe = is_probe(answer.move)
        probes += probe
        other = words["again"] if names else words["first"]
        names[answer.turn] = words["probe"].format(number=probes) if probe else other
    return names


def times(count: int) -> str:
    """once, twice, 3 times"""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def turns(taking: TurnTaking, persona: str | None = None) -> list[str]:
    """What there is to say about whose turn it was. persona: the virtual candidate, where one answered."""
    whose = "the candidate’s" if persona else "your"
    told = ["No turn was taken back, so I know of none that I took too early."]
    if taking.cut_ins:
        each = "; ".join(_cut_in(cut, whose) for cut in taking.cut_ins)
        told = [f"I cut in {times(len(taking.cut_ins))}: my fault, not yours. {each[0].upper()}{each[1:]}."]
    if taking.time_asked:
        spans = ((asked.end_ms - asked.start_ms, asked.start_ms) for asked in taking.time_asked)
        each = ", ".join(f"{lasting(length_ms)} at {clock(start_ms)}" for length_ms, start_ms in spans)
        asked_for = f"Time to think was asked for {times(len(taking.time_asked))} ({each})."
        told.append(f"{asked_for} It counts nowhere as a pause.")
    if taking.reply_gap_ms is not None:
        of = f" (median of {taking.replies})" if taking.replies > 1 else ""
        told.append(f"From {whose} last word to my first it took {seconds(taking.reply_gap_ms)}{of}.")
    return told


def _cut_in(cut: CutIn, whose: str) -> str:
    how = load_review_words().taken_back[cut.how]
    return f"at {clock(cut.at_ms)}, {seconds(cut.gap_ms)} after {whose} last word: {how}"
