"""Reading about agents."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from supportdesk.access import Role
from supportdesk.agents.codes import as_written
from supportdesk.agents.models import Agent, RecoveryCode, SignIn, known_as
from supportdesk.database import db
from supportdesk.keys import keyring


def agent_by_email(email: str) -> Agent | None:
    return db.session.scalar(select(Agent).where(Agent.email == known_as(email)))


def active_agents() -> Sequence[Agent]:
    return db.session.scalars(select(Agent).where(Agent.deactivated_at.is_(None)).order_by(Agent.name)).all()


def all_agents() -> Sequence[Agent]:
    return db.session.scalars(select(Agent).order_by(Agent.name)).all()


def agents_by_id() -> Mapping[int, Agent]:
    return {agent.id: agent for agent in all_agents()}


def there_are_agents() -> bool:
    return bool(db.session.scalar(select(func.count(Agent.id))))


def is_last_admin(agent: Agent) -> bool:
    """Whether without them nobody could make an admin of anybody."""
    others = select(func.count(Agent.id)).where(
        Agent.role == Role.ADMIN, Agent.deactivated_at.is_(None), Agent.id != agent.id
    )
    return agent.is_active and agent.role is Role.ADMIN and not db.session.scalar(others)


def sign_in_by_token(token: str) -> SignIn | None:
    return db.session.scalar(select(SignIn).where(SignIn.token_hash == fingerprint(token)))


def sign_in_of(agent: Agent, sign_in_id: int) -> SignIn | None:
    return db.session.scalar(select(SignIn).where(SignIn.id == sign_in_id, SignIn.agent_id == agent.id))


def open_sign_ins(agent: Agent) -> Sequence[SignIn]:
    """Those that nobody has ended, the one seen last first; some may have run out."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.agent_id == agent.id, SignIn.ended_at.is_(None))
        .order_by(SignIn.last_seen_at.desc())
    ).all()


def everybodys_open_sign_ins() -> Sequence[SignIn]:
    """The same of all agents."""
    return db.session.scalars(
        select(SignIn).where(SignIn.ended_at.is_(None)).order_by(SignIn.last_seen_at.desc())
    ).all()


def agent_with(agent_id: int) -> Agent | None:
    return db.session.get(Agent, agent_id)


def sign_in_with(sign_in_id: int) -> SignIn | None:
    return db.session.get(SignIn, sign_in_id)


def is_known_device(agent_id: int, device: str) -> bool:
    """Whether the agent was signed in with this browser before."""
    found = select(SignIn.id).where(SignIn.device_hash == fingerprint(device), SignIn.agent_id == agent_id).limit(1)
    return db.session.scalar(found) is not None


def recovery_codes_left(agent: Agent) -> int:
    unused = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.agent_id == agent.id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(unused) or 0


def recovery_hash(agent_id: int, typed: str) -> bytes:
    """How a recovery code is kept: 78 bits, hashed with a key that does not stand in the database."""
    return keyring().keyed_hash("recovery code", f"{agent_id} {as_written(typed)}")


def fingerprint(token: str) -> bytes:
    """How a 256-bit token is kept: who reads the database can't sign in with what stands there."""
    return hashlib.sha256(token.encode()).digest()
