"""Delivering what is in the outbox: take a mail in hand, deliver it, write down how it went."""

import json
import random
from datetime import datetime, timedelta

from flask import current_app
from jinja2 import TemplateError
from sqlalchemy import update

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring
from supportdesk.mail.delivery import CannotDeliver, Letter, Undeliverable, deliver, files_about, hang_up, letter_of
from supportdesk.mail.models import MailState, OutboxMail
from supportdesk.mail.queries import due_mail, failed_mail_about, unsent_mail

LEASE = timedelta(minutes=5)  # Longer than a mail takes where the server answers each command late.
PATIENCE = timedelta(hours=72)  # Then the mail is failed, and a person has to see to it.
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=6)  # Between two attempts.


def deliver_next() -> bool:
    """Deliver the mail that is due longest; False where none is.

    The database is free meanwhile, however slow the server is.  A mail goes out at least once: one that left just
    before a crash goes again, under the same Message-ID.
    """
    mail = _taken_in_hand(clock.now())
    if mail is None:
        hang_up()
        return False
    try:
        deliver(_read(mail))
    except (CannotDeliver, Undeliverable) as error:
        _put_back(mail, error)
    else:
        mail.state, mail.sent_at, mail.trouble = MailState.SENT, clock.now(), None
        mail.erase()
    db.session.commit()
    return True


def erase_mail_about(reference: str, *, only_look: bool) -> int:
    """Take mail about a ticket out of the outbox, and the .eml files that tell of it; returns how many.

    Part of its caller's transaction.  What was sent by SMTP is with its recipient.
    """
    waiting = [mail for mail in unsent_mail() if _is_about(mail, reference)]
    files = files_about(reference)
    if not only_look:
        for mail in waiting:
            db.session.delete(mail)
        for path in files:
            path.unlink(missing_ok=True)
    return len(waiting) + len(files)


def _is_about(mail: OutboxMail, reference: str) -> bool:
    try:
        mail.unlock(keyring())
        return bool(json.loads(mail.context).get("reference") == reference)
    except (Sealed, ValueError):
        return False


def retry_failed() -> int:
    """Queue every failed mail again, from the start; returns how many."""
    at = clock.now()
    again = update(OutboxMail).where(OutboxMail.state == MailState.FAILED)
    done = db.session.execute(again.values(state=MailState.QUEUED, attempts=0, created_at=at, next_attempt_at=at))
    db.session.commit()
    return int(done.rowcount)  # type: ignore[attr-defined]


def retry_mail_about(about: str, at: datetime, recipient: str | None = None) -> int:
    """Within its caller's transaction, queue what failed again, to another `recipient` where one is given."""
    failed = failed_mail_about(about)
    for mail in failed:
        if recipient is not None:
            mail.unlock(keyring())
            mail.recipient = recipient
        mail.state, mail.attempts, mail.created_at, mail.next_attempt_at = MailState.QUEUED, 0, at, at
    return len(failed)


def drop_failed_mail_about(about: str) -> int:
    """Within its caller's transaction, forget what failed: the person was told another way."""
    failed = failed_mail_about(about)
    for mail in failed:
        db.session.delete(mail)
    return len(failed)


def _taken_in_hand(at: datetime) -> OutboxMail | None:
    """The mail that is due longest, leased to this process: no other one takes it until the lease runs out."""
    mail = db.session.scalar(due_mail(at, is_urgent=True)) or db.session.scalar(due_mail(at, is_urgent=False))
    if mail is not None:
        mail.state = MailState.LEASED
        mail.created_at = min(mail.created_at, at)  # By the clock as it is now: from here on it waits as any other.
        mail.next_attempt_at = at + LEASE
        mail.attempts += 1
    db.session.commit()
    return mail


def _read(mail: OutboxMail) -> Letter:
    """The letter, unsealed.  Raises Undeliverable where the row is poisoned: it must not hold up the others."""
    try:
        mail.unlock(keyring())
        return letter_of(mail)
    except (Sealed, TemplateError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise Undeliverable(type(error).__name__) from None
    finally:
        db.session.commit()  # Nothing was changed; on SQLite it lets go of the lock.


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
