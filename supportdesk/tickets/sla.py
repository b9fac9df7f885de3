"""When a reply is due, and how that reads on a badge.  Pure: the time and the hours are arguments."""

from dataclasses import dataclass
from datetime import datetime

from supportdesk.hours import BusinessHours

SOON = 60  # Open minutes; then the badge turns amber.


@dataclass(frozen=True)
class Badge:
    kind: str  # late, soon, ok, off or done: the class and the icon of the page.
    minutes: int  # Open minutes left, or late.

    @property
    def spoken(self) -> str:
        """“3 h 32 m”, “33 min”."""
        hours, minutes = divmod(self.minutes, 60)
        if not hours:
            return f"{minutes} min"
        return f"{hours} h {minutes} m" if minutes else f"{hours} h"


def reply_due(hours: BusinessHours, since: datetime, minutes: int) -> datetime:
    """The moment by which `minutes` of open time have passed `since`."""
    return hours.add(since, minutes)


def badge(hours: BusinessHours, due: datetime | None, now: datetime, *, is_over: bool) -> Badge:
    """How a ticket's deadline shows: `due` is None while the clock stands still."""
    if is_over:
        return Badge("done", 0)
    if due is None:
        return Badge("off", 0)
    if now > due:
        return Badge("late", int(hours.minutes_between(due, now)))
    left = int(hours.minutes_between(now, due))
    return Badge("soon" if left <= SOON else "ok", left)
