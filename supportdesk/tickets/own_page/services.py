"""What a requester does on their own page: each function is one act, one commit, and leaves an event.

Each takes what the browser is known by and the reference of the page, and raises VisitOver where their time is over.
"""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import DatabaseDown, TicketClosed
from supportdesk.keys import keyring
from supportdesk.mail.compose import queue_mail
from supportdesk.tickets.clocks.targets import due
from supportdesk.tickets.emergencies import mark
from supportdesk.tickets.merging.queries import own_target
from supportdesk.tickets.models import Act, Kind, Outcome, Status, Ticket
from supportdesk.tickets.own_page.models import Visit
from supportdesk.tickets.own_page.queries import visit_at
from supportdesk.tickets.shown import NOTHING, Names


def write(
    cookie: str, reference: str, body: str, submission_key: str, *, card: str | None = None, seen: Names = NOTHING
) -> None:
    """Keep what the requester adds, and tell the desk: it is our turn, and the clock runs.

    `card` is the name of an emergency's card, where the words read like one, and `seen` what the requester was shown
    before they sent them.  The same words under the same key are one message, however often they arrive.  Raises
    TicketClosed, or DatabaseDown: nothing was stored.
    """
    at = clock.now()
    try:
        visit, ticket = _visited(cookie, reference, at)
        if ticket.status is Status.CLOSED:
            raise TicketClosed(reference)
        seal_id = _submission(submission_key, reference, body)
        if all(message.seal_id != seal_id for message in ticket.messages):
            ticket.add_message(Kind.REQUEST, body, at, seal_id=seal_id)
            if seen:
                ticket.record(Act.SHOWN, at, names=sorted(seen))
            now_ours(ticket, at, card)
        visit.sealed_draft = None
        db.session.commit()
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.error("A requester’s message was not stored: %s", type(error).__name__)  # noqa: TRY400
        raise DatabaseDown from None


def solve(cookie: str, reference: str) -> None:
    """“This solved it”: no more is asked of us."""
    at = clock.now()
    _visit, ticket = _visited(cookie, reference, at)
    if not ticket.is_over:
        ticket.solve(Outcome.ANSWERED, at)
        ticket.record(Act.SOLVED, at, outcome=Outcome.ANSWERED)
    db.session.commit()


def _visited(cookie: str, reference: str, at: datetime) -> tuple[Visit, Ticket]:
    """The visit and its ticket, or the one that was merged into.

    Nobody else changes it meanwhile: two sends of one form come one after the other.
    """
    visit = visit_at(cookie, reference, at)
    assert visit.ticket is not None
    locked = select(Ticket).where(Ticket.id == own_target(visit.ticket).id).with_for_update()
    ticket = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    ticket.unlock(keyring())
    return visit, ticket


def _submission(form_key: str, reference: str, body: str) -> str:
    """A message's name in the seal, made of what makes two sends the same: the form's key and every word."""
    return keyring().keyed_hash("a requester’s message", f"{form_key}\x00{reference}\x00{body}").hex()[:32]


def now_ours(ticket: Ticket, at: datetime, card: str | None) -> None:
    """Within the transaction that keeps a requester's words: our turn, and the desk is told, of an emergency first."""
    found: dict[str, Any] = {"emergency": card, "emergency_before": ticket.emergency} if card else {}
    ticket.record(Act.WROTE, at, before=ticket.status, **found)
    ticket.waits_until = None
    if card:
        mark(ticket, card, at)
    if ticket.status is not Status.NEW:
        ticket.open(due(ticket, at), at)
    assert ticket.reply_due_at is not None
    queue_mail(
        "emergency" if card else "new-message",
        current_app.config["DESK_ADDRESS"],
        at,
        reference=ticket.reference,
        due_at=ticket.reply_due_at.isoformat(),
    ).is_urgent = card is not None
