"""Keeping and dropping drafts; `drop_old` and what is done `…_below` are for another service's transaction."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from supportdesk import clock
from supportdesk.agents.drafts.queries import all_drafts_below
from supportdesk.agents.models import Draft
from supportdesk.database import db, own_transaction
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring

LONGEST = 60_000  # Characters; three times what a form takes.
_KEPT = timedelta(days=7)


def keep(agent_id: int, address: str, body: str) -> None:
    """What the agent has typed so far into the form that goes to `address`; nothing typed is nothing kept."""
    put(agent_id, address, body, clock.now())
    db.session.commit()


def put(agent_id: int, address: str, body: str, at: datetime) -> None:
    """The same within another service's transaction."""
    db.session.execute(delete(Draft).where(Draft.agent_id == agent_id, Draft.address == address))
    if body.strip() and len(body) <= LONGEST:
        draft = Draft(agent_id=agent_id, address=address, box=f"{agent_id}|{address}", kept_at=at)
        draft.lock(keyring())
        draft.body = body
        db.session.add(draft)


def drop(agent_id: int, address: str) -> None:
    """It was sent: what was typed into this form is dropped, whatever stood in the query of its address."""
    here = or_(Draft.address == address, Draft.address.startswith(f"{address}?", autoescape=True))
    with own_transaction() as session:
        session.execute(delete(Draft).where(Draft.agent_id == agent_id, here))


def drop_old(now: datetime) -> None:
    db.session.execute(delete(Draft).where(Draft.kept_at < now - _KEPT))


def drop_below(address: str) -> None:
    """Every agent's drafts for forms that go to `address/…`: what they are about is gone."""
    db.session.execute(delete(Draft).where(Draft.address.startswith(f"{address}/", autoescape=True)))


def rewrite_below(address: str, passage: str, instead: str) -> bool:
    """Replace `passage` in every agent's drafts for forms that go to `address/…`; whether any held it."""
    found = False
    for draft in all_drafts_below(address):
        with suppress(Sealed):  # Nobody is shown one that does not open.
            draft.unlock(keyring())
            if passage in draft.body:
                draft.body, found = draft.body.replace(passage, instead), True
    return found
