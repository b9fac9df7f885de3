"""The way in to a requester's page: a link by mail, a code by mail, a visit of half an hour; and the ways out.

Whoever knocks with a link, an address or a reference that is not right is answered in the same words, and the same
work is done for them: the same statements, the same hashes, a mail that is written and taken back.
"""

import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, update

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound, TooOften, VisitOver
from supportdesk.keys import keyring
from supportdesk.limits import mailbox_is_full
from supportdesk.mail.compose import queue_mail
from supportdesk.sealing import Keyring
from supportdesk.tickets.merging.parts import together
from supportdesk.tickets.merging.queries import own_target
from supportdesk.tickets.models import Act, Ticket
from supportdesk.tickets.own_page import queries
from supportdesk.tickets.own_page.models import (
    CODE_LIFE,
    LINK_LIFE,
    MOST_TRIES,
    Link,
    Visit,
    token_hash,
)
from supportdesk.tickets.queries import email_hash
from supportdesk.tickets.references import read_reference

CODES_AN_HOUR = 5  # For one link.
LINKS_AN_HOUR = 3  # For one address and reference.


def ask_for_code(token: str, email: str, cookie: str = "") -> str:
    """Send a code to the requester, where `email` is the address that the link's ticket came from.

    A draft that waits for whoever was known by `cookie` comes along.  Returns what the browser is to be known by,
    whether a code was sent or not.  Raises TooOften.
    """
    link_hash, at = token_hash(token), clock.now()
    link = queries.link_with(link_hash)
    theirs = secrets.compare_digest(_hash_of(link), email_hash(email))
    before = queries.visit_with(cookie)
    return _ask(link_hash, link.ticket if link and theirs and at < link.ends_at else None, at, before)


def ask_again(cookie: str) -> str:
    """Send another code for the link that this browser came by.  Raises VisitOver where there is none, or TooOften."""
    at = clock.now()
    visit = queries.visit_with(cookie)
    if visit is None:
        raise VisitOver
    ticket = _still_linked(visit, at)
    visit.end(at)
    return _ask(visit.link_hash, ticket, at, visit)


def come_back(cookie: str, reference: str, draft: str) -> str:
    """Send another code to whoever was typing when their time was over; `draft` is there again once they are in.

    Raises VisitOver where this browser never was on this page, or its link works no more; or TooOften.
    """
    at = clock.now()
    visit = queries.visit_with(cookie)
    if visit is None or visit.opened_at is None:
        raise VisitOver(reference)
    ticket = _still_linked(visit, at)
    if ticket is None or ticket.reference != reference:
        raise VisitOver(reference)
    ticket.unlock(keyring())
    visit.draft = draft
    visit.end(at)
    return _ask(visit.link_hash, ticket, at, visit)


def open_visit(cookie: str, code: str) -> tuple[str, str] | None:
    """Where the code is right: what the browser is known by from now on, and the reference of the ticket."""
    at = clock.now()
    visit = queries.visit_with(cookie, lock=True)
    if visit is None:
        return None
    ticket = _still_linked(visit, at)
    visit.tries += 1
    right = secrets.compare_digest(visit.code_hash, _code_hash(cookie, code))
    opened = None
    if right and ticket and visit.takes_code(at):
        opened = visit.open(at), ticket.reference
        ticket.witness(Act.OPENED, at)
    db.session.commit()
    return opened


def send_new_link(email: str, reference: str) -> None:
    """Mail a new link to the requester, where `email` is the address that the ticket came from.  Raises TooOften.

    Not where that mailbox got too many: who knows a reference may have made it up by sending a request in their name.
    """
    at = clock.now()
    asked_with = keyring().keyed_hash("a lost link", f"{reference}\x00{email.strip().lower()}")
    if queries.links_asked_for(asked_with, at) >= LINKS_AN_HOUR:
        raise TooOften
    ticket = queries.ticket_with(reference)
    theirs = secrets.compare_digest(ticket.email_hash if ticket else bytes(32), email_hash(email))
    known = ticket if ticket and theirs and not ticket.held_because else None  # No program has us mail whom it names.
    if mailbox_is_full("new links", email if known else "nobody"):
        known = None
    _forget_old(at)
    link, token = Link.fresh(known, at, asked_with)
    db.session.add(link)
    _mail("new-link", known, at, link_token=token)
    db.session.commit()


def sign_out(cookie: str) -> None:
    """End the visit of this browser, and forget what was not sent."""
    visit = queries.visit_with(cookie)
    if visit is not None:
        visit.end(clock.now())
        visit.sealed_draft = None
    db.session.commit()


def end_links(cookie: str, reference: str) -> None:
    """The requester turns every link to their page off, and is signed out everywhere.  Raises VisitOver."""
    at = clock.now()
    ticket = queries.visit_at(cookie, reference, at).ticket
    assert ticket is not None
    _end_links(ticket, at)
    ticket.witness(Act.LINKS_ENDED, at)
    db.session.commit()


def revoke_links(reference: str, _version: int, agent: Agent) -> Ticket:
    """An agent turns every link off, whatever version of the ticket they saw: this waits for nobody."""
    at = clock.now()
    ticket = queries.ticket_with(read_reference(reference) or "")
    if ticket is None:
        raise NotFound("There is no such ticket.")
    _end_links(ticket, at)
    ticket.witness(Act.LINKS_ENDED, at, agent)
    db.session.commit()
    return ticket


def _ask(link_hash: bytes, ticket: Ticket | None, at: datetime, before: Visit | None) -> str:
    guesses = queries.guesses_with(link_hash, at)
    if guesses.asked_lately >= CODES_AN_HOUR or guesses.tries >= MOST_TRIES:
        raise TooOften
    _forget_old(at)
    cookie, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}"
    visit = Visit(
        link_hash=link_hash,
        ticket_id=ticket.id if ticket else None,
        cookie_hash=token_hash(cookie),
        code_hash=_code_hash(cookie, code),
        created_at=at,
        ends_at=at + CODE_LIFE,
        seal_id=secrets.token_hex(16),
    )
    if before and ticket and before.ticket_id == ticket.id:
        visit.take_draft_of(before)
    db.session.add(visit)
    _mail("code", ticket, at, code=code)
    db.session.commit()
    return cookie


def _still_linked(visit: Visit, at: datetime) -> Ticket | None:
    """The ticket of a visit, as long as the link that it came by works."""
    link = queries.link_with(visit.link_hash)
    return link.ticket if link and visit.ticket_id is not None and at < link.ends_at else None


def _code_hash(cookie: str, code: str) -> bytes:
    """Six digits are soon guessed from a hash; not from one that also takes the browser's cookie and our own key."""
    return keyring().keyed_hash("a requester’s code", f"{cookie}\x00{code}")


def _hash_of(link: Link | None) -> bytes:
    return link.ticket.email_hash if link and link.ticket else bytes(32)


def _mail(template: str, ticket: Ticket | None, at: datetime, **context: str) -> None:
    """Queue a mail to the requester; where there is none, write the same one to nobody and take it back."""
    recipient: Ticket = ticket or current_app.extensions["nobody"]
    recipient.unlock(keyring())
    with db.session.begin_nested() as savepoint:
        queue_mail(template, recipient.email, at, reference=recipient.reference, **context)
        db.session.flush()
        if ticket is None:
            savepoint.rollback()


def nobody(ring: Keyring) -> Ticket:
    """A ticket that was never sent, so that a wrong guess costs as much work as a right one."""
    ticket = Ticket(reference="NC-2222-2222")
    ticket.lock(ring)
    ticket.email = "nobody.at.all@example.org"
    return ticket


def _end_links(ticket: Ticket, at: datetime) -> None:
    """Of the tickets that were merged into it too, and of the one that it was merged into: they show the same."""
    ids = together(own_target(ticket).id)
    for kind in (Link, Visit):
        ended = update(kind).where(kind.ticket_id.in_(ids), kind.ends_at > at)
        db.session.execute(ended.values(ends_at=at))


def _forget_old(at: datetime) -> None:
    """Rows that count for nothing any more."""
    db.session.execute(delete(Link).where(Link.ends_at < at - LINK_LIFE))
    db.session.execute(delete(Visit).where(Visit.created_at < at - LINK_LIFE))
