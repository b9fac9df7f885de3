"""One line in the log of each process that serves or delivers: what it runs with, so that nobody guesses at 3 AM."""

import logging
from contextlib import suppress

from flask import Flask

from supportdesk.database import db
from supportdesk.exceptions import SupportDeskError
from supportdesk.keys import keyring

_log = logging.getLogger("supportdesk.started")


def tell(app: Flask, *, serves: bool = True) -> None:
    """Kinds and numbers, and ids that open nothing: no address, no host, no password."""
    with app.app_context():
        of_pages = [_workers(app), _search(app)] if serves else ["delivers mail"]
        _log.info(
            "Started: %s.", "; ".join([f"role {app.config['ROLE']}", *of_pages, _database(), _mail(app), _keys()])
        )


def _workers(app: Flask) -> str:
    config = app.config
    hosts = "named hosts" if config["TRUSTED_HOSTS"] else "any host"
    return f"{config['WEB_WORKERS']} workers of {config['WEB_THREADS']} threads, {hosts}"


def _database() -> str:
    return f"database {db.engine.dialect.name}"


def _search(app: Flask) -> str:
    with suppress(SupportDeskError, OSError):  # The pages, and /readyz, say what is broken.
        index = app.extensions["searcher"].current()
        return f"index {index.library.digest[:12]}, search by meaning {'on' if index.meaning else 'off'}"
    return "no index"


def _mail(app: Flask) -> str:
    config = app.config
    return "mail into files" if config["MAIL_MODE"] == "files" else f"mail by smtp, {config['MAIL_TLS']}"


def _keys() -> str:
    ring = keyring()
    return f"seals to key {ring.key_id}, opens with {len(ring.private)} private"
