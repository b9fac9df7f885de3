"""Open or closed right now, and the hours in each zone of the country, as words for a page."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, current_app
from flask_babel import get_locale, gettext, lazy_gettext

from supportdesk import clock
from supportdesk.exceptions import SettingsError
from supportdesk.holidays import parse_holidays
from supportdesk.hours import BusinessHours, parse_weekly

US_ZONES = (
    (lazy_gettext("Mountain"), "America/Denver"),
    (lazy_gettext("Central"), "America/Chicago"),
    (lazy_gettext("Eastern"), "America/New_York"),
)


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
    except (ValueError, KeyError) as error:  # ZoneInfoNotFoundError is a KeyError.
        raise SettingsError(
            f"SUPPORTDESK_TIMEZONE, SUPPORTDESK_OPENING_HOURS or SUPPORTDESK_HOLIDAYS: {error}"
        ) from None
    app.jinja_env.globals["opening"] = opening
    app.jinja_env.filters.update(moment=moment, short_moment=short_moment, clock_time=clock_time, long_date=long_date)


def hours() -> BusinessHours:
    found: BusinessHours = current_app.extensions["hours"]
    return found


def opening() -> Opening:
    """The opening as of now."""
    at, desk = clock.now(), hours()
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


def short_moment(at: datetime) -> str:
    """“Today, 8:15 AM”, “Mon, 3:05 PM” within the last week, else “Nov 9, 3:05 PM”: for agents, who know the zone."""
    days = (_local(clock.now()).date() - _local(at).date()).days
    if days == 0:
        return str(gettext("Today, %(time)s", time=clock_time(at)))
    day = format_datetime(_local(at), "EEE" if 0 < days < 7 else "MMM d", locale=_locale())  # noqa: PLR2004
    return f"{day}, {clock_time(at)}"


def long_date(day: date) -> str:
    return str(format_date(day, "MMMM d, y", locale=_locale()))


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(current_app.config["TIMEZONE"]))


def _zone_name() -> str:
    return str(current_app.config["TIMEZONE_NAME"])


def _locale() -> str:
    return str(get_locale() or "en_US")
