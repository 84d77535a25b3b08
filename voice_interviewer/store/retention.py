"""For how long sessions are meant to stay. Nothing here deletes anything: a person does, when asked."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

FOREVER = 0


class Dated(Protocol):
    """A session as any list of them has it. started: in ISO form, local time where it names no zone."""

    @property
    def started(self) -> str: ...


_Session = TypeVar("_Session", bound=Dated)


def overdue(sessions: Iterable[_Session], keep_days: int, now: datetime) -> tuple[_Session, ...]:
    """Those that began more than `keep_days` days ago, in their order; none where that is FOREVER.

    now: with a time zone. A session that does not tell when it began is never among them."""
    if keep_days == FOREVER:
        return ()
    oldest = now - timedelta(days=keep_days)
    return tuple(each for each in sessions if (began := _began(each.started, now)) and began < oldest)


def _began(started: str, now: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
