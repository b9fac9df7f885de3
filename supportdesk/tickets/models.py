"""Tickets, their messages and their history: state, and the rules that need only themselves."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.models import Team
from supportdesk.database import Model, UTCDateTime, WordsOf, words_of
from supportdesk.exceptions import Sealed, TicketChanged
from supportdesk.sealing import DataKey, OwnKey, SealedRow, SealedText, sealed_texts
from supportdesk.tickets import ranks
from supportdesk.tickets.acts import Act as Act  # noqa: PLC0414  Whoever has a ticket has this too.
from supportdesk.tickets.topics import Topic


class Status(StrEnum):
    NEW = "new"  # Nobody has looked at it yet.
    OPEN = "open"  # It is our turn.
    PENDING = "pending"  # It is the requester's turn; the clock stands still.
    SOLVED = "solved"  # Answered; a message from the requester opens it again.
    CLOSED = "closed"  # Over for good.


# As agents read them.
STATUS_NAMES = {
    Status.NEW: "New",
    Status.OPEN: "Open",
    Status.PENDING: "Waiting on patient",
    Status.SOLVED: "Solved",
    Status.CLOSED: "Closed",
}


class Outcome(StrEnum):
    ANSWERED = "answered"
    SENT_TO_CLINIC = "sent_to_clinic"
    DUPLICATE = "duplicate"
    SPAM = "spam"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Route(StrEnum):
    DESK = "desk"
    CLINIC = "clinic"


class Kind(StrEnum):
    REQUEST = "request"  # From the requester.
    REPLY = "reply"  # From an agent, to the requester.
    NOTE = "note"  # Between agents: the requester never sees it.
    SYSTEM = "system"
    UNKNOWN = "unknown"  # A newer version wrote it, or it is damaged.


class Held(StrEnum):
    """Why a request looks as if no person had sent it."""

    FILLED = "filled"  # A field that people do not see.
    TOO_FAST = "too_fast"  # Sent within seconds of opening the form.


# The queue is narrowed by these, and has an index in its order for each.
NARROWED_BY = ("status", "topic", "assignee_id", "team_id", "outcome")
_HELD = text("held_because IS NOT NULL")  # A few of them, among however many.
OUR_TURN = (Status.NEW, Status.OPEN)
OVER = (Status.SOLVED, Status.CLOSED)


class Ticket(OwnKey, Model):
    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_rank", "rank", "id"),
        *(Index(f"ix_ticket_{column}_rank", column, "rank", "id") for column in NARROWED_BY),
        Index("ix_ticket_held_rank", "rank", "id", sqlite_where=_HELD, postgresql_where=_HELD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[Status] = mapped_column(words_of(Status), default=Status.NEW)
    outcome: Mapped[Outcome | None] = mapped_column(words_of(Outcome))
    priority: Mapped[Priority] = mapped_column(words_of(Priority), default=Priority.NORMAL)
    topic: Mapped[Topic] = mapped_column(words_of(Topic))
    route: Mapped[Route] = mapped_column(words_of(Route))  # As guided from the words, the topic among them.
    guided_topic: Mapped[Topic | None] = mapped_column(words_of(Topic))  # Of the clinic's, also beside one for us.
    emergency: Mapped[str | None] = mapped_column(String(40))  # The name of a card of content/safety.
    shown: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # See shown.py: names, no words.
    channel: Mapped[str] = mapped_column(String(10), default="web")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # To whom it was handed; it keeps it when taken.
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    reply_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # None while the clock stands still.
    reply_since: Mapped[datetime | None] = mapped_column(UTCDateTime)  # When that clock began.
    first_replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_reply_due_at: Mapped[datetime] = mapped_column(UTCDateTime)  # The promise made; the reports measure it.
    solved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    held_because: Mapped[Held | None] = mapped_column(words_of(Held))  # Until an agent has looked at it.
    rank: Mapped[int] = mapped_column(BigInteger)  # In the queue, see ranks.py; kept up by `_find_rank` below.
    waits_until: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)  # It rests; see waiting/.
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # Then its words and its person are gone.
    version: Mapped[int] = mapped_column()
    key_id: Mapped[str] = mapped_column(String(16))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_email: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_subject: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_receipt: Mapped[bytes | None] = mapped_column(LargeBinary)  # For who sends the same once more.
    email_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)

    assignee: Mapped[Agent | None] = relationship()
    team: Mapped[Team | None] = relationship()
    messages: Mapped[list["Message"]] = relationship(back_populates="ticket", order_by="Message.id")
    events: Mapped[list["Event"]] = relationship(back_populates="ticket", order_by="Event.id")

    named_by = "reference"
    comes_in = True
    name = SealedText()
    email = SealedText()
    subject = SealedText()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def __repr__(self) -> str:
        return f"<Ticket {self.reference}>"

    def sealed_rows(self) -> Iterable[SealedRow]:
        return self, *self.messages

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def is_ours(self) -> bool:
        """Whether it stands in the queue.  What may be an emergency does not rest."""
        rests = self.waits_until is not None and not self.may_be_emergency
        return self.status in OUR_TURN and self.held_because is None and not rests

    @property
    def was_sent_to_clinic(self) -> bool:
        return self.is_over and self.outcome is Outcome.SENT_TO_CLINIC

    @property
    def may_be_emergency(self) -> bool:
        """Until an agent knows better, and lowers the priority."""
        return self.emergency is not None and self.priority is Priority.URGENT

    @property
    def opens(self) -> bool:
        """Whether its words can be read: in a list, one damaged ticket must not take the others along."""
        try:
            return bool(self.name and self.subject)
        except Sealed:
            return False

    @property
    def first_name(self) -> str:
        return (self.name.split() or [""])[0]

    def expect(self, version: int) -> None:
        """Raises TicketChanged where someone changed the ticket after the page that showed `version`."""
        if self.version != version:
            raise TicketChanged(self.reference)

    def add_message(
        self, kind: Kind, body: str, at: datetime, *, seal_id: str, author: Agent | None = None
    ) -> "Message":
        message = Message(seal_id=seal_id, kind=kind, author=author, created_at=at)
        self.messages.append(message)
        message.body = body
        self.updated_at = at
        return message

    def record(self, act: Act, at: datetime, agent: Agent | None = None, **detail: Any) -> None:
        """Add to the history: who did what when; `detail` never holds words of the requester."""
        self.events.append(Event(act=act, created_at=at, agent=agent, detail=detail))
        self.updated_at = at

    def witness(self, act: Act, at: datetime, agent: Agent | None = None, **detail: Any) -> None:
        """Add to the history what changes nothing of the ticket: what agents are typing about it stays good."""
        self.events.append(Event(act=act, created_at=at, agent=agent, detail=detail))

    def hold(self, because: Held, at: datetime) -> None:
        """For an agent to look at first; the clock runs meanwhile."""
        self.held_because = because
        self.record(Act.HELD, at, because=because)

    def answered(self, at: datetime) -> None:
        """An agent's words have gone to the requester, who is taken for one by that; the clock that ran is met."""
        self.first_replied_at = self.first_replied_at or at
        self.held_because = self.reply_due_at = self.reply_since = None

    def wait(self) -> None:
        """It is the requester's turn."""
        self.status, self.outcome, self.solved_at, self.reply_due_at = Status.PENDING, None, None, None
        self.waits_until = self.reply_since = None

    def open(self, due: datetime, since: datetime) -> None:
        """It is our turn, until `due`, `since` when we have it."""
        if self.reply_due_at is None:
            self.reply_due_at, self.reply_since = due, since
        self.status, self.outcome, self.solved_at, self.waits_until = Status.OPEN, None, None, None

    def solve(self, outcome: Outcome, at: datetime) -> None:
        self.status, self.outcome, self.solved_at, self.reply_due_at = Status.SOLVED, outcome, at, None
        self.held_because = self.waits_until = self.reply_since = None


@event.listens_for(Ticket, "before_insert")
@event.listens_for(Ticket, "before_update")
def _find_rank(_mapper: object, _connection: object, ticket: Ticket) -> None:
    """Whatever changed, and wherever: a ticket is stored with its place in the queue."""
    ticket.rank = ranks.rank(
        is_ours=ticket.is_ours,
        is_over=ticket.is_over or ticket.held_because is not None,
        may_be_emergency=ticket.may_be_emergency,
        reply_due_at=ticket.reply_due_at,
        updated_at=ticket.updated_at,
    )


class OfTicket:
    """A row whose words are sealed under its ticket's key, and gone with it."""

    ticket: Mapped[Ticket]

    @property
    def data_key(self) -> DataKey:
        return self.ticket.data_key

    @property
    def is_erased(self) -> bool:
        return self.ticket.is_erased

    @property
    def opens(self) -> bool:
        """Whether its words can be read: one damaged message must not take the rest of its ticket along."""
        with suppress(Sealed):
            for name in sealed_texts(type(self)):
                getattr(self, name)
            return True
        return False


class Message(OfTicket, Model):
    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    seal_id: Mapped[str] = mapped_column(String(32), unique=True)  # Its name in the seal; the id is not known in time.
    kind: Mapped[Kind] = mapped_column(WordsOf(Kind, Kind.UNKNOWN))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    sealed_body: Mapped[bytes] = mapped_column(LargeBinary)

    ticket: Mapped[Ticket] = relationship(back_populates="messages")
    author: Mapped[Agent | None] = relationship()

    body = SealedText()

    def __repr__(self) -> str:
        return f"<Message {self.id} {self.kind}>"

    def place(self, column: str) -> str:
        return f"message|{column}|{self.seal_id}"


class Event(Model):
    """Append-only: who did what when."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_act_created_at", "act", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    act: Mapped[Act] = mapped_column(WordsOf(Act, Act.UNKNOWN))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)

    ticket: Mapped[Ticket] = relationship(back_populates="events")
    agent: Mapped[Agent | None] = relationship()
