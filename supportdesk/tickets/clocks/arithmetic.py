"""Why a deadline is what it is: day by day, how many open minutes count and how many are left.  Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from supportdesk.hours import BusinessHours

LONGEST = 400  # Days: nobody reads more, and no deadline is further away.


@dataclass(frozen=True)
class Step:
    day: date
    counts: tuple[tuple[datetime, datetime], ...]  # From when to when; nothing on a day on which the desk is closed.
    minutes: int
    left: int  # After this day.


def steps(hours: BusinessHours, since: datetime, minutes: int) -> Iterator[Step]:
    """Each day from `since` on until so many open minutes have passed."""
    left, day = timedelta(minutes=minutes), since.astimezone(hours.zone).date()
    for further in range(LONGEST):
        today = day + timedelta(days=further)
        counts: list[tuple[datetime, datetime]] = []
        passed = timedelta()
        for opens, closes in hours.day_windows(today):
            begins = max(opens, since.astimezone(hours.zone))
            ends = min(closes, begins + left - passed)
            if begins < ends:
                counts.append((begins, ends))
                passed += ends - begins
        left -= passed
        yield Step(today, tuple(counts), _whole(passed), _whole(left))
        if not left:
            return


def _whole(much: timedelta) -> int:
    return round(much / timedelta(minutes=1))
