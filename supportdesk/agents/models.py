"""Agents, their sign-ins, and what proves that it is them."""

from datetime import datetime, timedelta
from unicodedata import normalize

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.access import Role
from supportdesk.database import Model, UTCDateTime, words_of
from supportdesk.sealing import OwnKey, SealedText

EMAIL_LENGTH, NAME_LENGTH, ADDRESS_LENGTH = 254, 100, 120


def known_as(email: str) -> str:
    """As an agent's address is kept and looked for, whatever keyboard it was typed on."""
    return normalize("NFC", email.strip().lower())


class Agent(OwnKey, Model):
    """Somebody who answers.  The data key is there once one-time codes are set up: it seals their secret."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)  # As `known_as` spells it.
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    role: Mapped[Role] = mapped_column(words_of(Role), default=Role.AGENT)
    password_hash: Mapped[str] = mapped_column(String(200))
    password_is_one_time: Mapped[bool] = mapped_column(default=True)
    key_id: Mapped[str | None] = mapped_column(String(16))
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_code_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_step: Mapped[int | None] = mapped_column(BigInteger)  # Of the newest code taken; none so old is taken again.
    has_shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())  # Single keys at the desk.
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    deactivated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    named_by = "email"
    code_secret = SealedText()

    def __repr__(self) -> str:
        return f"<Agent {self.id}>"

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def has_codes(self) -> bool:
        return self.sealed_code_secret is not None

    @property
    def name_and_state(self) -> str:
        """“Priya Nair (deactivated)”: so that nobody waits for her."""
        return self.name if self.is_active else f"{self.name} (deactivated)"

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


class SignIn(Model):
    """One stay of an agent at the desk: ended, it opens nothing, whatever cookie is sent."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    code_passed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    wrong_codes: Mapped[int] = mapped_column(default=0)
    browser: Mapped[str] = mapped_column(String(40), default="")  # “Firefox on Windows”; no more of what it says.
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)  # Set where the agent got in.

    agent: Mapped[Agent] = relationship(lazy="joined")

    def lives(self, now: datetime, longest: timedelta, idle: timedelta) -> bool:
        return self.ended_at is None and not self.has_run_out(now, longest, idle) and self.agent.is_active

    def has_run_out(self, now: datetime, longest: timedelta, idle: timedelta) -> bool:
        """Whether it is over by itself: too long altogether, or too long without a sign of the agent."""
        return now >= self.created_at + longest or now >= self.last_seen_at + idle


class RecoveryCode(Model):
    """One of ten that stand in for the phone, once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInTry(Model):
    """How often somebody failed lately: by a keyed hash of where from and as whom, neither of which stands here.

    A row of no failures says when it was last noted that they were sent away unheard.
    """

    __tablename__ = "sign_in_try"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = mapped_column()
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    wait_until: Mapped[datetime] = mapped_column(UTCDateTime)


class Draft(OwnKey, Model):
    """What an agent was writing and had not sent, sealed."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), index=True)  # Where the form would have gone.
    box: Mapped[str] = mapped_column(String(ADDRESS_LENGTH + 20), unique=True)  # Both: its name in the seal.
    key_id: Mapped[str] = mapped_column(String(16))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_body: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    named_by = "box"
    body = SealedText()

    def __repr__(self) -> str:
        return f"<Draft of agent {self.agent_id}>"
