"""The federal holidays, held against the `holidays` package, and the calendars a setting can ask for."""

from datetime import date, timedelta

import holidays as reference
import pytest

from supportdesk.holidays import (
    HolidayCalendar,
    holiday_name,
    is_us_federal_holiday,
    parse_holidays,
    us_federal_holidays,
)

CHRISTMAS_EVE = date(2026, 12, 24)
COLUMBUS_DAY = date(2026, 10, 12)


@pytest.mark.parametrize("year", range(2000, 2046))
def test_every_year_has_the_days_the_holidays_package_has(year):
    """Its meaning is ours: the day itself and the observed one, each in the year it falls in."""
    assert list(us_federal_holidays(year)) == sorted(reference.US(years=year, observed=True))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 19), "Birthday of Martin Luther King, Jr."),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2027, 5, 31), "Memorial Day"),
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2026, 7, 4), "Independence Day"),  # A Saturday.
        (date(2026, 7, 3), "Independence Day (observed)"),
        (date(2027, 7, 5), "Independence Day (observed)"),  # The 4th is a Sunday.
        (date(2021, 12, 31), "New Year's Day (observed)"),
        (date(2023, 1, 2), "New Year's Day (observed)"),
        (date(2021, 6, 18), "Juneteenth National Independence Day (observed)"),
    ],
    ids=str,
)
def test_a_holiday_has_a_name(day, name):
    assert holiday_name(day) == name
    assert is_us_federal_holiday(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 7, 6),
        date(2020, 6, 19),  # Before Juneteenth was a holiday.
        date(1985, 1, 21),  # Before Martin Luther King's birthday was.
        date(2025, 1, 21),
        date(2029, 1, 20),  # Inauguration Day, in Washington only.
        date(2026, 12, 24),
    ],
    ids=str,
)
def test_any_other_day_is_no_holiday(day):
    assert holiday_name(day) is None
    assert not is_us_federal_holiday(day)


def test_new_year_observed_in_december_belongs_to_the_year_of_that_december():
    assert date(2021, 12, 31) in us_federal_holidays(2021)
    assert all(day.year == 2022 for day in us_federal_holidays(2022))


def test_the_last_year_there_is_has_its_holidays_too():
    assert date(9999, 12, 25) in us_federal_holidays(9999)


def test_changing_the_answer_changes_no_later_answer():
    us_federal_holidays(2026).clear()

    assert us_federal_holidays(2026)


def test_us_federal_is_the_calendar_nobody_has_to_ask_for():
    calendar = parse_holidays("us-federal")

    assert calendar == HolidayCalendar()
    assert {day for day in _days_of(2026) if day in calendar} == set(us_federal_holidays(2026))


def test_none_is_a_calendar_without_holidays():
    calendar = parse_holidays("none")

    assert not any(day in calendar for day in _days_of(2026))


def test_a_date_closes_the_desk_and_a_minus_opens_it_after_all():
    calendar = parse_holidays(" US-Federal, 2026-12-24,-2026-10-12 ")

    assert calendar.name(CHRISTMAS_EVE) == "Closed by the desk"
    assert calendar.name(date(2026, 12, 25)) == "Christmas Day"
    assert calendar.name(COLUMBUS_DAY) is None
    assert CHRISTMAS_EVE in calendar
    assert COLUMBUS_DAY not in calendar


def test_dates_alone_are_the_only_holidays():
    calendar = parse_holidays("2026-12-24")

    assert CHRISTMAS_EVE in calendar
    assert COLUMBUS_DAY not in calendar


def test_what_is_no_date_is_in_no_calendar():
    assert "2026-12-25" not in HolidayCalendar()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "'' is no holiday: write us-federal"),
        ("us-federal,", "'' is no holiday: write us-federal"),
        ("federal", "'federal' is no holiday: write us-federal"),
        ("us-federal, 12/24/2026", "'12/24/2026' is no holiday"),
        ("us-federal, 2026-02-30", "'2026-02-30' is no holiday"),
        ("us-federal, --2026-10-12", "'-2026-10-12' is no holiday"),
        ("none, 2026-12-24", "'none' is no holiday"),
        ("us-federal, -2026-10-13", "-2026-10-13 opens a day that is no holiday here"),
        ("-2026-10-12", "-2026-10-12 opens a day that is no holiday here"),
        ("us-federal, 2026-12-25, -2026-12-25", "-2026-12-25 opens a day that is no holiday here"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_by_name(text, complaint):
    with pytest.raises(ValueError) as refusal:
        parse_holidays(text)

    assert complaint in str(refusal.value)


def _days_of(year):
    return [date(year, 1, 1) + timedelta(days=passed) for passed in range(365)]
