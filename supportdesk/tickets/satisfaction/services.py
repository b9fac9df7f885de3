"""Keeping what a requester says of our help."""

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import NotFound
from supportdesk.keys import keyring
from supportdesk.tickets import guiding
from supportdesk.tickets.merging.queries import own_target
from supportdesk.tickets.models import Status
from supportdesk.tickets.own_page.queries import visit_at
from supportdesk.tickets.own_page.services import now_ours
from supportdesk.tickets.satisfaction.models import Opinion


def give_opinion(cookie: str, reference: str, words: str, *, helped: bool) -> None:
    """The latest counts; what reads like an emergency is our turn again.

    Raises VisitOver; NotFound where the request is not solved, so that nothing was asked.  Of a merged request it
    is about the one it was merged into, as its page shows that one.
    """
    at = clock.now()
    visited = visit_at(cookie, reference, at).ticket
    ticket = own_target(visited) if visited else None
    if ticket is None or ticket.status is not Status.SOLVED:
        raise NotFound("Nothing was asked.")
    ticket.unlock(keyring())
    card = guiding.advice("", words, "").guidance.emergency
    opinion = db.session.get(Opinion, ticket.id, with_for_update=True) or Opinion(ticket=ticket)
    opinion.helped, opinion.given_at, opinion.words = helped, at, words
    db.session.add(opinion)
    if card:
        now_ours(ticket, at, card.name)
    db.session.commit()
