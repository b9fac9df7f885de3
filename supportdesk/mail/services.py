"""Delivering what is in the outbox: take some in hand, deliver each, write down how it went."""

import random
from datetime import datetime, timedelta

from flask import current_app
from jinja2 import TemplateError
from sqlalchemy import update

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring
from supportdesk.mail.delivery import CannotDeliver, Undeliverable, deliver
from supportdesk.mail.models import MailState, OutboxMail
from supportdesk.mail.queries import due_mail

BATCH = 20
LEASE = timedelta(minutes=5)  # Longer than a batch takes where each mail waits for its time-out.
PATIENCE = timedelta(hours=72)  # Then the mail is failed, and a person has to see to it.
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=6)  # Between two attempts.


def deliver_due() -> int:
    """Deliver what is due now, and return how many mails were tried.

    A mail goes out at least once: one that left just before a crash goes again, under the same Message-ID.
    """
    at = clock.now()
    taken = db.session.scalars(due_mail(at, BATCH)).all()
    for mail in taken:
        mail.state = MailState.LEASED
        mail.next_attempt_at = at + LEASE
        mail.attempts += 1
    db.session.commit()
    for mail in taken:
        _deliver_one(mail)
    return len(taken)


def retry_failed() -> int:
    """Queue every failed mail again, from the start; returns how many."""
    at = clock.now()
    again = update(OutboxMail).where(OutboxMail.state == MailState.FAILED)
    done = db.session.execute(again.values(state=MailState.QUEUED, attempts=0, created_at=at, next_attempt_at=at))
    db.session.commit()
    return int(done.rowcount)  # type: ignore[attr-defined]


def _deliver_one(mail: OutboxMail) -> None:
    try:
        mail.unlock(keyring())
        deliver(mail)
    except (CannotDeliver, Undeliverable) as error:
        _put_back(mail, error)
    except (
        Sealed,
        ValueError,
        LookupError,
        TemplateError,
    ) as error:  # A poisoned row must not hold up the others.
        _put_back(mail, Undeliverable(type(error).__name__))
    else:
        mail.state, mail.sent_at, mail.trouble = MailState.SENT, clock.now(), None
    db.session.commit()


def _put_back(mail: OutboxMail, error: Exception) -> None:
    at = clock.now()
    given_up = isinstance(error, Undeliverable) or at - mail.created_at > PATIENCE
    mail.state = MailState.FAILED if given_up else MailState.QUEUED
    mail.trouble = str(error)[:60]
    mail.next_attempt_at = _next_attempt(at, mail.attempts)
    current_app.logger.warning("%r was not delivered: %s", mail, error)


def _next_attempt(at: datetime, attempts: int) -> datetime:
    """Twice as long each time, and never all at once."""
    wait: timedelta = min(SHORTEST * 2 ** min(attempts - 1, 20), LONGEST)
    return at + wait * random.uniform(0.8, 1.2)  # noqa: S311  Nobody has to be unable to guess it.
