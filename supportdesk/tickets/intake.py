"""Taking a request in: the one service of the public role, which needs the public key alone and reads nothing back."""

import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import DatabaseDown
from supportdesk.keys import keyring
from supportdesk.mail.compose import queue_mail
from supportdesk.opening import hours
from supportdesk.tickets import sla
from supportdesk.tickets.models import Act, Kind, Priority, Route, Status, Ticket
from supportdesk.tickets.queries import email_hash
from supportdesk.tickets.receipts import Receipt, mask
from supportdesk.tickets.references import new_reference
from supportdesk.tickets.topics import Topic


def open_ticket(*, name: str, email: str, topic: str, subject: str, message: str, submission_key: str) -> Receipt:
    """Keep a request: ticket, message, event and both mails in one commit; the receipt of what is stored.

    The same words under the same key are one ticket, however often they arrive, and get the same reference; other
    words are another request, as nothing a patient sends may be dropped.  Raises DatabaseDown: nothing was stored.
    """
    at = clock.now()
    key = _submission(submission_key or f"{at:%Y-%m-%d}", name, email, topic, subject, message)
    ticket = _sealed_ticket(key, Topic(topic), at, name=name, email=email, subject=subject, message=message)
    try:
        if receipt := _receipt_of(key, email):
            return receipt
        db.session.add(ticket)
        _queue_mails(ticket, email)
        receipt = Receipt(ticket.reference, ticket.first_reply_due_at, mask(email), ticket.topic.is_for_clinic)
        db.session.commit()
    except IntegrityError:  # The same request at the same moment: the other one was first.
        db.session.rollback()
        return _receipt_after_race(key, email)
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.error("A request was not stored: %s", type(error).__name__)  # noqa: TRY400
        raise DatabaseDown from None
    return receipt


def _submission(form_key: str, *words: str) -> str:
    """What makes two submissions the same: the key that the form was given, and every word."""
    return keyring().keyed_hash("submission", "\x00".join((form_key, *words))).hex()


def _receipt_of(key: str, email: str) -> Receipt | None:
    row = db.session.execute(
        select(Ticket.reference, Ticket.first_reply_due_at, Ticket.topic).where(Ticket.submission_key == key)
    ).one_or_none()
    return Receipt(row[0], row[1], mask(email), row[2].is_for_clinic) if row else None


def _receipt_after_race(key: str, email: str) -> Receipt:
    try:
        receipt = _receipt_of(key, email)
    except SQLAlchemyError:
        receipt = None
    if receipt is None:  # Not a race, then: a reference that is taken, one in 10**11, or a broken table.
        raise DatabaseDown
    return receipt


def _sealed_ticket(
    key: str, topic: Topic, at: datetime, *, name: str, email: str, subject: str, message: str
) -> Ticket:
    due = sla.reply_due(hours(), at, current_app.config["REPLY_MINUTES"])
    ticket = Ticket(
        reference=new_reference(),
        submission_key=key,
        status=Status.NEW,
        priority=Priority.NORMAL,
        topic=topic,
        route=Route.CLINIC if topic.is_for_clinic else Route.DESK,
        channel="web",
        created_at=at,
        reply_due_at=due,
        first_reply_due_at=due,
        email_hash=email_hash(email),
    )
    ticket.lock(keyring())
    ticket.name, ticket.email, ticket.subject = name, email, subject
    ticket.add_message(Kind.REQUEST, message, at, seal_id=secrets.token_hex(16))
    ticket.record(Act.RECEIVED, at)
    return ticket


def _queue_mails(ticket: Ticket, email: str) -> None:
    due = ticket.first_reply_due_at.isoformat()
    queue_mail(
        "clinic-received" if ticket.topic.is_for_clinic else "received",
        email,
        ticket.created_at,
        reference=ticket.reference,
        due_at=due,
    )
    queue_mail(
        "new-request",
        current_app.config["DESK_ADDRESS"],
        ticket.created_at,
        reference=ticket.reference,
        due_at=due,
    )
