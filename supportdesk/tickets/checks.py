"""What /readyz and `flask doctor` ask about tickets: whether the clock can be right, and whether each can be read."""

from collections.abc import Iterable
from datetime import timedelta

from flask import Flask

from supportdesk import clock
from supportdesk.health import Finding, add_check
from supportdesk.metrics import Gauge, add_gauges
from supportdesk.tickets import queries

AHEAD = timedelta(minutes=5)


def init_app(app: Flask) -> None:
    if app.config["ROLE"] != "public":
        add_check(app, "clock", _clock)
        add_gauges(app, _gauges)


def _gauges() -> Iterable[Gauge]:
    yield Gauge("desk_tickets", "Tickets by status.", queries.status_counts(), label="status")
    yield Gauge("desk_tickets_overdue", "Tickets whose reply is overdue.", {"": queries.overdue(clock.now())})


def _clock() -> Iterable[Finding]:
    """A clock that was set back shows itself: something is stored that has not happened yet."""
    newest = queries.newest_event_at()
    ahead = newest - clock.now() if newest else timedelta(0)
    if ahead > AHEAD:
        minutes = int(ahead.total_seconds() // 60)
        yield Finding(
            f"The newest event is {minutes} minutes ahead of this machine’s clock.",
            "Set the clock by NTP; due times of new tickets are off until then.",
        )
