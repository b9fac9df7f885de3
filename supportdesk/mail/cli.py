"""Commands about the outbox: deliver, list, retry."""

import signal
import threading

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from supportdesk import chores, clock, hardening, logs, started
from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.mail import queries, services

PAUSE = 1.0  # Seconds between two looks into an empty outbox.

outbox = AppGroup("outbox", help="Mail that waits to be delivered.")


@outbox.command("deliver")
@click.option("--watch", is_flag=True, help="Stay, and deliver whatever comes, until told to stop.")
def deliver(*, watch: bool) -> None:
    """Deliver what is due now."""
    if not keyring().private:
        raise click.ClickException(
            "The public role holds no private key, so it can’t read the mail. Deliver it where the role is desk or all."
        )
    if watch:
        _watch()
        return
    tried = 0
    while services.deliver_next():
        tried += 1
    click.echo(f"Tried {tried} mail{'' if tried == 1 else 's'}.")


@outbox.command("list")
def list_outbox() -> None:
    """Count the mails by state, and list those that were not sent, without a word of them."""
    for state, number in sorted(queries.counts_by_state().items()):
        click.echo(f"{number:>6}  {state}")
    for mail in queries.unsent_mail():
        click.echo(f"{mail.id:>6}  {mail.state:7} {mail.template:16} {mail.attempts} attempts  {mail.trouble or ''}")


@outbox.command("retry")
def retry() -> None:
    """Queue every failed mail again."""
    click.echo(f"Queued {services.retry_failed()} again.")


def _watch() -> None:
    hardening.keep_memory_private()
    logs.speak_up()
    started.tell(current_app, serves=False)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    while not stop.is_set():
        chores.do_due(clock.now())
        try:
            found = services.deliver_next()
        except SQLAlchemyError as error:  # Locked, restarting or not there yet: it comes back, and so do we.
            current_app.logger.warning("The outbox can’t be read: %s", type(error).__name__)
            found = False
        finally:
            db.session.remove()
        if not found:
            stop.wait(PAUSE)
