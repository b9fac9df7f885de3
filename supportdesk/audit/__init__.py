"""The audit: every look at a ticket, search, export, sign-in and refusal.  Knows no features; all of them use it."""

from flask import Flask

from supportdesk.audit import cli, noting, verifying
from supportdesk.audit.models import What
from supportdesk.audit.noting import note

__all__ = ["What", "init_app", "note"]


def init_app(app: Flask) -> None:
    noting.init_app(app)
    verifying.init_app(app)
    app.cli.add_command(cli.audit)
