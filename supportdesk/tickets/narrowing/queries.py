"""Which tickets an agent asks for, and in which order: statements, for whoever reads them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.queries import ids_of_teams_of
from supportdesk.mail.queries import failed_abouts
from supportdesk.tickets import ranks
from supportdesk.tickets.mentions.queries import mentions_of, watched_by
from supportdesk.tickets.models import OVER, Outcome, Status, Ticket
from supportdesk.tickets.tags.models import TicketTag
from supportdesk.tickets.topics import CLINIC_TOPICS, Topic

_held = Ticket.held_because.is_not(None)
_ours = Ticket.rank < ranks.WAITING
_over = Ticket.rank >= ranks.OVER
_sent_to_clinic = _over & (Ticket.outcome == Outcome.SENT_TO_CLINIC)
_solved = _over & ~_held & (or_(Ticket.outcome.is_(None), Ticket.outcome != Outcome.SENT_TO_CLINIC))

OWN_ORDER = (Ticket.rank, Ticket.id)  # See ranks.py.

# What an address calls a view -> which tickets it shows; `agent` is who looks.  Each is read off an index in the order
# of the queue, so that it takes as long however many tickets there are: see decision 13.
VIEWS: Mapping[str, Callable[[Agent], ColumnElement[bool]]] = {
    "mine": lambda agent: _ours & (Ticket.assignee_id == agent.id),
    "teams": lambda agent: _ours & Ticket.team_id.in_(ids_of_teams_of(agent)),
    "unassigned": lambda _agent: _ours & Ticket.assignee_id.is_(None),
    "open": lambda _agent: _ours,
    "all": lambda _agent: ~_held,
    "held": lambda _agent: _held,
    "mentions": lambda agent: Ticket.id.in_(mentions_of(agent)),
    "watching": lambda agent: Ticket.id.in_(watched_by(agent)),
    "waiting": lambda _agent: (Ticket.rank >= ranks.WAITING) & (Ticket.rank < ranks.OVER),
    "unreached": lambda _agent: Ticket.reference.in_(failed_abouts()),
    "clinic": lambda _agent: _sent_to_clinic,
    "solved": lambda _agent: _solved,
}
_OF_FEW = {"held", "mentions", "watching", "waiting", "unreached"}  # Where what is due may stand anywhere in the order.
ORDERS: Mapping[str, Any] = {  # What a column of the queue can be sorted by.
    "topic": Ticket.topic,
    "status": Ticket.status,
    "assignee": Ticket.assignee_id,
    "updated": Ticket.updated_at,
    "created": Ticket.created_at,
}


@dataclass(frozen=True)
class Filters:
    """What the agent asks of the queue; an empty text asks nothing.

    What can't be read finds nothing: who follows an old link is told so (asked.py), and not shown everybody's requests.
    """

    view: str = "open"
    status: str = ""
    topic: str = ""
    assignee: str = ""  # me, none, or an agent's id.
    team: str = ""  # mine, none, or a team's number.
    person: str = ""  # The keyed hash of an e-mail address, in hex.
    tag: str = ""  # A tag's number.
    due: str = ""  # A word of due.py; which moment it means is no part of an address.
    sort: str = ""  # A name of ORDERS, with a hyphen before it where the last comes first.

    @property
    def narrowings(self) -> int:
        """How many things at once a ticket has to be; the teams of a view are one."""
        asked = (self.view == "teams", self.status, self.topic, self.assignee, self.team, self.person, self.tag)
        return sum(map(bool, asked))


def in_view(view: str, agent: Agent) -> ColumnElement[bool]:
    return VIEWS.get(view, VIEWS["open"])(agent)


def _if_empty(said: str) -> ColumnElement[bool]:
    return false() if said else true()


def _by_status(status: str) -> ColumnElement[bool]:
    if status in OVER:  # The rank tells a database that reads along the ranks where to begin.
        return (Ticket.status == Status(status)) & _over
    return Ticket.status == Status(status) if status in set(Status) else _if_empty(status)


def _by_topic(topic: str) -> ColumnElement[bool]:
    if topic == "clinic":
        return Ticket.topic.in_(CLINIC_TOPICS)
    return Ticket.topic == Topic(topic) if topic in set(Topic) else _if_empty(topic)


def _by_assignee(assignee: str, agent: Agent) -> ColumnElement[bool]:
    if assignee == "none":
        return Ticket.assignee_id.is_(None)
    if assignee == "me":
        return Ticket.assignee_id == agent.id
    return Ticket.assignee_id == int(assignee) if re.fullmatch(r"[0-9]{1,9}", assignee) else _if_empty(assignee)


def _by_team(team: str, agent: Agent) -> ColumnElement[bool]:
    if team == "none":
        return Ticket.team_id.is_(None)
    if team == "mine":
        return Ticket.team_id.in_(ids_of_teams_of(agent))
    return Ticket.team_id == int(team) if re.fullmatch(r"[0-9]{1,9}", team) else _if_empty(team)


def _by_person(person: str) -> ColumnElement[bool]:
    is_hash = re.fullmatch(r"[0-9a-f]{64}", person)
    return Ticket.email_hash == bytes.fromhex(person) if is_hash else _if_empty(person)


def _by_tag(tag: str) -> ColumnElement[bool]:
    if not re.fullmatch(r"[0-9]{1,9}", tag):
        return _if_empty(tag)
    return Ticket.id.in_(select(TicketTag.ticket_id).where(TicketTag.tag_id == int(tag)))


def _by_due(filters: Filters, before: datetime | None) -> ColumnElement[bool]:
    """What is due before then ends the ranks to read; only emergencies, few as they are, stand there too early."""
    if before is None:
        return _if_empty(filters.due)
    is_due = Ticket.reply_due_at < before
    return is_due if filters.view in _OF_FEW else is_due & (Ticket.rank < ranks.rank_when_due(before))


def matching(filters: Filters, agent: Agent, before: datetime | None = None) -> Select[Ticket]:
    """The tickets asked for, in the order asked for: the queue's own, or a column's with emergencies still first.

    Where the filters ask for what is due, `before` is the moment that they mean, as due.py has it.
    """
    wanted = select(Ticket).where(
        in_view(filters.view, agent),
        _by_status(filters.status),
        _by_topic(filters.topic),
        _by_assignee(filters.assignee, agent),
        _by_team(filters.team, agent),
        _by_person(filters.person),
        _by_tag(filters.tag),
        _by_due(filters, before),
    )
    order = column_order(filters.sort)
    return wanted.order_by(Ticket.rank >= ranks.ORDINARY, *order) if order else wanted.order_by(*OWN_ORDER)


def column_order(sort: str) -> tuple[Any, ...]:
    """By a column of one's own choice; empty where there is none of that name."""
    column = ORDERS.get(sort.removeprefix("-"))
    if column is None:
        return ()
    return (column.desc() if sort.startswith("-") else column.asc(), *OWN_ORDER)
