"""Reading how often canned replies went out, and what leads made of them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.tickets.replies.canned import CannedReply
from supportdesk.tickets.replies.models import CannedText, CannedUse


def uses_of_each() -> Mapping[str, int]:
    return {use.name: use.uses for use in db.session.scalars(select(CannedUse))}


def with_edited(files: Sequence[CannedReply]) -> list[CannedReply]:
    """What the files say, but for what leads say instead; by title."""
    edited = {row.name: reply_of(row) for row in db.session.scalars(select(CannedText))}
    replies = {reply.name: reply for reply in files} | edited
    return sorted(replies.values(), key=lambda reply: reply.title)


def edited_text(name: str) -> CannedText | None:
    return db.session.get(CannedText, name)


def edited_names() -> set[str]:
    return set(db.session.scalars(select(CannedText.name)))


def reply_of(row: CannedText) -> CannedReply:
    return CannedReply(row.name, row.title, tuple(row.topics), row.body)
