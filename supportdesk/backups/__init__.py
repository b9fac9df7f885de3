"""Backups: the whole database in one sealed file while the desk serves, and back into an empty place.

The file opens with the desk's private key alone, which is never in it: keep the keys folder apart from the backups.
"""

from flask import Flask

from supportdesk.backups import cli


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.backup)
    app.cli.add_command(cli.restore)
