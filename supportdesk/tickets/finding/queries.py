"""Finding tickets that hold every word which an agent typed, newest first."""

import hmac
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from markupsafe import Markup, escape
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.faq.search.forgetful import placed_stems, stems
from supportdesk.faq.search.queries import clean
from supportdesk.faq.search.snippets import marked, passage
from supportdesk.keys import keyring
from supportdesk.tickets.finding.models import Term
from supportdesk.tickets.models import Ticket

SHOWN = 25
_MOST_WORDS = 12
_BEGINNING = 200  # Characters of a message in which no word was found, as it is in the name or the address.
_BITS = 48  # Enough to tell a million words apart; an integer of six bytes.
_OFTEN = 2000  # Words in more tickets than this are not counted any further: all of them are common.


@dataclass(frozen=True)
class Hit:
    ticket: Ticket
    subject: Markup  # With the words marked, as in the passage.
    passage: Markup


@dataclass(frozen=True)
class Found:
    typed: str
    hits: Sequence[Hit]
    older: int | None  # Where the next page begins; None where this is the last.
    nothing_to_find: bool  # Every word typed is one that stands everywhere.


Finder = Callable[[frozenset[str], int | None, int], list[int]]


def term_hashes(words: Iterable[str]) -> dict[str, int]:
    """Each word's hash, under a key that serves nothing else."""
    key = keyring().hash_key("ticket’s word")
    return {word: int.from_bytes(hmac.digest(key, word.encode(), "sha256")[: _BITS // 8], "big") for word in words}


def find_tickets(typed: str, before: int | None, finder: Finder) -> Found:
    """The newest tickets (older than `before`, an id) that hold all words; what is shown is opened, and no more."""
    typed = clean(typed)
    wanted = frozenset(sorted(stems(typed))[:_MOST_WORDS])
    ids = finder(wanted, before, SHOWN + 1) if wanted else []
    hits = [hit for ticket in _tickets(ids[:SHOWN]) if (hit := _hit(ticket, wanted))]
    return Found(typed, hits, ids[SHOWN - 1] if len(ids) > SHOWN else None, nothing_to_find=not wanted)


def by_hashes(wanted: frozenset[str], before: int | None, size: int) -> list[int]:
    """Ids, newest first, from the hashed words: the rarest word's tickets, each asked for the others."""
    hashes = _rarest_first(list(term_hashes(wanted).values()))
    if not hashes:
        return []
    first, *others = hashes
    ids = select(Term.ticket_id).where(Term.word_hash == first)
    for word_hash in others:
        other = aliased(Term)
        holds = select(other.ticket_id).where(other.word_hash == word_hash, other.ticket_id == Term.ticket_id)
        ids = ids.where(holds.offset(0).exists())  # So that PostgreSQL asks ticket by ticket, and stops at a page.
    if before:
        ids = ids.where(Term.ticket_id < before)
    return list(db.session.scalars(ids.order_by(Term.ticket_id.desc()).limit(size)))


def _rarest_first(hashes: Sequence[int]) -> list[int]:
    """In order of how many tickets hold each word; nothing where one stands in none."""
    counts = [
        select(literal(word_hash).label("word_hash"), func.count().label("number")).select_from(
            select(Term.ticket_id).where(Term.word_hash == word_hash).limit(_OFTEN).subquery()
        )
        for word_hash in hashes
    ]
    rows = sorted((number, word_hash) for word_hash, number in db.session.execute(union_all(*counts)))
    return [word_hash for _number, word_hash in rows] if rows[0][0] else []


def _tickets(ids: Sequence[int]) -> Sequence[Ticket]:
    wanted = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id.desc())
    tickets = db.session.scalars(wanted.options(selectinload(Ticket.messages), joinedload(Ticket.assignee))).all()
    for ticket in tickets:
        with suppress(Sealed):  # Its `opens` says so.
            ticket.unlock(keyring())
    return tickets


def _hit(ticket: Ticket, wanted: frozenset[str]) -> Hit | None:
    if not ticket.opens:
        return None
    with suppress(Sealed):
        return Hit(ticket, marked(ticket.subject, placed_stems(ticket.subject, wanted)), _passage(ticket, wanted))
    return None


def _passage(ticket: Ticket, wanted: frozenset[str]) -> Markup:
    """Of the message that holds most of the words; where none does, how the first one begins."""
    found = [(message.body, placed_stems(message.body, wanted)) for message in ticket.messages if message.opens]
    body, places = max(found, key=lambda pair: len({stem for _begin, _end, stem in pair[1]}), default=("", []))
    return passage(body, places) if places else escape(body[:_BEGINNING])
