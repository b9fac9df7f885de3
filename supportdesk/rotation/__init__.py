"""Keys over time: a new one, everything put under it while the desk serves, the old one dropped.  Knows no feature."""

from datetime import timedelta

from flask import Flask

from supportdesk import chores
from supportdesk.rotation import cli, guard, services


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.keys)
    guard.init_app(app)
    reached: dict[str, int] = {}
    chores.add(app, "settle", timedelta(minutes=1), lambda: services.settle_what_came_in(reached))
