"""`flask --app wsgi prepare`: everything that has to be true before the desk can serve, checked or made so.

Each check that fails ends the command with one line that says what to do.
"""

import os
import socket
import sqlite3
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import CompoundSelect, Select, exists, select, text, union
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from supportdesk import chores, clock, schema
from supportdesk.agents.models import Agent
from supportdesk.agents.queries import there_are_agents
from supportdesk.agents.services import add_agent
from supportdesk.commands import first_line
from supportdesk.database import db
from supportdesk.faq.front_matter import ArticleError
from supportdesk.keys import keyring
from supportdesk.mail.models import MailState, OutboxMail
from supportdesk.tickets.finding import terms
from supportdesk.tickets.finding.models import Term
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.queries import there_are_tickets

PHONE = (
    "\nThen it asks for a phone with an authenticator app. To look around without one:\n"
    "    SUPPORTDESK_ONE_TIME_CODES=off ./desk run"
)
MOMENT = "%Y%m%dT%H%M%S%fZ"  # In the name of a copy.
FIRST_AGENT = ("first.agent@example.org", "First Agent")

ROLES = {
    "all": "One process does everything: role all.",
    "public": "This process takes requests in and can’t read them back: role public.",
    "desk": "This process serves the agents and the answers to requesters: role desk.",
    "delivery": "This process sends mail and tends what is kept; it has no pages: role delivery.",
}


KEPT = timedelta(days=30)  # A copy that was made before an update; a month of nights, as backups are kept.


def init_app(app: Flask) -> None:
    app.cli.add_command(prepare)
    copies = app.config["DATA_FOLDER"] / "backups"
    chores.add(app, "old copies", timedelta(hours=24), lambda: drop_old_copies(copies, clock.now()))


@click.command("prepare")
@click.option("--port/--no-port", default=True, help="Whether the port must be free.  [default: yes]")
@with_appcontext
def prepare(*, port: bool) -> None:
    """Check that the desk can run here, bring its database up to date, and build its search index."""
    config = current_app.config
    os.umask(0o077)
    check_folder(config["DATA_FOLDER"])
    if port and config["ROLE"] != "delivery":
        check_port(config["HOST"], config["PORT"])
    check_database()
    owns_database = config["ROLE"] in {"all", "desk"}  # The others’ database users may do little.
    if owns_database:
        bring_database_up_to_date(config["DATA_FOLDER"] / "backups")
        index_tickets()
    if config["ROLE"] != "public":
        check_keys()
    if config["ROLE"] != "delivery":
        build_index()
    if owns_database and not there_are_agents():
        add_first_agent()
    click.echo(ROLES[config["ROLE"]])


def check_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise click.ClickException(
            f"The data folder {folder} can’t be written ({error.strerror}). "
            "Make it writable, or name another in SUPPORTDESK_DATA_FOLDER."
        ) from None


def check_port(host: str, port: int) -> None:
    try:
        _listen(host, port)
    except (PermissionError, OverflowError):
        raise click.ClickException(f"Port {port} can’t be used. Try: PORT=8000 ./desk run") from None
    except OSError as error:
        if not _is_free(host, 0):
            raise click.ClickException(f"SUPPORTDESK_HOST: can’t listen on {host} ({error.strerror}).") from None
        other = next(number for number in (*range(port + 1, port + 100), 0) if _is_free(host, number))
        raise click.ClickException(f"Port {port} is taken. Try: PORT={other} ./desk run") from None


def _listen(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as door:  # As gunicorn does.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen()


def _is_free(host: str, port: int) -> bool:
    try:
        _listen(host, port)
    except (OSError, OverflowError):
        return False
    return True


def check_database() -> None:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("select 1"))
    except SQLAlchemyError as error:
        raise click.ClickException(
            f"The database {_database_name()} can’t be used ({first_line(error)}). "
            "Check that it is there and running, or name another in DATABASE_URL."
        ) from None


def bring_database_up_to_date(backups: Path) -> None:
    """Apply the migrations that are missing, if any; a SQLite file that has something in it is copied first."""
    revision = schema.revision()
    if revision == schema.newest():
        return
    copy = None
    if revision:
        _check_known(revision)
        copy = copy_database(backups, revision)
    try:
        schema.upgrade()
    except SQLAlchemyError as error:
        raise click.ClickException(
            f"The database could not be brought up to date ({first_line(error)}). "
            f"It is as it was{f', and copied to {copy}' if copy else ''}."
        ) from None
    done = "brought up to date" if revision else "made"
    click.echo(f"The database was {done}: {_database_name()}{f' (copied before to {copy})' if copy else ''}")


def _check_known(revision: str) -> None:
    if not schema.is_known(revision):
        raise click.ClickException(
            f"The database was written by a newer desk (revision {revision}). Install that desk again."
        )


def copy_database(folder: Path, revision: str) -> Path | None:
    """A copy of the SQLite file as it is now, readable by its owner only; None on a database server."""
    with closing(db.engine.raw_connection()) as connection:
        source: Any = connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            return None
        path = folder / f"before-{revision}-{clock.now():{MOMENT}}.sqlite3"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            path.touch(mode=0o600, exist_ok=False)
            with closing(sqlite3.connect(path)) as target:
                source.backup(target)
        except (OSError, sqlite3.Error) as error:
            with suppress(OSError):
                path.unlink()
            raise click.ClickException(
                f"The database could not be copied to {folder} ({error}), so it was not brought up to date."
            ) from None
    return path


def drop_old_copies(folder: Path, now: datetime) -> None:
    """What was erased meanwhile is in them still.  By the moment in the name: a file's own is another once moved."""
    for path in folder.glob("before-*.sqlite3"):
        with suppress(ValueError):  # Somebody else's file.
            made = datetime.strptime(path.stem.rpartition("-")[2], MOMENT).replace(tzinfo=UTC)
            if made < now - KEPT:
                path.unlink(missing_ok=True)


def check_keys() -> None:
    """Refuse to run where what is stored could not be read: somebody started with other keys."""
    missing = missing_key_ids()
    if missing:
        raise click.ClickException(
            f"{current_app.config['KEYS_FOLDER']}/private lacks the key {', '.join(missing)}, under which tickets are "
            "sealed. Restore the keys folder from your backup; nothing is lost as long as that is there."
        )


def missing_key_ids() -> list[str]:
    """The keys that stored tickets, waiting mail and agents' codes need, and this process does not hold."""
    waiting = OutboxMail.state.in_((MailState.QUEUED, MailState.LEASED))
    of_agents = select(Agent.key_id).where(Agent.key_id.is_not(None))
    sealed: list[Select[Any]] = [select(Ticket.key_id), select(OutboxMail.key_id).where(waiting)]
    if current_app.config["ROLE"] != "delivery":  # Its database user knows nothing of agents.
        sealed.append(of_agents)
    needed: CompoundSelect[Any] = union(*sealed)
    missing = sorted(set(db.session.scalars(needed)) - set(keyring().private) - {""})  # Erased rows need none.
    db.session.rollback()
    return missing


def index_tickets() -> None:
    """After an update, and after the setting was changed, what stands in the tickets is hashed, or no longer."""
    has_hashes = db.session.scalar(select(exists(select(Term.ticket_id)))) or False
    wanted = current_app.config["TICKET_WORD_INDEX"] and there_are_tickets()
    db.session.rollback()
    if has_hashes != wanted:
        terms.index_every_ticket()


def build_index() -> None:
    """So that the first visitor does not wait for it.  Broken articles are named by the library itself."""
    try:
        current_app.extensions["searcher"].current()
    except (ArticleError, OSError) as error:
        raise click.ClickException(f"The help centre’s articles can’t be used: {error}") from None


def add_first_agent() -> None:
    email, name = FIRST_AGENT
    try:
        _agent, password = add_agent(email, name)
    except (ValueError, IntegrityError):  # Another node, starting at this moment, was first.
        return
    click.echo(
        "The first agent can sign in. The password is shown this once, and asks for another when it is used:\n"
        f"    {current_app.config['BASE_URL']}/desk/sign-in\n"
        f"    e-mail    {email}\n"
        f"    password  {password}" + (PHONE if current_app.config["ONE_TIME_CODES"] == "required" else "")
    )


def _database_name() -> str:
    url = db.engine.url
    return url.render_as_string(hide_password=True) if url.host else str(url.database)
