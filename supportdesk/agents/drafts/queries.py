"""Reading an agent's own drafts."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import select

from supportdesk.agents.models import Agent, Draft
from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring


def drafts_below(agent: Agent, address: str) -> dict[str, Draft]:
    """The agent's drafts for forms that go to `address/…`, unlocked, by what stands for the dots."""
    kept = db.session.scalars(
        select(Draft).where(Draft.agent_id == agent.id, Draft.address.startswith(f"{address}/", autoescape=True))
    )
    found = {}
    for draft in kept:
        with suppress(Sealed):  # A draft that can't be opened is no reason to show no ticket.
            draft.unlock(keyring())
            if draft.body:
                found[draft.address.rpartition("/")[2]] = draft
    return found


def all_drafts_below(address: str) -> Sequence[Draft]:
    """Every agent's, oldest first, still locked."""
    wanted = select(Draft).where(Draft.address.startswith(f"{address}/", autoescape=True))
    return db.session.scalars(wanted.order_by(Draft.kept_at)).all()
