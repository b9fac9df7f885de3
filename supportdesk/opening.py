"""Open or closed right now, and the hours in each zone of the country, as words for a page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, current_app
from flask_babel import get_locale, gettext, lazy_gettext

from supportdesk import clock
from supportdesk.exceptions import SettingsError
from supportdesk.holidays import HolidayCalendar, parse_holidays
from supportdesk.hours import BusinessHours, parse_weekly

US_ZONES = (
    (lazy_gettext("Mountain"), "America/Denver"),
    (lazy_gettext("Central"), "America/Chicago"),
    (lazy_gettext("Eastern"), "America/New_York"),
)
HOLIDAY_NAMES = {  # As the law calls them, and as people do.
    "New Year's Day": lazy_gettext("New Year’s Day"),
    "Birthday of Martin Luther King, Jr.": lazy_gettext("Martin Luther King Day"),
    "Washington's Birthday": lazy_gettext("Presidents’ Day"),
    "Memorial Day": lazy_gettext("Memorial Day"),
    "Juneteenth National Independence Day": lazy_gettext("Juneteenth"),
    "Independence Day": lazy_gettext("Independence Day"),
    "Labor Day": lazy_gettext("Labor Day"),
    "Columbus Day": lazy_gettext("Columbus Day"),
    "Veterans Day": lazy_gettext("Veterans Day"),
    "Thanksgiving Day": lazy_gettext("Thanksgiving"),
    "Christmas Day": lazy_gettext("Christmas"),
}
DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Opening:
    """What the page says about a moment: whether someone answers, and the sentence for it."""

    is_open: bool
    sentence: str
    table: tuple[tuple[str, str], ...]  # Zone and hours, such as (“Eastern”, “10 AM to 8 PM”).


def init_app(app: Flask) -> None:
    """Read the opening hours; raises SettingsError naming the setting that can't be read."""
    config = app.config
    try:
        app.extensions["hours"] = BusinessHours(
            ZoneInfo(config["TIMEZONE"]),
            parse_weekly(config["OPENING_HOURS"]),
            parse_holidays(config["HOLIDAYS"]),
        )
    except (ValueError, KeyError) as error:
        raise SettingsError(f"SUPPORTDESK_OPENING_HOURS or SUPPORTDESK_HOLIDAYS: {error}") from None
    app.extensions["openings"] = {}
    app.jinja_env.globals["opening"] = opening
    app.jinja_env.filters.update(moment=moment, short_moment=short_moment, clock_time=clock_time, long_date=long_date)
    app.jinja_env.filters.update(elsewhere=elsewhere, closures=closures)


def hours() -> BusinessHours:
    found: BusinessHours = current_app.extensions["hours"]
    return found


def opening() -> Opening:
    """The opening as of now, worked out once a minute: opening hours begin and end on one."""
    known: dict[str, tuple[int, Opening]] = current_app.extensions["openings"]
    at, locale = clock.now(), _locale()
    minute = int(at.timestamp() // 60)
    if locale not in known or known[locale][0] != minute:
        known[locale] = minute, _opening(hours(), at)
    return known[locale][1]


def _opening(desk: BusinessHours, at: datetime) -> Opening:
    until = desk.closes_at(at)
    if until:
        sentence = gettext("Open now, until %(time)s %(zone)s", time=clock_time(until), zone=_zone_name())
    else:
        opens = desk.next_open(at)
        if _local(opens).date() == _local(at).date():
            sentence = gettext("Closed now. Opens at %(time)s %(zone)s", time=clock_time(opens), zone=_zone_name())
        else:
            day = format_datetime(_local(opens), "EEEE", locale=_locale())
            sentence = gettext(
                "Closed now. Opens %(day)s at %(time)s %(zone)s",
                day=day,
                time=clock_time(opens),
                zone=_zone_name(),
            )
    return Opening(until is not None, sentence, _table(desk, at))


def _table(desk: BusinessHours, at: datetime) -> tuple[tuple[str, str], ...]:
    """The hours of the next day that has any, in the desk's own zone and the other zones of the country."""
    opens = desk.next_open(at)
    windows = desk.day_windows(_local(opens).date())
    zones = [(_zone_name(), current_app.config["TIMEZONE"])]
    zones += [zone for zone in US_ZONES if current_app.config["TIMEZONE"] == "America/Los_Angeles"]
    return tuple(
        (
            name,
            ", ".join(
                gettext("%(start)s to %(end)s", start=clock_time(start, zone), end=clock_time(end, zone))
                for start, end in windows
            ),
        )
        for name, zone in zones
    )


def clock_time(at: datetime, zone: str | None = None) -> str:
    """“7 AM”, “9:40 AM”: the time of day in the desk's zone, or in `zone`."""
    local = at.astimezone(ZoneInfo(zone)) if zone else _local(at)
    return str(format_datetime(local, "h:mm a" if local.minute else "h a", locale=_locale()))


def moment(at: datetime) -> str:
    """“Wednesday, November 18, 5 PM Pacific”."""
    day = format_datetime(_local(at), "EEEE, MMMM d", locale=_locale())
    return f"{day}, {clock_time(at)} {_zone_name()}"


def elsewhere(at: datetime) -> str:
    """“10:40 AM Mountain, 11:40 AM Central, 12:40 PM Eastern”: the time of day in the country's other zones."""
    if current_app.config["TIMEZONE"] != "America/Los_Angeles":
        return ""
    return ", ".join(f"{clock_time(at, zone)} {name}" for name, zone in US_ZONES)


def closures(due: datetime) -> str:
    """“we are closed Thursday for Thanksgiving”: the holidays from today to the next working day after `due`."""
    desk, today, last = hours(), _local(clock.now()).date(), _local(due).date()
    if last < today:
        return ""
    while (last := last + timedelta(days=1)).weekday() not in desk.weekly:
        pass
    days = [today + timedelta(days=n) for n in range((last - today).days + 1)]
    closed = [_closed(day, today) for day in days if day.weekday() in desk.weekly and desk.is_holiday(day)]
    return str(gettext("we are closed %(days)s", days=", ".join(closed))) if closed else ""


def _closed(day: date, today: date) -> str:
    """“Thursday for Thanksgiving”; only the day where nobody knows it by a name."""
    when = format_date(day, "EEEE" if (day - today).days < DAYS_OF_WEEK else "EEEE, MMMM d", locale=_locale())
    calendar = hours().holidays
    name = (calendar.name(day) or "") if isinstance(calendar, HolidayCalendar) else ""
    spoken = HOLIDAY_NAMES.get(name.removesuffix(" (observed)"))
    return str(gettext("%(day)s for %(holiday)s", day=when, holiday=spoken)) if spoken else str(when)


def short_moment(at: datetime) -> str:
    """“Today, 8:15 AM”, “Mon, 3:05 PM” within the last week, else “Nov 9, 3:05 PM”: for agents, who know the zone."""
    days = (_local(clock.now()).date() - _local(at).date()).days
    if days == 0:
        return str(gettext("Today, %(time)s", time=clock_time(at)))
    day = format_datetime(_local(at), "EEE" if 0 < days < 7 else "MMM d", locale=_locale())  # noqa: PLR2004
    return f"{day}, {clock_time(at)}"


def why_closed(day: date) -> str:
    """“Closed: Thanksgiving”, “Closed”."""
    calendar = hours().holidays
    name = (calendar.name(day) or "") if isinstance(calendar, HolidayCalendar) else ""
    spoken = HOLIDAY_NAMES.get(name.removesuffix(" (observed)"))
    return f"Closed: {spoken}" if spoken else "Closed"


def today() -> date:
    """The day it is where the desk is."""
    return _local(clock.now()).date()


def long_date(day: date) -> str:
    return str(format_date(day, "MMMM d, y", locale=_locale()))


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(current_app.config["TIMEZONE"]))


def _zone_name() -> str:
    return str(current_app.config["TIMEZONE_NAME"])


def _locale() -> str:
    return str(get_locale() or "en_US")
