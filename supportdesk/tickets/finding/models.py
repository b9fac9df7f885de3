"""Which word, as a keyed hash, stands in which ticket."""

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model


class Term(Model):
    """The key is the whole row, by word: the tickets that hold one lie together, in their order."""

    __tablename__ = "term"
    __table_args__ = (
        Index("ix_term_ticket_id", "ticket_id"),  # To take back all words of a ticket.
        {"sqlite_with_rowid": False, "info": {"erased_with": "ticket"}},
    )

    word_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # 48 bits.
    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
