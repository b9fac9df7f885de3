"""One line of the audit: who did what, when, from where, about which ticket.  Never a word of anybody's."""

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from supportdesk.database import Model, UTCDateTime, words_of

_DETAIL = re.compile(r"[a-z0-9_.=,:-]{0,80}")  # Neither a space nor a capital: no sentence, no name.


class What(StrEnum):
    """What happened.  Its text is what the page for admins shows."""

    LOOKED = "looked"
    LISTED = "listed"
    SEARCHED = "searched"
    EXPORTED = "exported"
    ACTED = "acted"
    REDACTED = "redacted"
    ERASED = "erased"
    REFUSED = "refused"
    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    SIGN_IN_ENDED = "sign-in ended"
    PASSWORD_CHOSEN = "password chosen"  # noqa: S105  That it was, not which.
    CODES_SET_UP = "codes set up"
    AGENT_ADDED = "agent added"
    AGENT_RESET = "agent reset"
    AGENT_DEACTIVATED = "agent deactivated"
    AGENT_ACTIVATED = "agent activated"
    TEAM_CHANGED = "team changed"
    ROLE_CHANGED = "role changed"
    KEYS_CHANGED = "keys changed"
    BACKED_UP = "backed up"
    RESTORED = "restored"
    AUDIT_READ = "audit read"


class AuditEvent(Model):
    """A row is added and stays as it is: the database refuses anything else, and `link` would show it."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_agent_id_at", "agent_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # Its number in the chain, without a gap.
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    what: Mapped[What] = mapped_column(words_of(What))
    agent_id: Mapped[int | None] = mapped_column()  # None: somebody who is not signed in, or a command.
    place: Mapped[str | None] = mapped_column(String(16))  # Keyed hash of the network address; None: a command.
    reference: Mapped[str | None] = mapped_column(String(12), index=True)
    detail: Mapped[str] = mapped_column(String(80), default="")
    link: Mapped[bytes] = mapped_column(LargeBinary(32))

    def __repr__(self) -> str:
        return f"<AuditEvent {self.id}>"

    @validates("detail")
    def _hold_no_words(self, _name: str, detail: str) -> str:
        if not _DETAIL.fullmatch(detail):
            raise ValueError("the detail of an audit event is a code, such as view=open,page=2")
        return detail
