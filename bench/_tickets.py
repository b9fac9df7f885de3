"""A desk with many made-up tickets, stored in bulk: each sealed as the real ones, under a data key of its own."""

import random
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, text

from supportdesk.database import db
from supportdesk.faq.search.analysis import whole_words
from supportdesk.keys import keyring
from supportdesk.sealing import DataKey
from supportdesk.tickets.models import Kind, Message, Priority, Route, Status, Ticket
from supportdesk.tickets.queries import email_hash
from supportdesk.tickets.ranks import rank, rank_when_over
from supportdesk.tickets.references import new_reference
from supportdesk.tickets.topics import Topic

CONTENT = Path(__file__).parent.parent / "content"
BEGIN = datetime(2024, 1, 1, 16, tzinfo=UTC)
AT_ONCE = 2000


def vocabulary():
    """The words of our articles, each as often as it stands there, and twenty thousand rare ones."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(CONTENT.rglob("*.md")))
    common = [token.text for token in whole_words(text) if token.text.isalpha()]
    dice = random.Random(7)
    rare = ["".join(dice.choices("bcdfghklmnprstvaeiou", k=dice.randint(5, 9))) for _ in range(20_000)]
    return common, rare


class Writer:
    """Says things as patients do, more or less: mostly common words, now and then one that hardly anyone uses."""

    def __init__(self, seed=1):
        self.dice = random.Random(seed)
        self.common, self.rare = vocabulary()

    def words(self, number):
        rare = max(1, number // 12)
        return " ".join(self.dice.choices(self.common, k=number - rare) + self.dice.choices(self.rare, k=rare))

    def ticket(self):
        first, last = self.dice.choices(self.rare, k=2)
        return {
            "name": f"{first.title()} {last.title()}",
            "email": f"{first}.{last}{self.dice.randint(1, 99)}@example.com",
            "subject": self.words(6),
            "messages": [self.words(self.dice.randint(20, 90)), self.words(40)][: self.dice.choice((1, 2, 2))],
        }


def store(number, writer=None, *, settled=False):
    """Store `number` tickets with their messages; yields each batch as (row, words) pairs before its commit."""
    writer, ring, first = writer or Writer(), keyring(), _next_id()
    for begin in range(first, first + number, AT_ONCE):
        batch = []
        for row_id in range(begin, min(begin + AT_ONCE, first + number)):
            words = writer.ticket()
            batch.append((*_rows(ring, row_id, words, settled), words))
        db.session.execute(insert(Ticket), [ticket for ticket, _messages, _words in batch])
        db.session.execute(insert(Message), [message for _ticket, messages, _words in batch for message in messages])
        yield [(ticket, words) for ticket, _messages, words in batch]
        db.session.commit()
    number_on("ticket", "message")


def number_on(*tables):
    """What comes next takes the next number: PostgreSQL does not look at the numbers that rows brought along."""
    if db.engine.dialect.name == "postgresql":
        for table in tables:
            db.session.execute(text(f"select setval('{table}_id_seq', (select max(id) from {table}))"))
        db.session.commit()


def _next_id():
    last = db.session.scalar(db.select(db.func.max(Ticket.id)))
    db.session.rollback()
    return (last or 0) + 1


def _rows(ring, row_id, words, settled):
    key, reference, at = DataKey(), new_reference(), BEGIN + timedelta(minutes=7 * row_id)
    place = Ticket.place_of("key", reference)
    ticket = {
        "id": row_id,
        "reference": reference,
        "submission_key": secrets.token_hex(32),
        "status": Status.SOLVED if row_id % 50 else Status.OPEN,
        "priority": Priority.NORMAL,
        "topic": Topic("sign-in"),
        "route": Route.DESK,
        "channel": "web",
        "created_at": at,
        "updated_at": at,
        "first_reply_due_at": at,
        "reply_due_at": None if row_id % 50 else at,
        "rank": rank_when_over(at) if row_id % 50 else _rank_when_ours(at),
        "version": 1,
        "key_id": ring.key_id,
        "sealed_key": ring.settle_key(key, place) if settled else ring.seal_key(key, place),
        "email_hash": email_hash(words["email"]),
    }
    for name in ("name", "email", "subject"):
        ticket[f"sealed_{name}"] = key.seal(words[name], Ticket.place_of(name, reference))
    return ticket, [_message(key, row_id, text, at) for text in words["messages"]]


def _rank_when_ours(at):
    return rank(is_ours=True, is_over=False, may_be_emergency=False, reply_due_at=at, updated_at=at)


def _message(key, ticket_id, text, at):
    seal_id = secrets.token_hex(16)
    return {
        "ticket_id": ticket_id,
        "seal_id": seal_id,
        "kind": Kind.REQUEST,
        "author_id": None,
        "created_at": at,
        "sealed_body": key.seal(text, f"message|body|{seal_id}"),
    }
