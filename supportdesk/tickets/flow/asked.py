"""The days that the address of a report asks for: the same on every page of the reports."""

from zoneinfo import ZoneInfo

from flask import current_app, request

from supportdesk import clock
from supportdesk.tickets.flow.span import LAST, Span, last_days, read


def span_asked() -> Span:
    """`?span=14` is so many days up to today, `?from=…&to=…` any; the usual ones where neither can be."""
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    today = clock.now().astimezone(zone).date()
    days = request.args.get("span", 0, type=int)
    if days in LAST:
        return last_days(days, today, zone)
    return read(request.args.get("from", ""), request.args.get("to", ""), today, zone)
