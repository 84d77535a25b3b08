"""What the schedule is told when a session is over, and the line it says about what is due."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from voice_interviewer.errors import Problem
from voice_interviewer.store import schedule

if TYPE_CHECKING:
    from voice_interviewer.store.schedule import Due


def note_session(report: Mapping[str, Any], now: datetime) -> str | None:
    """Tell the schedule how a session went. report: its plain form. Returns the line about what is due today,
    or None; a schedule that cannot be written is no reason to disturb the end of an interview."""
    try:
        schedule.record(report, now)
        return schedule.due_line(now)
    except Problem:
        return None


def back_on(due: "Due", now: datetime) -> str:
    """When something comes back, as one would say it: "today", "tomorrow", "on Friday 27 November"."""
    day = due.due.astimezone(now.tzinfo).date()
    days = (day - now.date()).days
    if days <= 0:
        return "today"
    return "tomorrow" if days == 1 else f"on {day:%A} {day.day} {day:%B}"
