"""Whether this process is alive (/healthz), and whether it can serve (/readyz), in words for the operator.

Each part of the desk adds its checks here; `flask doctor` asks them all, /readyz those that are quick.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from supportdesk.access import ANYONE, may
from supportdesk.database import db, lacks_rights, try_to_store

_LEAST_FREE = 200 * 1024 * 1024  # Bytes on the data folder's disk.

health = may(ANYONE)(Blueprint("health", __name__))


@dataclass(frozen=True)
class Finding:
    """What is not as it should be, as a sentence, and what to do about it."""

    what: str
    cure: str
    stops_us: bool = False  # Patients can't be served properly until it is mended.

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"


@dataclass(frozen=True)
class Check:
    name: str
    find: Callable[[], Iterable[Finding]]
    is_quick: bool  # A few milliseconds: asked whenever somebody opens /readyz.
    is_long: bool  # It may take minutes: asked by the command alone, and not for a page.


def init_app(app: Flask) -> None:
    app.register_blueprint(health)
    add_check(app, "database", _database)
    add_check(app, "disk", _disk)


def add_check(
    app: Flask, name: str, find: Callable[[], Iterable[Finding]], *, is_quick: bool = True, is_long: bool = False
) -> None:
    app.extensions.setdefault("checks", []).append(Check(name, find, is_quick and not is_long, is_long))


def examine(*, quickly: bool, patiently: bool = False) -> dict[str, list[Finding]]:
    """What each check finds, by its name; an empty list is good."""
    checks: list[Check] = current_app.extensions["checks"]
    wanted = [check for check in checks if check.is_quick or not (quickly or check.is_long) or patiently]
    return {check.name: _asked(check) for check in wanted}


def _asked(check: Check) -> list[Finding]:
    try:
        return list(check.find())
    except ProgrammingError as error:
        db.session.rollback()
        if not lacks_rights(error):
            return [Finding("This can’t be checked (ProgrammingError).", "The database’s line may say why.")]
        return [
            Finding(
                "This can’t be checked: the database user of this process may not read what it takes.",
                "Ask where the role is desk; after an update, type first, as the tables’ owner: grants --apply.",
            )
        ]
    except Exception as error:  # noqa: BLE001  Whatever is broken, the operator asked what it is.
        db.session.rollback()
        return [Finding(f"This can’t be checked ({type(error).__name__}).", "The database’s line may say why.")]


@health.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 where patients can't be served; what can wait is said, and the answer stays 200."""
    found = examine(quickly=True)
    said = {name: " ".join(map(str, findings)) or "ok" for name, findings in found.items()}
    stopped = any(finding.stops_us for findings in found.values() for finding in findings)
    return jsonify(said), 503 if stopped else 200


def _database() -> Iterable[Finding]:
    try:
        db.session.execute(text("select version_num from alembic_version"))
    except SQLAlchemyError as error:
        yield Finding(
            f"not usable ({type(error).__name__});",
            "has “./desk run” or “flask --app wsgi db upgrade” been run?",
            stops_us=True,
        )
        return
    finally:
        db.session.rollback()
    yield from _storing()


def _storing() -> Iterable[Finding]:
    """Whether a request could be kept.  Nothing is stored for it."""
    try:
        may_store = try_to_store("outbox" if current_app.config["ROLE"] == "delivery" else "ticket")
    except SQLAlchemyError as error:
        yield Finding(
            f"The database can be read, but nothing can be stored ({type(error).__name__}): somebody else holds it.",
            "Look for a program that has it open, such as a copy, a repair or a new index, and end it.",
            stops_us=True,
        )
        return
    if not may_store:
        yield Finding(
            "The database can only be read, so nothing can be stored.",
            "Make its disk or file writable; on PostgreSQL look at default_transaction_read_only, and whether it is a "
            "standby.",
            stops_us=True,
        )


def _disk() -> Iterable[Finding]:
    folder: Any = current_app.config["DATA_FOLDER"]
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            os.fsync(file.fileno())
    except OSError as error:
        yield Finding(f"{folder} can’t be written ({error.strerror}).", "Make it writable, or free some space.", True)
        return
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        yield Finding(f"{folder} has {free // 1_000_000} MB left.", "Free some space before nothing can be stored.")
