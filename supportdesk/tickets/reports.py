"""The figures of the reports, from what the tickets' columns say; nothing is unsealed.  Reads only.

What was merged is one request: it waits since the earliest of its parts that had no reply, and by the earliest promise.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from supportdesk.database import db
from supportdesk.hours import BusinessHours
from supportdesk.tickets.flow.span import Span
from supportdesk.tickets.merging.models import Merged
from supportdesk.tickets.models import Outcome, Ticket
from supportdesk.tickets.topics import Topic


@dataclass(frozen=True)
class Day:
    day: date
    ours: int
    clinic: int
    replies: int  # First replies to what came in that day.
    median_hours: float | None  # Business hours to those replies.
    sent_to_clinic: int


@dataclass(frozen=True)
class Week:
    starts: date
    median_hours: float


@dataclass(frozen=True)
class Report:
    days: Sequence[Day]
    weeks: Sequence[Week]
    topics: Sequence[tuple[Topic, int]]
    total: int
    before: int  # As many days earlier.
    sent_to_clinic: int
    median_hours: float | None
    on_time: int | None  # Per cent of the first replies that were due; None where none was.


def report(hours: BusinessHours, span: Span, now: datetime) -> Report:
    """What came in during these days, and how it was answered until now."""
    days, zone = span.days, span.zone
    rows = _tickets_between(span.midnight(span.first - timedelta(days=len(days))), span.ends)
    in_span = [row for row in rows if row.created_at >= span.starts]
    firsts = _firsts(in_span, span)
    spent = {of: hours.minutes_between(first.since, at) / 60 for of, first in firsts.items() if (at := first.replied)}
    return Report(
        days=[_day(day, in_span, spent, zone) for day in days],
        weeks=_weeks(in_span, spent, zone),
        topics=Counter(row.topic for row in in_span).most_common(),
        total=len(in_span),
        before=len(rows) - len(in_span),
        sent_to_clinic=sum(row.outcome is Outcome.SENT_TO_CLINIC for row in in_span),
        median_hours=_median(list(spent.values())),
        on_time=_on_time(firsts.values(), now),
    )


_Rows = Sequence[Row]  # type: ignore[type-arg]


def _tickets_between(start: datetime, end: datetime) -> _Rows:
    columns = (
        Ticket.id,
        Ticket.created_at,
        Ticket.topic,
        Ticket.outcome,
        Ticket.first_replied_at,
        Ticket.first_reply_due_at,
    )
    spam = Ticket.outcome == Outcome.SPAM
    return db.session.execute(
        select(*columns)
        .where(Ticket.created_at >= start, Ticket.created_at < end, spam.is_not(True), Ticket.held_because.is_(None))
        .order_by(Ticket.id)
    ).all()


@dataclass(frozen=True)
class _First:
    """The first reply to a request: since when somebody waits for it, and by when it was promised."""

    since: datetime
    due: datetime
    replied: datetime | None

    def waited_since(self, since: datetime, due: datetime) -> "_First":
        return _First(min(self.since, since), min(self.due, due), self.replied)


def _firsts(rows: _Rows, span: Span) -> dict[int, _First]:
    """By ticket; none of what is no request of its own, as it became a part of another one before it had a reply."""
    own = [row for row in rows if row.first_replied_at or row.outcome is not Outcome.DUPLICATE]
    found = {row.id: _First(row.created_at, row.first_reply_due_at, row.first_replied_at) for row in own}
    for part in _parts(span):
        whole = found.get(part.target_id)
        if whole and (whole.replied is None or part.merged_at <= whole.replied):
            found[part.target_id] = whole.waited_since(part.created_at, part.first_reply_due_at)
    return found


def _parts(span: Span) -> _Rows:
    """What became a part of the requests of the span before it had a reply."""
    whole = aliased(Ticket)
    columns = (Merged.target_id, Merged.created_at.label("merged_at"), Ticket.created_at, Ticket.first_reply_due_at)
    return db.session.execute(
        select(*columns)
        .join(Ticket, Ticket.id == Merged.source_id)
        .join(whole, whole.id == Merged.target_id)
        .where(whole.created_at >= span.starts, whole.created_at < span.ends, Ticket.first_replied_at.is_(None))
    ).all()


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 1) if values else None


def _day(day: date, rows: _Rows, spent: dict[int, float], zone: ZoneInfo) -> Day:
    of_day = [row for row in rows if row.created_at.astimezone(zone).date() == day]
    replies = [spent[row.id] for row in of_day if row.id in spent]
    clinic = sum(row.topic.is_for_clinic for row in of_day)
    return Day(
        day,
        len(of_day) - clinic,
        clinic,
        len(replies),
        _median(replies),
        sum(row.outcome is Outcome.SENT_TO_CLINIC for row in of_day),
    )


def _weeks(rows: _Rows, spent: dict[int, float], zone: ZoneInfo) -> list[Week]:
    """Weeks begin on Monday; a week without a reply has no figure and is left out."""
    by_week: dict[date, list[float]] = {}
    for row in rows:
        if row.id in spent:
            day = row.created_at.astimezone(zone).date()
            by_week.setdefault(day - timedelta(days=day.weekday()), []).append(spent[row.id])
    return [Week(start, round(median(values), 1)) for start, values in sorted(by_week.items())]


def _on_time(firsts: Collection[_First], now: datetime) -> int | None:
    """Of the first replies that were given, or should have been by now: how many kept the promise."""
    due = [first for first in firsts if first.replied or first.due < now]
    kept = [first for first in due if first.replied and first.replied <= first.due]
    return round(100 * len(kept) / len(due)) if due else None
