"""Reading what was done to many tickets, and what sending them to their clinics would do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound
from supportdesk.tickets.bulk.models import BulkAct, BulkChange, Result
from supportdesk.tickets.models import Status, Ticket
from supportdesk.tickets.queries import unlock_each
from supportdesk.tickets.topics import Topic

_OFFERED = timedelta(minutes=10)  # On the ticket's own page; on the page of many as long as that is open.


@dataclass(frozen=True)
class ToClinics:
    """What would go out, by the topic whose note it is; and what would be left alone, with why."""

    sent: Mapping[Topic, Sequence[Ticket]]
    left: Sequence[tuple[str, Result]]

    @property
    def patients(self) -> int:
        """Who writes twice gets two notes, and is one patient."""
        return len({ticket.email_hash for tickets in self.sent.values() for ticket in tickets})

    @property
    def notes(self) -> int:
        return sum(map(len, self.sent.values()))


def bulk_act(bulk_id: int, agent: Agent) -> BulkAct:
    """One of the agent's own.  Raises NotFound."""
    found = db.session.get(BulkAct, bulk_id)
    if found is None or found.agent_id != agent.id:
        raise NotFound("There is nothing of the kind.")
    return found


def tickets_by_reference(references: Sequence[str]) -> dict[str, Ticket]:
    """Those that there are, unlocked where they can be."""
    wanted = select(Ticket).where(Ticket.reference.in_(references)).options(joinedload(Ticket.assignee))
    found = db.session.scalars(wanted).all()
    unlock_each(found)
    return {ticket.reference: ticket for ticket in found}


def to_clinics(chosen: Sequence[tuple[str, int]]) -> ToClinics:
    """What sending `chosen`, references with the version seen, to their clinics would do now."""
    tickets, sent, left = tickets_by_reference([reference for reference, _ in chosen]), defaultdict(list), []
    for reference, version in chosen:
        topic = _topic_of(tickets.get(reference), version)
        if isinstance(topic, Result):
            left.append((reference, topic))
        else:
            sent[topic].append(tickets[reference])
    return ToClinics(sent, left)


def _topic_of(ticket: Ticket | None, version: int) -> Topic | Result:
    if ticket is None or not ticket.opens:
        return Result.GONE
    if ticket.version != version:
        return Result.CHANGED
    return Result.CLOSED if ticket.status is Status.CLOSED else clinic_topic(ticket)


def clinic_topic(ticket: Ticket) -> Topic | Result:
    """Its own, or the one its words were read as; or why no note of any topic is sent."""
    if ticket.was_sent_to_clinic:
        return Result.SAME
    if ends_by_hand(ticket):
        return Result.EMERGENCY
    return ticket.topic if ticket.topic.is_for_clinic else ticket.guided_topic or Result.NO_TOPIC


def ends_by_hand(ticket: Ticket) -> bool:
    """What may be an emergency is ended by somebody who opened it, or who lowered its priority."""
    return ticket.may_be_emergency and not ticket.is_over


def solved_just_now(ticket: Ticket, agent: Agent, at: datetime) -> int | None:
    """The number of the agent's act that solved it, as long as nobody has changed it since."""
    wanted = (
        select(BulkAct.id)
        .join(BulkAct.changes)
        .where(BulkAct.agent_id == agent.id, BulkAct.at > at - _OFFERED, BulkAct.act.in_(("solve", "spam")))
        .where(BulkChange.reference == ticket.reference, BulkChange.result == Result.DONE)
        .where(BulkChange.version == ticket.version)
    )
    return db.session.scalar(wanted.limit(1)) if ticket.is_over else None
