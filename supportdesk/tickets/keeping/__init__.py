"""How long words are kept, and how they go: after two years by themselves, or when somebody asks for it."""

from datetime import timedelta

from flask import Flask

from supportdesk import chores, clock
from supportdesk.tickets.keeping import services


def init_app(app: Flask) -> None:
    chores.add(app, "anonymise", timedelta(hours=24), lambda: services.anonymise_old_tickets(clock.now()))
