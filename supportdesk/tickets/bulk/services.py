"""Doing one thing to many tickets, each in a commit of its own: what fails for one leaves the others done.

Each goes through the service that the ticket's own page uses, so it leaves the same events and sends the same mail.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.agents.teams.models import Team
from supportdesk.database import db
from supportdesk.exceptions import NotFound, Sealed, TicketChanged, TicketClosed, TooLate
from supportdesk.tickets import services, wording
from supportdesk.tickets.bulk.acts import BulkVerb
from supportdesk.tickets.bulk.models import BulkAct, BulkChange, Result
from supportdesk.tickets.bulk.queries import bulk_act, clinic_topic, ends_by_hand
from supportdesk.tickets.changing.services import ticket_to_change
from supportdesk.tickets.models import Act, Outcome, Priority, Ticket
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.tags.models import Tag
from supportdesk.tickets.tags.queries import tags_on
from supportdesk.tickets.tags.services import carry, set_tags
from supportdesk.tickets.teams.holding import holder
from supportdesk.tickets.topics import Topic
from supportdesk.tickets.undoing.models import UnsentReply
from supportdesk.tickets.undoing.services import take_back
from supportdesk.tickets.undoing.snapshots import restore, snapshot

Service = Callable[[str, int, Agent], Ticket]
_DETAILS = ("status", "priority", "topic", "assignee_id", "team_id")
_FAILURES: Mapping[type[Exception], Result] = {
    NotFound: Result.GONE,
    Sealed: Result.GONE,
    TicketChanged: Result.CHANGED,
    TicketClosed: Result.CLOSED,
}


def do_to_many(agent_id: int, verb: BulkVerb, chosen: Sequence[tuple[str, int]]) -> int:
    """Do it to each of `chosen`: references, and the version seen.  Returns the number under which it is reported.

    Raises NotFound, and nothing is done, where the colleague, team or tag is none, or no longer in use.
    """
    _expect_there_is(verb)
    bulk = BulkAct(agent_id=agent_id, act=str(verb), at=clock.now())
    db.session.add(bulk)
    db.session.flush()
    bulk_id = bulk.id
    db.session.commit()
    for reference, version in chosen:
        _report(bulk_id, reference, lambda r=reference, v=version: _do(bulk_id, agent_id, verb, r, v))  # type: ignore[misc]
    return bulk_id


def solve_one(reference: str, version: int, agent: Agent, outcome: Outcome = Outcome.ANSWERED) -> Ticket:
    """Solve a single ticket; it can be put back like one of many."""
    ticket, at = ticket_to_change(reference, version)
    bulk = BulkAct(agent_id=agent.id, act="spam" if outcome is Outcome.SPAM else "solve", at=at)
    change = BulkChange(bulk=bulk, reference=ticket.reference, result=Result.DONE, before=snapshot(ticket))
    _with_its_line(change, ticket, lambda: services.solve_ticket(reference, version, agent, outcome))
    db.session.commit()
    return ticket


def _is_here(value: str) -> bool:
    """Whether somebody can be given requests: an agent, a team, or no one."""
    wanted = _holder(value, None)
    if wanted["team_id"] is not None:
        team = db.session.get(Team, wanted["team_id"])
        return team is not None and team.is_in_use
    agent = db.session.get(Agent, wanted["assignee_id"]) if wanted["assignee_id"] is not None else None
    return value == "none" or (agent is not None and agent.is_active)


def undo_many(agent_id: int, bulk_id: int, draft_address: Callable[[str], str]) -> None:
    """Put each ticket back as it was, unless somebody changed it since.  Raises NotFound where it is not theirs."""
    agent = db.session.get_one(Agent, agent_id)
    done = [change.id for change in bulk_act(bulk_id, agent).changes if change.result is Result.DONE]
    for change_id in done:
        _put_back(change_id, agent_id, draft_address)
    bulk_act(bulk_id, agent).undone_at = clock.now()
    db.session.commit()


def _expect_there_is(verb: BulkVerb) -> None:
    """A retired tag can be taken off, but not put on.  Raises NotFound."""
    if verb.verb == "assign" and not _is_here(verb.value):
        raise NotFound("There is nobody of that number.")
    if verb.is_of_tags:
        tag = db.session.get(Tag, int(verb.value))
        if tag is None or (tag.retired_at and verb.verb == "tag"):
            raise NotFound("There is no such tag.")


def _report(bulk_id: int, reference: str, act: Callable[[], Result | None]) -> None:
    """Do it to one ticket; what came of it is written down, unless it was written down with what was done."""
    try:
        result = act()
    except tuple(_FAILURES) as error:
        db.session.rollback()
        result = _FAILURES[type(error)]
    if result:
        db.session.add(BulkChange(bulk_id=bulk_id, reference=reference, result=result))
    db.session.commit()


def _do(bulk_id: int, agent_id: int, verb: BulkVerb, reference: str, version: int) -> Result | None:
    """None where it was done: then its line is in the same commit, and lacks only the version that came of it."""
    agent, ticket = db.session.get_one(Agent, agent_id), ticket_for_agent(reference)
    ticket.expect(version)
    act = _act_of(verb, ticket, agent)
    if isinstance(act, Result):
        return act
    before = snapshot(ticket)
    if verb.is_of_tags:
        before["tag_ids"] = [tag.id for tag in tags_on(ticket)]
    change = BulkChange(bulk_id=bulk_id, reference=reference, result=Result.DONE, before=before)
    _with_its_line(change, ticket, lambda: act(reference, version, agent))
    return None


def _with_its_line(change: BulkChange, ticket: Ticket, act: Callable[[], Ticket]) -> None:
    """Both are in the same commit; the version that came of it is for the next."""
    with db.session.no_autoflush:
        db.session.add(change)
        act()
    change.version = ticket.version


def _act_of(verb: BulkVerb, ticket: Ticket, agent: Agent) -> Service | Result:
    """The service that does it; or, where there is nothing to do, why."""
    match verb.verb:
        case "take":
            return Result.SAME if ticket.assignee_id == agent.id else services.take_ticket
        case "clinic":
            return _to_clinic(ticket, agent)
        case "solve" | "spam":
            return _solved_as(ticket, Outcome.SPAM if verb.verb == "spam" else Outcome.ANSWERED)
        case "tag" | "untag":
            return _tagged(ticket, int(verb.value), on=verb.verb == "tag")
        case "assign" | "release":  # Released, a team that it was handed to has it again.
            to = _holder(verb.value, ticket.team_id) if verb.value else {"assignee_id": None}
            return _details(ticket, **to)
    read: Mapping[str, Callable[[str], object]] = {"priority": Priority, "topic": Topic}
    return _details(ticket, **{verb.verb: read[verb.verb](verb.value)})


def _holder(value: str, team_id: int | None) -> dict[str, int | None]:
    return holder("" if value == "none" else value, team_id)


def _solved_as(ticket: Ticket, outcome: Outcome) -> Service | Result:
    if ticket.is_over and ticket.outcome is outcome:
        return Result.SAME
    if ends_by_hand(ticket):
        return Result.EMERGENCY
    return lambda reference, version, agent: services.solve_ticket(reference, version, agent, outcome)


def _tagged(ticket: Ticket, tag_id: int, *, on: bool) -> Service | Result:
    """With the tags that it carries otherwise."""
    carried = {tag.id for tag in tags_on(ticket)}
    if (tag_id in carried) is on:
        return Result.SAME
    return lambda reference, version, agent: set_tags(reference, version, agent, tag_ids=carried ^ {tag_id})


def _details(ticket: Ticket, **changes: object) -> Service | Result:
    kept: Mapping[str, Any] = {name: getattr(ticket, name) for name in _DETAILS}
    wanted: dict[str, Any] = {**kept, **changes}
    if wanted == kept:
        return Result.SAME
    return lambda reference, version, agent: services.change_details(reference, version, agent, **wanted)


def _to_clinic(ticket: Ticket, agent: Agent) -> Service | Result:
    """With the note of its own topic, or of the one its words were read as."""
    topic = clinic_topic(ticket)
    if isinstance(topic, Result):
        return topic
    note = wording.clinic_note(ticket, topic, agent)
    return lambda reference, version, agent: services.send_to_clinic(reference, version, agent, topic, note)


def _put_back(change_id: int, agent_id: int, draft_address: Callable[[str], str]) -> None:
    change, agent = db.session.get_one(BulkChange, change_id), db.session.get_one(Agent, agent_id)
    try:
        ticket = ticket_for_agent(change.reference)
        ticket.expect(change.version)
        change.result = Result.UNDONE
        if change.bulk.act == "clinic":
            take_back(change.reference, agent, _unsent(ticket), draft_address(change.reference))
            return
        before = change.before or {}
        restore(ticket, before)
        if "tag_ids" in before:
            carry(ticket, before["tag_ids"])
        ticket.record(Act.RESTORED, clock.now(), agent)
        db.session.commit()
    except (NotFound, Sealed, TicketChanged, TooLate, StaleDataError):
        db.session.rollback()
        _keep(change_id)


def _keep(change_id: int) -> None:
    db.session.get_one(BulkChange, change_id).result = Result.KEPT
    db.session.commit()


def _unsent(ticket: Ticket) -> int:
    """The number of the note that can still be taken back.  Raises TooLate."""
    found = db.session.scalar(
        select(UnsentReply.message_id).where(UnsentReply.ticket_id == ticket.id).order_by(UnsentReply.message_id.desc())
    )
    if found is None:
        raise TooLate(ticket.reference)
    return found
