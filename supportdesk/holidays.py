"""The US federal holidays as observed (5 U.S.C. 6103), and the desk's own calendar made from them.

Where a holiday falls on a weekend, both that day and the weekday it is observed on count. Inauguration Day is
left out: it closes only Washington. The rules are those of today, save that Martin Luther King's birthday and
Juneteenth begin in their first years; a president's extra day off belongs in the settings.
"""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, date, time, timedelta
from functools import cache

Window = tuple[time, time]  # Half-open, so that 17:00 is closed; an end of 00:00 is midnight after.

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_FIRST_KING_DAY = 1986
_FIRST_JUNETEENTH = 2021  # Signed on 17 June, kept on the 18th.


def us_federal_holidays(year: int) -> dict[date, str]:
    """Each holiday's name; 1 January observed on 31 December belongs to the year of that December."""
    return dict(_federal(year))


def is_us_federal_holiday(day: date) -> bool:
    return day in _federal(day.year)


def holiday_name(day: date) -> str | None:
    return _federal(day.year).get(day)


@dataclass(frozen=True)
class HolidayCalendar:
    """The days the desk stays closed: `day in calendar`."""

    federal: bool = True
    closed: frozenset[date] = frozenset()  # Besides the federal holidays.
    opened: frozenset[date] = frozenset()  # Open after all.
    half_days: tuple[tuple[date, tuple[Window, ...]], ...] = ()  # With hours of their own.

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.name(day) is not None

    def name(self, day: date) -> str | None:
        """Why the desk is closed on `day`, or None where it is not."""
        if day in self.opened:
            return None
        if self.half_day(day):
            return None
        name = holiday_name(day) if self.federal else None
        return name or ("Closed by the desk" if day in self.closed else None)

    def half_day(self, day: date) -> tuple[Window, ...] | None:
        """When the desk is open on a day with hours of its own."""
        return next((windows for other, windows in self.half_days if other == day), None)


def parse_holidays(text: str) -> HolidayCalendar:
    """Read a calendar such as "us-federal, 2026-12-24, -2026-10-12"; a day with a minus is open after all.

    A day with hours is a half day: "2026-12-24 07:00-12:00".
    """
    words = [word.strip() for word in text.lower().split(",")]
    if words == ["none"]:
        return HolidayCalendar(federal=False)
    federal = "us-federal" in words
    half_days = tuple(_half_day(word) for word in words if " " in word)
    dates = [word for word in words if word != "us-federal" and " " not in word]
    closed = frozenset(_day(word) for word in dates if not word.startswith("-"))
    opened = frozenset(_day(word.removeprefix("-")) for word in dates if word.startswith("-"))
    for day in sorted(opened):
        if day in closed or not (federal and is_us_federal_holiday(day)):
            raise ValueError(f"-{day} opens a day that is no holiday here: correct it, or leave it out")
    return HolidayCalendar(federal, closed, opened, half_days)


def _half_day(words: str) -> tuple[date, tuple[Window, ...]]:
    day, *windows = words.split()
    found = tuple(parse_window(window) for window in windows)
    ends = [end for pair in found for end in pair]
    if ends != sorted(set(ends)):
        raise ValueError(f"The hours of {day} overlap or end before they begin: write them in order")
    return _day(day), found


def parse_window(text: str) -> Window:
    match = re.fullmatch(r"(\d\d:\d\d) *- *(\d\d:\d\d)", text)
    try:
        start, end = match.groups() if match else ("", "")
        return time.fromisoformat(start), time() if end == "24:00" else time.fromisoformat(end)
    except ValueError:
        raise ValueError(f"{text!r} is no pair of times: write it like 07:00-17:00") from None


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ValueError(
            f"{word!r} is no holiday: write us-federal, dates such as 2026-12-24 or -2026-10-12, or only none"
        ) from None


@cache
def _federal(year: int) -> dict[date, str]:
    holidays = _by_law(year)
    next_new_year = {date(year + 1, 1, 1): "New Year's Day"} if year < MAXYEAR else {}
    for day, name in (holidays | next_new_year).items():
        observed = _observed(day)
        if observed != day and observed.year == year:
            holidays[observed] = f"{name} (observed)"
    return dict(sorted(holidays.items()))


def _by_law(year: int) -> dict[date, str]:
    days = {
        date(year, 1, 1): "New Year's Day",
        _nth(3, _MONDAY, year, 2): "Washington's Birthday",
        _last_monday_of_may(year): "Memorial Day",
        date(year, 7, 4): "Independence Day",
        _nth(1, _MONDAY, year, 9): "Labor Day",
        _nth(2, _MONDAY, year, 10): "Columbus Day",
        date(year, 11, 11): "Veterans Day",
        _nth(4, _THURSDAY, year, 11): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }
    if year >= _FIRST_KING_DAY:
        days[_nth(3, _MONDAY, year, 1)] = "Birthday of Martin Luther King, Jr."
    if year >= _FIRST_JUNETEENTH:
        days[date(year, 6, 19)] = "Juneteenth National Independence Day"
    return days


def _observed(day: date) -> date:
    """Saturday's holiday is kept on the Friday before it, Sunday's on the Monday after it."""
    return day + timedelta(days={_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0))


def _nth(nth: int, weekday: int, year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=nth - 1)


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())
