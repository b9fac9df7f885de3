"""The days that a report is about.  Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

USUAL, LONGEST = timedelta(days=30), timedelta(days=366)
LAST = (14, 30, 90)  # Days up to today that one link asks for.
_ONE = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Both days are in it, as the clocks of the desk have them."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def starts(self) -> datetime:
        return self.midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment that is no longer in it."""
        return self.midnight(self.last + _ONE)

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def holds(self, at: datetime) -> bool:
        return self.starts <= at < self.ends


def last_days(days: int, today: date, zone: ZoneInfo) -> Span:
    """So many, today among them."""
    return Span(today - timedelta(days=days) + _ONE, today, zone)


def read(first: str, last: str, today: date, zone: ZoneInfo) -> Span:
    """The span that was asked for; the usual one, up to today, where that can't be."""
    usual = last_days(USUAL.days, today, zone)
    try:
        asked = Span(date.fromisoformat(first), date.fromisoformat(last), zone)
    except ValueError:
        return usual
    is_fine = asked.first <= asked.last <= today and asked.last - asked.first < LONGEST and asked.first.year > 1970  # noqa: PLR2004
    return asked if is_fine else usual
