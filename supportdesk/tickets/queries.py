"""Reading tickets: the queue and its views, one ticket for an agent.  Writes nothing."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound, Sealed
from supportdesk.keys import keyring
from supportdesk.tickets.models import OUR_TURN, OVER, Event, Message, Outcome, Status, Ticket
from supportdesk.tickets.references import read_reference
from supportdesk.tickets.topics import CLINIC_TOPICS, Topic

_sent_to_clinic = Ticket.status.in_(OVER) & (Ticket.outcome == Outcome.SENT_TO_CLINIC)
_solved = Ticket.status.in_(OVER) & (or_(Ticket.outcome.is_(None), Ticket.outcome != Outcome.SENT_TO_CLINIC))
_ours = Ticket.status.in_(OUR_TURN)

# What an address calls a view -> which tickets it shows; `agent` is who looks.
VIEWS: Mapping[str, ColumnElement[bool] | None] = {
    "mine": None,
    "unassigned": _ours & Ticket.assignee_id.is_(None),
    "open": _ours,
    "all": true(),
    "waiting": Ticket.status == Status.PENDING,
    "clinic": _sent_to_clinic,
    "solved": _solved,
}


@dataclass(frozen=True)
class Filters:
    """What the agent asks of the queue; an empty text asks nothing."""

    view: str = "open"
    status: str = ""
    topic: str = ""
    assignee: str = ""  # me, none, or an agent's id.
    person: str = ""  # The keyed hash of an e-mail address, in hex.


@dataclass(frozen=True)
class QueuePage:
    tickets: Sequence[Ticket]
    total: int
    first: int  # Position of the first ticket shown, from 1.
    page: int
    pages: int


def _in_view(view: str, agent: Agent) -> ColumnElement[bool]:
    condition = VIEWS.get(view, VIEWS["open"])
    return _ours & (Ticket.assignee_id == agent.id) if condition is None else condition


def _by_status(status: str) -> ColumnElement[bool]:
    return Ticket.status == Status(status) if status in set(Status) else true()


def _by_topic(topic: str) -> ColumnElement[bool]:
    if topic == "clinic":
        return Ticket.topic.in_(CLINIC_TOPICS)
    return Ticket.topic == Topic(topic) if topic in set(Topic) else true()


def _by_assignee(assignee: str, agent: Agent) -> ColumnElement[bool]:
    if assignee == "none":
        return Ticket.assignee_id.is_(None)
    if assignee == "me":
        return Ticket.assignee_id == agent.id
    return Ticket.assignee_id == int(assignee) if re.fullmatch(r"[0-9]{1,9}", assignee) else true()


def _by_person(person: str) -> ColumnElement[bool]:
    return Ticket.email_hash == bytes.fromhex(person) if re.fullmatch(r"[0-9a-f]{64}", person) else true()


def email_hash(email: str) -> bytes:
    """By which a person's tickets are found, without their address standing anywhere."""
    return keyring().keyed_hash("requester’s e-mail", email.strip().lower())


def matching(filters: Filters, agent: Agent) -> Select[Ticket]:
    """The queue: soonest reply due first; then what waits for no reply of ours, newest first."""
    return (
        select(Ticket)
        .where(
            _in_view(filters.view, agent),
            _by_status(filters.status),
            _by_topic(filters.topic),
            _by_assignee(filters.assignee, agent),
            _by_person(filters.person),
        )
        .order_by(
            case((Ticket.reply_due_at.is_(None), 1), else_=0),
            Ticket.reply_due_at,
            Ticket.updated_at.desc(),
            Ticket.id,
        )
        .options(joinedload(Ticket.assignee))
    )


def queue_page(filters: Filters, agent: Agent, page: int, size: int) -> QueuePage:
    """One page, its tickets unlocked where they can be; a page beyond the last is the last."""
    wanted = matching(filters, agent)
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    tickets = db.session.scalars(wanted.offset((page - 1) * size).limit(size)).all()
    _unlock_each(tickets)
    return QueuePage(tickets, total, (page - 1) * size + 1 if total else 0, page, pages)


def view_counts(agent: Agent) -> dict[str, int]:
    """How many tickets each view holds, in one query."""
    columns = [func.sum(case((_in_view(view, agent), 1), else_=0)).label(view) for view in VIEWS]
    row = db.session.execute(select(*columns)).one()
    return {view: row._mapping[view] or 0 for view in VIEWS}  # noqa: SLF001


def ticket_for_agent(reference: str) -> Ticket:
    """The one door to a ticket, unlocked, with its messages and history.  Raises NotFound."""
    ticket = db.session.scalar(
        select(Ticket)
        .where(Ticket.reference == (read_reference(reference) or ""))
        .options(
            selectinload(Ticket.messages).joinedload(Message.author),
            selectinload(Ticket.events).joinedload(Event.agent),
            joinedload(Ticket.assignee),
        )
    )
    if ticket is None:
        raise NotFound("There is no such ticket.")
    ticket.unlock(keyring())
    return ticket


def other_tickets_of(ticket: Ticket) -> Sequence[Ticket]:
    """The same person's other tickets, newest first, unlocked."""
    others = db.session.scalars(
        select(Ticket)
        .where(Ticket.email_hash == ticket.email_hash, Ticket.id != ticket.id)
        .order_by(Ticket.created_at.desc())
        .limit(10)
    ).all()
    _unlock_each(others)
    return others


def _unlock_each(tickets: Sequence[Ticket]) -> None:
    for ticket in tickets:
        with suppress(Sealed):  # Its `opens` says so.
            ticket.unlock(keyring())


def there_are_tickets() -> bool:
    return db.session.scalar(select(Ticket.id).limit(1)) is not None


def status_counts() -> dict[Status, int]:
    rows = db.session.execute(select(Ticket.status, func.count()).group_by(Ticket.status))
    found = {status: number for status, number in rows}  # noqa: C416  A row is not a pair to dict.
    return {status: found.get(status, 0) for status in Status}
