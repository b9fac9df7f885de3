"""Everything we hold about one person, as a text that a person can read.  Writes nothing."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from supportdesk.agents.drafts.queries import all_drafts_below
from supportdesk.agents.models import Draft
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring
from supportdesk.tickets.keeping.queries import references_of
from supportdesk.tickets.models import STATUS_NAMES, Kind, Ticket
from supportdesk.tickets.own_page.queries import visits_with_draft
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.satisfaction.queries import opinion_of
from supportdesk.tickets.topics import LABELS

WROTE = {
    Kind.REQUEST: "They wrote",
    Kind.REPLY: "We replied",
    Kind.NOTE: "Internal note",
    Kind.SYSTEM: "The desk",
    Kind.UNKNOWN: "Somebody wrote",
}
UNSENT = {"reply": "A reply", "note": "An internal note"}
UNREADABLE = "This message cannot be read. It is damaged, or not of this desk."
_LINE = "=" * 72


def everything_about(email: str, at: datetime) -> tuple[int, str]:
    """How many tickets, and their whole text."""
    references = references_of(email)
    parts = [
        f"Everything the support desk holds about {email.strip()}\nas of {_when(at)}: {len(references)} requests\n"
    ]
    for reference in references:
        try:
            parts.append("\n".join(_ticket(ticket_for_agent(reference))))
        except Sealed:
            parts.append(
                f"{_LINE}\n{reference}\nThis request can’t be opened: it was damaged, or its key is missing.\n"
            )
    return len(references), "\n".join(parts)


def _ticket(ticket: Ticket) -> Iterator[str]:
    yield _LINE
    yield f"{ticket.reference}  {ticket.subject}"
    yield f"Name: {ticket.name}\nE-mail: {ticket.email}"
    yield f"Topic: {LABELS[ticket.topic]}\nStatus: {STATUS_NAMES[ticket.status]}\nSent: {_when(ticket.created_at)}\n"
    for message in ticket.messages:
        author = f", {message.author.name}" if message.author else ""
        words = message.body if message.opens else UNREADABLE
        yield f"--- {WROTE[message.kind]}{author}, {_when(message.created_at)}\n{words}\n"
    yield from _opinion(ticket)
    yield from _drafts(ticket)
    yield "History"
    for event in ticket.events:
        who = event.agent.name if event.agent else "-"
        yield f"    {_when(event.created_at)}  {event.act.value}  {who}"
    yield ""


def _opinion(ticket: Ticket) -> Iterator[str]:
    if opinion := opinion_of(ticket, ()):  # Each part is told of by itself.
        words = opinion.words if opinion.opens else UNREADABLE
        yield f"--- Did we help? {'Yes' if opinion.helped else 'No'}, {_when(opinion.given_at)}\n{words}\n"


def _drafts(ticket: Ticket) -> Iterator[str]:
    """What agents were writing about it, and what the person themselves was writing when their time was over."""
    for draft in all_drafts_below(f"/desk/tickets/{ticket.reference}"):
        what = UNSENT.get(draft.address.rpartition("/")[2], "Something")
        yield f"--- {what} that we had not sent, {_when(draft.kept_at)}\n{_words_of(draft)}\n"
    for visit in visits_with_draft(ticket):
        words = UNREADABLE if visit.kept is None else visit.kept
        yield f"--- They had not sent this, {_when(visit.created_at)}\n{words}\n"


def _words_of(draft: Draft) -> str:
    with suppress(Sealed):
        draft.unlock(keyring())
        return draft.body
    return UNREADABLE


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
