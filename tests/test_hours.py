"""Opening hours: by example first, then against someone who looks at the clock on the wall each minute."""

from bisect import bisect_left
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportdesk.holidays import HolidayCalendar, is_us_federal_holiday
from supportdesk.hours import BusinessHours, parse_weekly

PACIFIC = ZoneInfo("America/Los_Angeles")
MINUTE = timedelta(minutes=1)
SPRING_FORWARD = date(2026, 3, 8)  # 2 AM becomes 3 AM.
FALL_BACK = date(2026, 11, 1)  # 2 AM becomes 1 AM.
SUNDAY_NIGHT = BusinessHours(weekly={6: (time(0), time(5))})
EVERY_DAY = dict.fromkeys(range(7), (time(0), time(0)))


@pytest.fixture
def desk():
    return BusinessHours()


def pacific(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=PACIFIC, fold=fold)


# Open or closed

OPEN_OR_CLOSED = {
    "a minute before seven": ("2026-11-18 06:59", False),
    "seven sharp": ("2026-11-18 07:00", True),
    "the last moment of the day": ("2026-11-18 16:59:59.999999", True),
    "five sharp": ("2026-11-18 17:00", False),
    "Saturday noon": ("2026-11-21 12:00", False),
    "Thanksgiving noon": ("2026-11-26 12:00", False),
    "Independence Day as observed": ("2026-07-03 12:00", False),
}


@pytest.mark.parametrize(("at", "is_open"), OPEN_OR_CLOSED.values(), ids=OPEN_OR_CLOSED)
def test_the_desk_is_open_in_a_half_open_window_on_workdays(desk, at, is_open):
    assert desk.is_open(pacific(at)) is is_open


def test_the_desk_can_be_asked_from_any_zone(desk):
    assert desk.is_open(datetime(2026, 11, 18, 15, 0, tzinfo=UTC))
    assert not desk.is_open(datetime(2026, 11, 18, 8, 0, tzinfo=ZoneInfo("America/New_York")))


def test_answers_come_in_the_zone_of_the_desk(desk):
    assert desk.next_open(datetime(2026, 11, 18, 3, 0, tzinfo=UTC)).isoformat() == "2026-11-18T07:00:00-08:00"


def test_next_open_is_that_very_instant_while_open_and_else_the_next_opening(desk):
    assert desk.next_open(pacific("2026-11-18 16:59:59.5")) == pacific("2026-11-18 16:59:59.5")
    assert desk.next_open(pacific("2026-11-18 06:00")) == pacific("2026-11-18 07:00")
    assert desk.next_open(pacific("2026-11-25 17:00")) == pacific("2026-11-27 07:00")
    assert desk.next_open(pacific("2026-12-31 17:00")) == pacific("2027-01-04 07:00")


def test_closes_at_is_the_end_of_the_window_and_nothing_while_closed(desk):
    assert desk.closes_at(pacific("2026-11-18 07:00")) == pacific("2026-11-18 17:00")
    assert desk.closes_at(pacific("2026-11-18 17:00")) is None
    assert desk.closes_at(pacific("2026-11-21 12:00")) is None


def test_a_day_off_has_no_windows(desk):
    assert desk.day_windows(date(2026, 11, 26)) == []
    assert desk.day_windows(date(2026, 11, 27)) == [(pacific("2026-11-27 07:00"), pacific("2026-11-27 17:00"))]


# Adding and counting minutes

ADDED = {
    "within the day": ("2026-11-18 09:00", 90, "2026-11-18 10:30"),
    "up to closing time, the same day": ("2026-11-18 16:00", 60, "2026-11-18 17:00"),
    "a minute past closing time": ("2026-11-18 16:00", 61, "2026-11-19 07:01"),
    "a fraction of a minute": ("2026-11-18 16:00", 1.5, "2026-11-18 16:01:30"),
    "nothing while open": ("2026-11-18 16:00:01", 0, "2026-11-18 16:00:01"),
    "nothing while closed": ("2026-11-18 17:00", 0, "2026-11-19 07:00"),
    "from before opening": ("2026-11-18 01:00", 10, "2026-11-18 07:10"),
    "over a weekend": ("2026-11-20 16:30", 60, "2026-11-23 07:30"),
    "over a weekend in which the clocks change": ("2026-10-30 16:30", 60, "2026-11-02 07:30"),
    "over Thanksgiving": ("2026-11-25 16:30", 60, "2026-11-27 07:30"),
    "a whole day, from morning to evening": ("2026-11-18 07:00", 600, "2026-11-18 17:00"),
    "four weeks": ("2026-11-30 07:00", 19 * 600, "2026-12-24 17:00"),
}


@pytest.mark.parametrize(("start", "minutes", "end"), ADDED.values(), ids=ADDED)
def test_adding_gives_the_earliest_instant_at_which_the_minutes_have_passed(desk, start, minutes, end):
    assert desk.add(pacific(start), minutes) == pacific(end)
    assert desk.minutes_between(pacific(start), pacific(end)) == minutes


def test_minutes_of_a_closed_night_are_none(desk):
    assert desk.minutes_between(pacific("2026-11-18 17:00"), pacific("2026-11-19 07:00")) == 0


def test_minutes_backwards_are_negative(desk):
    assert desk.minutes_between(pacific("2026-11-19 07:30"), pacific("2026-11-18 16:30")) == -60
    assert str(desk.minutes_between(pacific("2026-11-19 07:00"), pacific("2026-11-18 17:00"))) == "0.0"


def test_seconds_count_too(desk):
    assert desk.minutes_between(pacific("2026-11-18 08:00:15"), pacific("2026-11-18 08:01")) == 0.75


@pytest.mark.parametrize("minutes", [-1, -0.001, float("inf"), float("nan")])
def test_minutes_that_cannot_pass_are_refused(desk, minutes):
    with pytest.raises(ValueError, match="give a number from 0 upwards"):
        desk.add(pacific("2026-11-18 09:00"), minutes)


def test_a_time_without_its_zone_is_refused(desk):
    naive = datetime(2026, 11, 18, 9, 0)  # noqa: DTZ001
    aware = pacific("2026-11-18 09:00")
    for question in (
        partial(desk.is_open, naive),
        partial(desk.next_open, naive),
        partial(desk.closes_at, naive),
        partial(desk.add, naive, 1),
        partial(desk.minutes_between, naive, aware),
        partial(desk.minutes_between, aware, naive),
    ):
        with pytest.raises(ValueError, match="give an aware datetime"):
            question()


# When the clocks change


@pytest.mark.parametrize(("day", "hours"), [(SPRING_FORWARD, 4), (FALL_BACK, 6), (date(2026, 11, 8), 5)], ids=str)
def test_a_night_is_as_long_as_the_clocks_make_it(day, hours):
    [(opens, closes)] = SUNDAY_NIGHT.day_windows(day)

    assert (opens.time(), closes.time()) == (time(0), time(5))
    assert SUNDAY_NIGHT.minutes_between(opens, closes) == hours * 60
    assert SUNDAY_NIGHT.add(opens, hours * 60) == closes
    assert SUNDAY_NIGHT.closes_at(opens) == closes


def test_the_hour_that_comes_twice_is_open_twice():
    first, second = pacific("2026-11-01 01:30"), pacific("2026-11-01 01:30", fold=1)

    assert SUNDAY_NIGHT.minutes_between(first, second) == 60
    assert SUNDAY_NIGHT.add(first, 60).utcoffset() == second.utcoffset() == timedelta(hours=-8)


def test_a_window_that_begins_in_the_skipped_hour_begins_when_the_hour_is_skipped():
    desk = BusinessHours(weekly={6: (time(2, 30), time(5))})

    assert desk.day_windows(SPRING_FORWARD) == [(pacific("2026-03-08 03:00"), pacific("2026-03-08 05:00"))]


def test_a_window_within_the_skipped_hour_does_not_happen():
    desk = BusinessHours(weekly={6: (time(2), time(3))})

    assert desk.day_windows(SPRING_FORWARD) == []
    assert desk.next_open(pacific("2026-03-08 00:00")) == pacific("2026-03-15 02:00")


def test_a_day_that_a_zone_skipped_had_no_hours():
    samoa = BusinessHours("Pacific/Apia", EVERY_DAY, HolidayCalendar(federal=False))

    assert samoa.day_windows(date(2011, 12, 30)) == []
    assert samoa.minutes_between(
        datetime(2011, 12, 29, 12, 0, tzinfo=samoa.zone), datetime(2011, 12, 31, 12, 0, tzinfo=samoa.zone)
    ) == (24 * 60)


# What a desk can be made of


def test_a_lunch_break_closes_the_desk():
    desk = BusinessHours(weekly=parse_weekly("mon-fri 07:00-12:00, 13:00-17:00"))

    assert desk.closes_at(pacific("2026-11-18 09:00")) == pacific("2026-11-18 12:00")
    assert desk.next_open(pacific("2026-11-18 12:00")) == pacific("2026-11-18 13:00")
    assert desk.add(pacific("2026-11-18 11:30"), 60) == pacific("2026-11-18 13:30")


def test_windows_that_touch_are_one():
    desk = BusinessHours(weekly={2: [(time(12), time(17)), (time(7), time(12))]})

    assert desk.day_windows(date(2026, 11, 18)) == [(pacific("2026-11-18 07:00"), pacific("2026-11-18 17:00"))]


def test_midnight_as_an_end_is_the_end_of_the_day():
    desk = BusinessHours(weekly=EVERY_DAY, holidays=[])

    assert desk.closes_at(pacific("2026-11-18 09:00")) == pacific("2026-11-19 00:00")
    assert desk.add(pacific("2026-11-18 09:00"), 3 * 24 * 60) == pacific("2026-11-21 09:00")


@pytest.mark.parametrize(
    "holidays",
    [[date(2026, 11, 18)], {date(2026, 11, 18): "Moving day"}, date(2026, 11, 18).__eq__],
    ids=["list", "names", "question"],
)
def test_holidays_are_a_collection_of_days_or_a_question(holidays):
    desk = BusinessHours(holidays=holidays)

    assert desk.next_open(pacific("2026-11-18 09:00")) == pacific("2026-11-19 07:00")


def test_desks_with_the_same_settings_are_equal():
    assert BusinessHours() == BusinessHours(PACIFIC, parse_weekly("mon-fri 07:00-17:00"))
    assert BusinessHours() != BusinessHours("America/Denver")
    assert len({BusinessHours(), BusinessHours(weekly={**parse_weekly("mon-fri 07:00-17:00"), 5: ()})}) == 1


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"zone": "Pacific"}, "No time zone is called 'Pacific'"),
        ({"zone": "../etc"}, "No time zone is called '../etc'"),
        ({"zone": "America"}, "No time zone is called 'America'"),
        ({"weekly": {}}, "The desk is never open"),
        ({"weekly": {0: []}}, "The desk is never open"),
        ({"weekly": {7: (time(7), time(17))}}, "No weekday has the number 7"),
        ({"weekly": {0: (time(17), time(7))}}, "mon 17:00-07:00 ends before it begins"),
        ({"weekly": {0: (time(7), time(7))}}, "mon 07:00-07:00 ends before it begins"),
        ({"weekly": {4: [(time(12), time(14)), (time(7), time(13))]}}, "fri 12:00-14:00 begins before"),
        ({"weekly": {4: [(time(7), time(0)), (time(9), time(10))]}}, "fri 09:00-10:00 begins before"),
    ],
)
def test_a_desk_that_makes_no_sense_is_refused(settings, complaint):
    with pytest.raises(ValueError) as refusal:
        BusinessHours(**settings)

    assert complaint in str(refusal.value)


def test_a_desk_that_never_opens_says_so_instead_of_searching_for_ever():
    desk = BusinessHours(holidays=lambda day: day > date(2026, 11, 18))

    assert desk.add(pacific("2026-11-18 09:00"), 480) == pacific("2026-11-18 17:00")
    assert desk.minutes_between(pacific("2026-11-18 09:00"), pacific("2036-11-18 09:00")) == 480
    with pytest.raises(ValueError, match="never opens from 2026-11-18 to 2028-11-19: check its hours and holidays"):
        desk.add(pacific("2026-11-18 09:00"), 481)


# Weekly hours as a setting

WEEKLY = {
    "mon-fri 07:00-17:00; sat 09:00-12:00": {
        **dict.fromkeys(range(5), ((time(7), time(17)),)),
        5: ((time(9), time(12)),),
    },
    "Mon, Wed 07:00-12:00": dict.fromkeys((0, 2), ((time(7), time(12)),)),
    "mon 13:00-17:00; mon 07:00-12:00": {0: ((time(7), time(12)), (time(13), time(17)))},
    " sun 00:00 - 24:00 ": {6: ((time(0), time(0)),)},
    "sat-mon 22:00-00:00": dict.fromkeys((0, 5, 6), ((time(22), time(0)),)),
}


@pytest.mark.parametrize(("text", "weekly"), WEEKLY.items(), ids=WEEKLY)
def test_weekly_hours_can_be_written_as_one_line(text, weekly):
    assert parse_weekly(text) == weekly


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Cannot read the hours ''"),
        ("mon-fri", "Cannot read the hours 'mon-fri': write them like mon-fri 07:00-17:00"),
        (
            "mon-fri 07:00-17:00 sat 09:00-12:00",
            "Cannot read the hours 'mon-fri 07:00-17:00 sat 09:00-12:00'",
        ),
        ("mon-fry 07:00-17:00", "'fry' in 'mon-fry' is no weekday"),
        ("mon- 07:00-17:00", "'' in 'mon-' is no weekday"),
        ("mon 07:00-17:00; tue 7-17", "'7-17' is no pair of times"),
        ("mon 07:00-25:00", "'07:00-25:00' is no pair of times"),
        ("mon 24:00-24:00", "'24:00-24:00' is no pair of times"),
        ("mon 07:00-12:00,", "'' is no pair of times"),
        ("mon 17:00-07:00", "mon 17:00-07:00 ends before it begins"),
        ("mon-fri 07:00-17:00; wed 16:00-18:00", "wed 16:00-18:00 begins before"),
    ],
)
def test_weekly_hours_that_make_no_sense_are_refused_by_their_wrong_part(text, complaint):
    with pytest.raises(ValueError) as refusal:
        parse_weekly(text)

    assert complaint in str(refusal.value)


@given(st.text("monwedfri 0127:-,;", max_size=40))
def test_any_line_is_read_or_refused_in_words(text):
    with suppress(ValueError):
        assert BusinessHours(weekly=parse_weekly(text)).weekly == parse_weekly(text)


# Someone who looks at the clock on the wall each minute

CLOCK_CHANGES = [
    ("America/Los_Angeles", datetime(2026, 3, 8, 10, 0, tzinfo=UTC)),
    ("America/Los_Angeles", datetime(2026, 11, 1, 9, 0, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 0, tzinfo=UTC)),  # Half an hour.
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 5, 3, 0, tzinfo=UTC)),  # At midnight.
    ("America/Santiago", datetime(2026, 9, 6, 4, 0, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 3, 8, 10, 0, tzinfo=UTC)),  # Never.
]


class Watcher:
    """Notes every minute of the nine days around an instant whether the desk is open."""

    def __init__(self, zone, weekly, day_off, around):
        self.first = around - timedelta(days=4)
        self.open_minutes = [
            number
            for number in range(9 * 24 * 60)
            if self._sees_open((self.first + number * MINUTE).astimezone(ZoneInfo(zone)), weekly, day_off)
        ]

    @staticmethod
    def _sees_open(wall, weekly, day_off):
        return wall.date() != day_off and any(
            start <= wall.time() and (wall.time() < end or end == time(0))
            for start, end in weekly.get(wall.weekday(), ())
        )

    def open_before(self, number):
        return bisect_left(self.open_minutes, number)


@st.composite
def windows(draw):
    """One or two windows, their edges often in the hours in which clocks change."""
    edge = st.one_of(st.integers(0, 4 * 12), st.integers(0, 24 * 12)).map(lambda number: number * 5)
    edges = sorted(draw(st.lists(edge, min_size=2, max_size=4, unique=True)))
    clocks = [time(edge // 60 % 24, edge % 60) for edge in edges]
    return list(zip(clocks[::2], clocks[1::2], strict=False))


@st.composite
def watched_desks(draw):
    zone, change = draw(st.sampled_from(CLOCK_CHANGES))
    weekly = draw(st.dictionaries(st.sampled_from([5, 6, 0, 1]), windows(), min_size=1))
    day_off = change.date() + timedelta(days=draw(st.integers(-3, 3)))
    desk = BusinessHours(zone, weekly, {day_off})
    return desk, Watcher(zone, weekly, day_off, change)


@settings(max_examples=60, deadline=None)
@given(watched_desks(), st.data())
def test_the_arithmetic_agrees_with_someone_who_watches_the_clock(watched, data):
    desk, watcher = watched
    for _ in range(10):
        begin = data.draw(st.integers(0, 8 * 24 * 60))
        end = data.draw(st.integers(begin, 9 * 24 * 60))
        start, passed = watcher.first + begin * MINUTE, watcher.open_before(begin)
        ahead = watcher.open_minutes[passed:]

        assert desk.is_open(start) == (begin in ahead[:1])
        assert desk.minutes_between(start, watcher.first + end * MINUTE) == watcher.open_before(end) - passed
        if ahead:
            assert desk.next_open(start).astimezone(UTC) == watcher.first + ahead[0] * MINUTE
            minutes = data.draw(st.integers(1, len(ahead)))
            expected = watcher.first + (ahead[minutes - 1] + 1) * MINUTE
            assert desk.add(start, minutes).astimezone(UTC) == expected


# Laws that hold for any desk and any instant

instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
desks = st.builds(
    BusinessHours,
    st.sampled_from(sorted({zone for zone, _ in CLOCK_CHANGES})),
    st.dictionaries(st.integers(0, 6), windows(), min_size=1),
    st.sampled_from([HolidayCalendar(), HolidayCalendar(federal=False), is_us_federal_holiday]),
)


@settings(deadline=None)
@given(desks, instants, st.integers(1, 5000))
def test_what_was_added_is_what_has_passed(desk, start, minutes):
    end = desk.add(start, minutes)

    assert desk.minutes_between(start, end) == minutes
    assert desk.minutes_between(end, start) == -minutes
    assert desk.is_open(end.astimezone(UTC) - timedelta(microseconds=1))


@settings(deadline=None)
@given(desks, instants, st.integers(0, 3000), st.integers(1, 3000))
def test_adding_twice_is_adding_the_sum(desk, start, some, more):
    assert desk.add(desk.add(start, some), more).astimezone(UTC) == desk.add(start, some + more).astimezone(UTC)


@settings(deadline=None)
@given(desks, instants)
def test_next_open_is_open_and_closes_later(desk, at):
    opens = desk.next_open(at)

    assert desk.is_open(opens)
    assert desk.next_open(opens) == opens
    assert desk.closes_at(opens).astimezone(UTC) > opens.astimezone(UTC) >= at
    assert desk.minutes_between(at, opens) == 0
