"""What a requester said of our help: yes or no, and their words, sealed under their ticket's key."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.database import Model, UTCDateTime
from supportdesk.sealing import SealedText
from supportdesk.tickets.models import OfTicket, Ticket


class Opinion(OfTicket, Model):
    """The latest of a ticket; another one takes its place."""

    __tablename__ = "opinion"
    __table_args__ = {"info": {"words_erased_with": "ticket"}}  # noqa: RUF012  Yes or no is a figure, and stays.

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    helped: Mapped[bool] = mapped_column()
    given_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    sealed_words: Mapped[bytes] = mapped_column(LargeBinary)

    ticket: Mapped[Ticket] = relationship()

    words = SealedText()
    sealed_with: ClassVar[str] = "ticket"  # So that the check of the keys opens it too.

    def __repr__(self) -> str:
        return f"<Opinion on {self.ticket_id}>"

    def place(self, column: str) -> str:
        return f"opinion|{column}|{self.ticket.reference}"
