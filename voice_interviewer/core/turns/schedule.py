"""The clock of an interview: whether there is time for one more question, and how much of it an answer has.

All times are ms of the interview, pauses left out. Core questions end where the reserve for the candidate's
own questions and the goodbye begins.
"""

from voice_interviewer.core.model.plan import Plan

ENOUGH_MS = 150_000
"""A question and a short answer to it: with so much of the core's time left, one is always begun."""
ENOUGH_SHARE = 0.055
"""In a short interview that much of the whole is enough, so that it ends within a tenth of its length."""
UNUSED_MS = 25_000
"""What the candidate's own questions and the goodbye usually leave of their reserve. Start value."""
LEAST_MS = 20_000
"""Asking takes this long, however terse the answers."""
SLACK = 1.5
"""A question may take so many times its share when earlier ones left time over."""


def core_ends_ms(minutes: int, closing_reserve_ms: int) -> int:
    """Where the reserve begins; in a very short interview it is a fifth of the whole."""
    total_ms = minutes * 60_000
    return total_ms - min(closing_reserve_ms, total_ms // 5)


def enough_ms(plan: Plan, index: int, spent_ms: int) -> int:
    """The time that must be left of the core's to begin one more core question, the one at `index`.

    Whoever answers tersely needs less than others: a question that fits in by half ends nearer to the chosen
    minutes than none, as long as the ones before took on average. spent_ms: time of the interview so far.
    """
    enough = min(ENOUGH_MS, round(ENOUGH_SHARE * plan.minutes * 60_000))
    asked = sum(item.kind == "core" for item in plan.items[:index])
    if asked == 0:
        return enough
    around_ms = sum(1000 * item.budget_s for item in plan.items[:index] if item.kind != "core")
    pace_ms = max(0, spent_ms - around_ms) // asked
    return min(enough, max(LEAST_MS, pace_ms // 2 - UNUSED_MS))


def station_ms(plan: Plan, index: int, started_ms: int) -> int:
    """How long the station at `index`, begun at started_ms, may take: its share, and of what earlier ones
    left over as much as SLACK allows."""
    item = plan.items[index]
    share_ms = item.budget_s * 1000
    if item.kind != "core" or item.spare:
        return share_ms
    due_ms = sum(1000 * each.budget_s for each in plan.items[:index] if not each.spare)
    return min(round(SLACK * share_ms), share_ms + max(0, due_ms - started_ms))
