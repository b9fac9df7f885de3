"""Taking a request in: the one service of the public role, which needs the public key alone and reads nothing back."""

import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import DatabaseDown
from supportdesk.keys import keyring
from supportdesk.limits import mailbox_is_full
from supportdesk.mail.compose import queue_mail
from supportdesk.sealing import DataKey
from supportdesk.tickets import guiding, receipts
from supportdesk.tickets.clocks.targets import due, due_at
from supportdesk.tickets.guiding import Advice
from supportdesk.tickets.models import Act, Held, Kind, Priority, Route, Status, Ticket
from supportdesk.tickets.own_page.models import Link
from supportdesk.tickets.queries import email_hash
from supportdesk.tickets.receipts import Receipt, mask
from supportdesk.tickets.references import new_reference
from supportdesk.tickets.shown import NOTHING, Names
from supportdesk.tickets.topics import Topic


def open_ticket(
    *,
    name: str,
    email: str,
    topic: str,
    subject: str,
    message: str,
    submission_key: str,
    advice: Advice | None = None,
    seen: Names = NOTHING,
    held: Held | None = None,
) -> Receipt:
    """Keep a request: ticket, message, event and both mails in one commit; the receipt of what is stored.

    The same words under the same key are one ticket, however often they arrive, and get the same reference; other
    words are another request, as nothing a patient sends may be dropped.  `advice` is what these words got before
    they were sent, where somebody asked, and `seen` what of it the patient saw.  With `held`, an agent looks at it
    before anybody is mailed, unless it may be an emergency.  Raises DatabaseDown: nothing was stored.
    """
    at = clock.now()
    key, receipt_key = _submission(submission_key or f"{at:%Y-%m-%d}", name, email, topic, subject, message)
    ticket = sealed_ticket(key, Topic(topic), at, name=name, email=email, subject=subject, message=message)
    guide(ticket, advice or guiding.advice(subject, message, topic), seen)
    try:
        if receipt := _receipt_of(key, receipt_key):
            return receipt
        receipt = _receipt(ticket, email)
        ticket.sealed_receipt = receipts.seal(receipt, receipt_key, key)
        db.session.add(ticket)
        _hold_or_announce(ticket, email, held)
        db.session.commit()
    except IntegrityError:  # The same request at the same moment: the other one was first.
        db.session.rollback()
        return _receipt_after_race(key, receipt_key)
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.error("A request was not stored: %s", type(error).__name__)  # noqa: TRY400
        raise DatabaseDown from None
    return receipt


def was_sent(*, submission_key: str, **words: str) -> bool:
    """Whether the same words came before, under the same key.  Raises DatabaseDown."""
    names = ("name", "email", "topic", "subject", "message")
    key, _receipt_key = _submission(submission_key or f"{clock.now():%Y-%m-%d}", *(words[name] for name in names))
    try:
        return bool(db.session.scalar(select(exists(select(Ticket.id).where(Ticket.submission_key == key)))))
    except SQLAlchemyError:
        db.session.rollback()
        raise DatabaseDown from None


def _hold_or_announce(ticket: Ticket, email: str, held: Held | None) -> None:
    if held and not ticket.emergency:
        ticket.hold(held, ticket.created_at)
    else:
        announce(ticket, email, ticket.created_at, is_held_back=mailbox_is_full("acknowledgements", email))


def announce(ticket: Ticket, email: str, at: datetime, *, is_held_back: bool = False) -> None:
    """For the transaction that takes a ticket in: mail to the patient, with a link to their page, and to the desk.

    Where the patient's `is_held_back`, only the history says so: the request is kept, and shown, as any other.
    """
    mails = [_to_desk(ticket)]
    if is_held_back:
        ticket.record(Act.MAIL_HELD_BACK, at)
    else:
        link, token = Link.fresh(ticket, at)
        db.session.add(link)
        mails.append(_to_patient(ticket, email, token))
    is_urgent = ticket.emergency is not None
    for template, recipient, context in mails if is_urgent else reversed(mails):
        queue_mail(template, recipient, at, **context).is_urgent = is_urgent


def _submission(form_key: str, *words: str) -> tuple[str, DataKey]:
    """What makes two submissions the same: the key that the form was given, and every word.

    With it comes a key for the receipt, which only whoever has all of that can make again: nobody else reads it back.
    """
    sent = "\x00".join((form_key, *words))
    return keyring().keyed_hash("submission", sent).hex(), DataKey(keyring().keyed_hash("receipt", sent))


def _receipt_of(key: str, receipt_key: DataKey) -> Receipt | None:
    sealed = db.session.scalar(select(Ticket.sealed_receipt).where(Ticket.submission_key == key))
    return receipts.unseal(sealed, receipt_key, key) if sealed else None


def _receipt(ticket: Ticket, email: str) -> Receipt:
    return Receipt(
        reference=ticket.reference,
        reply_due_at=ticket.first_reply_due_at,
        masked_email=mask(email),
        clinic_topic=ticket.guided_topic,
        is_for_clinic=ticket.route is Route.CLINIC,
        emergency=ticket.emergency,
    )


def _receipt_after_race(key: str, receipt_key: DataKey) -> Receipt:
    try:
        receipt = _receipt_of(key, receipt_key)
    except SQLAlchemyError:
        receipt = None
    if receipt is None:  # Not a race, then: a reference that is taken, one in 10**11, or a broken table.
        current_app.logger.error("A request was not stored: IntegrityError")
        raise DatabaseDown
    return receipt


def sealed_ticket(key: str, topic: Topic, at: datetime, *, name: str, email: str, subject: str, message: str) -> Ticket:
    promised = due_at(Priority.NORMAL, topic, at, has_replied=False)
    ticket = Ticket(
        reference=new_reference(),
        submission_key=key,
        status=Status.NEW,
        priority=Priority.NORMAL,
        topic=topic,
        route=Route.DESK,
        channel="web",
        created_at=at,
        reply_due_at=promised,
        reply_since=at,
        first_reply_due_at=promised,
        email_hash=email_hash(email),
    )
    ticket.lock(keyring())
    ticket.name, ticket.email, ticket.subject = name, email, subject
    ticket.add_message(Kind.REQUEST, message, at, seal_id=secrets.token_hex(16))
    ticket.record(Act.RECEIVED, at)
    return ticket


def guide(ticket: Ticket, advice: Advice, seen: Names) -> None:
    """Whose question it is, whether it may not wait, and what the patient saw before they sent it all the same."""
    ticket.route = Route.CLINIC if advice.is_for_clinic else Route.DESK
    ticket.guided_topic = advice.clinic_topic
    ticket.shown = sorted(seen)
    if advice.guidance.emergency:
        ticket.emergency = advice.guidance.emergency.name
        ticket.priority = Priority.URGENT
        ticket.reply_due_at = ticket.first_reply_due_at = due(ticket, ticket.created_at)
    if seen:
        ticket.record(Act.SHOWN, ticket.created_at, names=sorted(seen))


Letter = tuple[str, str, dict[str, str]]  # Template, recipient, context.


def _to_desk(ticket: Ticket) -> Letter:
    """Of what may be an emergency the desk is told first, and before all other mail."""
    template = "emergency" if ticket.emergency is not None else "new-request"
    return template, current_app.config["DESK_ADDRESS"], _about(ticket)


def _to_patient(ticket: Ticket, email: str, link_token: str) -> Letter:
    is_urgent = ticket.emergency is not None
    template = "clinic-received" if ticket.route is Route.CLINIC and not is_urgent else "received"
    repeated = _card(ticket.emergency) if is_urgent else _notice(ticket.guided_topic)
    return template, email, _about(ticket) | {"link_token": link_token} | repeated


def _about(ticket: Ticket) -> dict[str, str]:
    return {"reference": ticket.reference, "due_at": ticket.first_reply_due_at.isoformat()}


def _notice(topic: Topic | None) -> dict[str, str]:
    """The clinic's notice as a mail repeats it: our words, none of the patient's."""
    article = guiding.clinic_article(topic)
    if article is None or article.clinic is None:
        return {}
    return {"clinic_heading": article.clinic.heading, "clinic_why": article.clinic.why}


def _card(name: str | None) -> dict[str, str]:
    """The card as a mail repeats it: none where a card stays on the screen, as somebody else may read the mail."""
    card = guiding.card(name)
    if card is None or not card.is_mailed:
        return {}
    calls = "\n".join(call.label for call in card.calls)
    text = "\n\n".join(filter(None, (calls, *card.paragraphs, card.spanish)))
    return {"emergency_heading": card.heading, "emergency_text": text}
