"""Reading about agents."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select

from supportdesk.agents.models import Agent, SignIn
from supportdesk.database import db


def agent_by_email(email: str) -> Agent | None:
    return db.session.scalar(select(Agent).where(Agent.email == email.strip().lower()))


def active_agents() -> Sequence[Agent]:
    return db.session.scalars(select(Agent).where(Agent.deactivated_at.is_(None)).order_by(Agent.name)).all()


def all_agents() -> Sequence[Agent]:
    return db.session.scalars(select(Agent).order_by(Agent.name)).all()


def there_are_agents() -> bool:
    return bool(db.session.scalar(select(func.count(Agent.id))))


def sign_in_by_token(token: str) -> SignIn | None:
    return db.session.scalar(select(SignIn).where(SignIn.token_hash == fingerprint(token)))


def fingerprint(token: str) -> bytes:
    """How a 256-bit token is kept: who reads the database can't sign in with what stands there."""
    return hashlib.sha256(token.encode()).digest()
