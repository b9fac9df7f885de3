"""What has to be done again and again, beside the delivery of mail: the delivery process does it, so no cron is needed.

A part of the desk adds its chores when the application is built; each is done when the process starts, and then
whenever its time has come.  A chore that fails is tried again the next time; it never holds up the mail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app

from supportdesk.database import db


@dataclass
class Chore:
    name: str
    every: timedelta
    do: Callable[[], object]
    due: datetime | None = None  # None: at once.


def add(app: Flask, name: str, every: timedelta, do: Callable[[], object]) -> None:
    app.extensions.setdefault("chores", []).append(Chore(name, every, do))


def do_due(now: datetime) -> None:
    """Do each chore whose time has come.  Raises nothing."""
    for chore in current_app.extensions.get("chores", ()):
        if chore.due is None or chore.due <= now:
            chore.due = now + chore.every
            try:
                chore.do()
            except Exception as error:  # noqa: BLE001  Whatever it was, the mail has to go out.
                current_app.logger.error("The chore %s failed: %s", chore.name, type(error).__name__)  # noqa: TRY400
            finally:
                db.session.remove()
