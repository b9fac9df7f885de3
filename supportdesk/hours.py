"""Pure arithmetic of opening hours: told by the clock on the wall, counted in minutes that really pass."""

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from supportdesk.holidays import HolidayCalendar, Window, parse_window

Opening = tuple[datetime, datetime]
Holidays = Container[date] | Callable[[date], bool]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE_HOURS: Mapping[int, Window] = dict.fromkeys(range(5), (time(7), time(17)))
FEDERAL_HOLIDAYS = HolidayCalendar()

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_LONGEST_CLOSURE = timedelta(days=2 * 366)
_MOST_KNOWN = 5000  # Days.
_WEEKLY_PART = re.compile(r"([a-z][a-z, -]*?)\s+(\d[\d:, -]*)")


@dataclass(frozen=True, init=False)
class BusinessHours:
    """When the desk is open. Takes any aware datetime; answers in the desk's own zone."""

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Window, ...]] = field(hash=False)  # By weekday, Monday 0; no entry: closed.
    holidays: Holidays = field(hash=False)
    _known: dict[date, tuple[Opening, ...]] = field(hash=False, compare=False, repr=False)

    def __init__(
        self,
        zone: ZoneInfo | str = "America/Los_Angeles",
        weekly: Mapping[int, Sequence[Window] | Window] = OFFICE_HOURS,
        holidays: Holidays = FEDERAL_HOLIDAYS,
    ) -> None:
        vars(self).update(zone=_zone(zone), weekly=_checked_week(weekly), holidays=holidays, _known={})

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays if isinstance(self.holidays, Container) else self.holidays(day)

    def is_open(self, at: datetime) -> bool:
        return self.closes_at(at) is not None

    def closes_at(self, at: datetime) -> datetime | None:
        """When the opening that holds `at` ends, midnight at the latest; None while closed."""
        at = _utc(at)
        today = self._openings_on(self._local(at).date())
        return next((self._local(closes) for opens, closes in today if opens <= at < closes), None)

    def next_open(self, at: datetime) -> datetime:
        """`at` itself while open, or else the next opening."""
        return self.add(at, 0)

    def add(self, start: datetime, minutes: float) -> datetime:
        """The earliest instant, `start` or later, at which so many open minutes have passed."""
        if not 0 <= minutes < inf:
            raise ValueError(f"Cannot add {minutes} minutes: give a number from 0 upwards")
        left, openings = timedelta(minutes=minutes), self._openings_from(_utc(start))
        opens, closes = next(openings)
        while closes - opens < left:
            left -= closes - opens
            opens, closes = next(openings)
        return self._local(opens + left)

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """The open minutes in [start, end); negative when `end` comes first."""
        start, end = _utc(start), _utc(end)
        if end < start:
            return 0 - self.minutes_between(end, start)  # Not a bare minus: that makes -0.0 of nothing.
        passed = timedelta()
        first, last = self._local(start).date(), self._local(end).date()
        for further in range((last - first).days + 1):
            for opens, closes in self._openings_on(first + further * _DAY):
                passed += max(min(end, closes) - max(start, opens), timedelta())
        return passed / timedelta(minutes=1)

    def day_windows(self, day: date) -> list[Opening]:
        """When the desk opens and closes on `day`, in order; an empty list on a day off."""
        return [(self._local(opens), self._local(closes)) for opens, closes in self._openings_on(day)]

    def _openings_from(self, at: datetime) -> Iterator[Opening]:
        """Every opening from `at` on, in UTC; the one that holds `at` begins there."""
        day = last_open = self._local(at).date()
        while day - last_open < _LONGEST_CLOSURE:
            for opens, closes in self._openings_on(day):
                last_open = day
                if at < closes:
                    yield max(at, opens), closes
            day += _DAY
        raise ValueError(f"The desk never opens from {last_open} to {day}: check its hours and holidays")

    def _openings_on(self, day: date) -> tuple[Opening, ...]:
        """The day's openings in UTC, in order; worked out once: late tickets ask for each day of weeks."""
        if day not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[day] = tuple(self._joined(day))
        return self._known[day]

    def _joined(self, day: date) -> list[Opening]:
        """Openings that touch are one."""
        joined: list[Opening] = []
        for opens, closes in sorted(self._pieces(day)):
            touches = joined and joined[-1][1] == opens
            joined.append((joined.pop()[0] if touches else opens, closes))
        return joined

    def _pieces(self, day: date) -> Iterator[Opening]:
        windows = self._windows(day)
        midnight = datetime.combine(day, time(), UTC)
        for since, until, offset in self._offsets(midnight - _DAY, midnight + 2 * _DAY):
            for start, end in map(_from_midnight, windows):
                opens, closes = max(since, midnight + start - offset), min(until, midnight + end - offset)
                if opens < closes:
                    yield opens, closes

    def _windows(self, day: date) -> Sequence[Window]:
        if self.is_holiday(day):
            return ()
        half_day = self.holidays.half_day(day) if isinstance(self.holidays, HolidayCalendar) else None
        return half_day or self.weekly.get(day.weekday(), ())

    def _offsets(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime, timedelta]]:
        """Cut the few days from `since` to `until` where the zone's clocks change."""
        before, after = self._offset(since), self._offset(until)
        if before == after:
            return [(since, until, before)]
        seconds = range((until - since) // _SECOND)
        passed = bisect_left(seconds, True, key=lambda n: self._offset(since + n * _SECOND) != before)
        change = since + passed * _SECOND
        return [(since, change, before), (change, until, after)]

    def _offset(self, at: datetime) -> timedelta:
        return cast("timedelta", self._local(at).utcoffset())

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


def parse_weekly(text: str) -> dict[int, tuple[Window, ...]]:
    """Read weekly hours such as "mon-fri 07:00-12:00, 13:00-17:00; sat 09:00-12:00"."""
    week: dict[int, list[Window]] = {}
    for part in text.lower().split(";"):
        if not (match := _WEEKLY_PART.fullmatch(part.strip())):
            raise ValueError(f"Cannot read the hours {part.strip()!r}: write them like mon-fri 07:00-17:00")
        windows = [parse_window(window.strip()) for window in match[2].split(",")]
        for days in match[1].split(","):
            for weekday in _parse_days(days.strip()):
                week.setdefault(weekday, []).extend(windows)
    return _checked_week(week)


def _parse_days(text: str) -> list[int]:
    names = [name.strip() for name in text.split("-", maxsplit=1)]
    if strangers := [name for name in names if name not in WEEKDAYS]:
        raise ValueError(f"{strangers[0]!r} in {text!r} is no weekday: write {', '.join(WEEKDAYS)}")
    first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
    return [(first + further) % 7 for further in range((last - first) % 7 + 1)]


def _checked_week(weekly: Mapping[int, Sequence[Window] | Window]) -> dict[int, tuple[Window, ...]]:
    if strangers := set(weekly) - set(range(7)):
        raise ValueError(f"No weekday has the number {min(strangers)}: count from 0, Monday, to 6, Sunday")
    if not any(weekly.values()):
        raise ValueError("The desk is never open: give at least one day its hours")
    return {day: _checked_day(WEEKDAYS[day], given) for day, given in sorted(weekly.items()) if given}


def _checked_day(name: str, given: Sequence[Window] | Window) -> tuple[Window, ...]:
    windows = sorted(cast("Sequence[Window]", [given] if isinstance(given[0], time) else given))
    latest = timedelta()
    for window in windows:
        words = f"{name} {window[0]:%H:%M}-{window[1]:%H:%M}"
        start, end = _from_midnight(window)
        if end <= start:
            raise ValueError(f"{words} ends before it begins: swap its times, or split it at midnight")
        if start < latest:
            raise ValueError(f"{words} begins before the window ahead of it has ended: join the two")
        latest = end
    return tuple(windows)


def _from_midnight(window: Window) -> tuple[timedelta, timedelta]:
    midnight = datetime.combine(date.min, time())
    start, end = (datetime.combine(date.min, clock) - midnight for clock in window)
    return start, end or _DAY  # As the clock on the wall has it, not as time passes.


def _zone(zone: ZoneInfo | str) -> ZoneInfo:
    try:
        return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"No time zone is called {zone!r}: write one such as America/Los_Angeles") from None


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no time zone: give an aware datetime")
    return at.astimezone(UTC)
