"""What leads to a requester's page: the link of a mail, and the visit that a code opens.

Neither keeps anything that opens a page: tokens and codes are stored as hashes only.  Rows without a ticket are
somebody's wrong guess; they open nothing, and are kept because guesses are counted.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.database import Model, UTCDateTime
from supportdesk.exceptions import Sealed
from supportdesk.sealing import DataKey, SealedText
from supportdesk.tickets.models import Ticket

LINK_LIFE = timedelta(days=14)
CODE_LIFE = timedelta(minutes=10)
VISIT_LIFE = timedelta(minutes=30)
TRIES = 5  # For one code.
MOST_TRIES = 25  # Wrong codes for one link in all its life: one chance in 40,000.


def token_hash(token: str) -> bytes:
    """How a 256-bit token is kept: who reads the database can't open a page with what stands there."""
    return hashlib.sha256(token.encode()).digest()


class Link(Model):
    """The way from a mail to a requester's page; alone it opens nothing."""

    __tablename__ = "own_link"
    __table_args__ = {"info": {"erased_with": "ticket"}}  # noqa: RUF012

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    asked_with: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)  # A keyed hash, where it was lost.

    ticket: Mapped[Ticket | None] = relationship()

    @classmethod
    def fresh(cls, ticket: Ticket | None, at: datetime, asked_with: bytes | None = None) -> tuple["Link", str]:
        """A new link, and its token, which stands nowhere but in the mail."""
        token = secrets.token_urlsafe(32)
        link = cls(
            token_hash=token_hash(token), ticket=ticket, created_at=at, ends_at=at + LINK_LIFE, asked_with=asked_with
        )
        return link, token

    def __repr__(self) -> str:
        return f"<Link of {self.ticket_id}>"


class Visit(Model):
    """One browser at a requester's page: it has asked for a code, and reads for a while after the right one."""

    __tablename__ = "own_visit"
    __table_args__ = {"info": {"erased_with": "ticket"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)  # Of the link it came by, ours or not.
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    cookie_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # Another one once it is open.
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)  # Of the code; once it is open, of the visit.
    seal_id: Mapped[str] = mapped_column(String(32))  # Its name in the seal of the draft.
    sealed_draft: Mapped[bytes | None] = mapped_column(LargeBinary)  # What was being typed when the time was over.

    ticket: Mapped[Ticket | None] = relationship()

    draft = SealedText()
    sealed_with: ClassVar[str] = "ticket"  # Under its data key.

    def __repr__(self) -> str:
        return f"<Visit {self.id}>"

    @property
    def data_key(self) -> DataKey:
        if self.ticket is None:
            raise Sealed(f"{self!r} belongs to no ticket.")
        return self.ticket.data_key

    @property
    def is_erased(self) -> bool:
        return self.ticket is None or self.ticket.is_erased

    @property
    def kept(self) -> str | None:
        """What was being typed, empty where nothing was; None where it does not open: that takes nothing else along."""
        with suppress(Sealed):
            return "" if self.sealed_draft is None else self.draft
        return None

    def place(self, column: str) -> str:
        return f"own_visit|{column}|{self.seal_id}"

    def takes_code(self, at: datetime) -> bool:
        """Whether the right code would open it; wrong tries count before anybody looks whether they are."""
        return self.opened_at is None and self.tries <= TRIES and at < self.ends_at and self.ticket_id is not None

    def is_open(self, at: datetime) -> bool:
        return self.opened_at is not None and at < self.ends_at

    def open(self, at: datetime) -> str:
        """It reads from now on, under a new token, which is returned: one planted before is worth nothing."""
        token = secrets.token_urlsafe(32)
        self.cookie_hash, self.opened_at, self.ends_at = token_hash(token), at, at + VISIT_LIFE
        return token

    def take_draft_of(self, other: "Visit") -> None:
        """As it is sealed, and with its name in the seal."""
        self.seal_id, self.sealed_draft = other.seal_id, other.sealed_draft
        other.sealed_draft = None

    def end(self, at: datetime) -> None:
        self.ends_at = min(self.ends_at, at)
