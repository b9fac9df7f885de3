"""Finding tickets without an index: every one is opened, newest first, until there are enough.  Writes nothing.

Most tickets hold not even the letters of what is looked for, so bytes are read, opened and compared in bulk; only
where those fit are words cut and stemmed.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import text

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.faq.search.forgetful import beginning, placed_stems
from supportdesk.keys import keyring
from supportdesk.tickets.models import Ticket

_AT_ONCE = 1000
_LAST = 1 << 31  # No id of a ticket reaches it.
_TICKETS = text("""
    select id, reference, key_id, sealed_key, sealed_name, sealed_email, sealed_subject from ticket
    where id < :before and key_id <> '' order by id desc limit :size
""")
_MESSAGES = text("select ticket_id, seal_id, sealed_body from message where ticket_id between :first and :last")
_APOSTROPHE = rb"(?:'|\xe2\x80\x99)?"
_MARKS = re.compile(rb"\xe2\x80[\x90-\xbe]")  # Curly apostrophes, quotes, dashes: no word is spelled with them.


def by_opening(wanted: frozenset[str], before: int | None, size: int) -> list[int]:
    """Ids of the newest tickets that hold every wanted stem."""
    beginnings = [_Beginning(stem) for stem in wanted]
    found: list[int] = []
    while batch := list(_opened(before or _LAST)):
        for ticket_id, words in batch:
            if _may_hold(words, beginnings) and _holds(words.decode(), wanted):
                found.append(ticket_id)
                if len(found) == size:
                    return found
        before = batch[-1][0]
    return found


def _opened(before: int) -> Iterator[tuple[int, bytes]]:
    """The next tickets and every word in them; of one that does not open, its reference."""
    tickets = db.session.execute(_TICKETS, {"before": before, "size": _AT_ONCE}).all()
    if not tickets:
        return
    bodies: defaultdict[int, list[tuple[bytes, str]]] = defaultdict(list)
    for ticket_id, seal_id, sealed in db.session.execute(_MESSAGES, {"first": tickets[-1][0], "last": tickets[0][0]}):
        bodies[ticket_id].append((sealed, f"message|body|{seal_id}"))
    db.session.rollback()  # Let go of the database while we compute: SQLite's writers wait for whoever answers a form.
    ring = keyring()
    for ticket_id, reference, key_id, sealed_key, name, email, subject in tickets:
        own = (("name", name), ("email", email), ("subject", subject))
        parts = [(sealed, Ticket.place_of(column, reference)) for column, sealed in own] + bodies[ticket_id]
        try:
            words = ring.open_all(sealed_key, key_id, Ticket.place_of("key", reference), parts)
        except Sealed:
            words = []
        yield ticket_id, b"\n".join((reference.encode(), *words))


class _Beginning:
    """Tells quickly where no word of a text can have this stem."""

    def __init__(self, stem: str) -> None:
        begins = beginning(stem)
        self._letters = begins.encode()
        self._at_a_word = re.compile(rb"\b" + _APOSTROPHE.join(re.escape(letter.encode()) for letter in begins))

    def stands_in(self, words: bytes, letters: bytes) -> bool:
        return self._letters in letters and self._at_a_word.search(words) is not None


def _may_hold(words: bytes, beginnings: Sequence[_Beginning]) -> bool:
    """A quick look before the words are cut out one by one; accents are not worth one."""
    words = words.lower()
    letters = words.replace(b"'", b"")
    if not letters.isascii():
        letters = _MARKS.sub(b"", letters)
        if not letters.isascii():
            return True
    return all(beginning.stands_in(words, letters) for beginning in beginnings)


def _holds(words: str, wanted: frozenset[str]) -> bool:
    return wanted == {stem for _begin, _end, stem in placed_stems(words, wanted)}
