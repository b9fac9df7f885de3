"""The desk's own targets, as its settings say, and the deadlines that follow from them."""

import hashlib
from datetime import datetime

from flask import Flask, current_app

from supportdesk.exceptions import SettingsError
from supportdesk.opening import hours
from supportdesk.tickets import sla
from supportdesk.tickets.clocks.policy import Policy, parse_policy
from supportdesk.tickets.models import Priority, Ticket
from supportdesk.tickets.topics import Topic

DECIDES = ("TIMEZONE", "OPENING_HOURS", "HOLIDAYS", "REPLY_MINUTES", "REPLY_TARGETS")


def init_app(app: Flask) -> None:
    """Read the targets; raises SettingsError naming the setting."""
    known = (list(map(str, Priority)), list(map(str, Topic)))
    try:
        app.extensions["targets"] = parse_policy(app.config["REPLY_TARGETS"], app.config["REPLY_MINUTES"], *known)
    except ValueError as error:
        raise SettingsError(f"SUPPORTDESK_REPLY_TARGETS: {error}") from None


def fingerprint() -> str:
    """Of all that decides about deadlines: where it changed, running ones are to be worked out anew."""
    said = "\n".join(f"{name}={current_app.config[name]}" for name in DECIDES)
    return hashlib.sha256(said.encode()).hexdigest()


def targets() -> Policy:
    found: Policy = current_app.extensions["targets"]
    return found


def due_at(priority: Priority, topic: Topic, since: datetime, *, has_replied: bool) -> datetime:
    """When a reply is due to what waits on us `since` then."""
    return sla.reply_due(hours(), since, targets().minutes(priority, topic, has_replied=has_replied))


def due(ticket: Ticket, since: datetime) -> datetime:
    return due_at(ticket.priority, ticket.topic, since, has_replied=ticket.first_replied_at is not None)
