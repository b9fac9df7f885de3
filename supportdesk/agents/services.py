"""What can be done about agents; each function is one action and one commit."""

import secrets

from sqlalchemy import update

from supportdesk import clock
from supportdesk.agents import passwords
from supportdesk.agents.models import EMAIL_LENGTH, NAME_LENGTH, Agent, SignIn
from supportdesk.agents.queries import agent_by_email, fingerprint
from supportdesk.database import db
from supportdesk.exceptions import NotFound


def add_agent(email: str, name: str) -> tuple[Agent, str]:
    """A new agent, and the one-time password they sign in with; raises ValueError saying what is wrong."""
    email, name = email.strip().lower(), " ".join(name.split())
    if not name or "@" not in email or len(email) > EMAIL_LENGTH or len(name) > NAME_LENGTH:
        raise ValueError("Give an e-mail address and a name, such as: dana@example.org “Dana Kim”.")
    if agent_by_email(email):
        raise ValueError("There is an agent with this address already.")
    password = passwords.one_time()
    agent = Agent(
        email=email,
        name=name,
        password_hash=passwords.hashed(password),
        created_at=clock.now(),
    )
    db.session.add(agent)
    db.session.commit()
    return agent, password


def reset_password(email: str) -> str:
    """A new one-time password; the agent's sign-ins end.  Raises NotFound."""
    agent = _known(email)
    password = passwords.one_time()
    agent.password_hash = passwords.hashed(password)
    agent.password_is_one_time = True
    _end_sign_ins(agent)
    db.session.commit()
    return password


def deactivate_agent(email: str) -> None:
    """They can't sign in any more, and are signed out now; what they wrote stays.  Raises NotFound."""
    agent = _known(email)
    agent.deactivated_at = clock.now()
    _end_sign_ins(agent)
    db.session.commit()


def sign_in(email: str, password: str) -> str | None:
    """The token of a new sign-in, or None: unknown, wrong and deactivated look and last alike."""
    agent = agent_by_email(email)
    right = passwords.is_right(agent.password_hash if agent else None, password)
    if agent is None or not right or not agent.is_active:
        return None
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(agent=agent, token_hash=fingerprint(token), created_at=clock.now()))
    db.session.commit()
    return token


def sign_out(record: SignIn) -> None:
    record.ended_at = clock.now()
    db.session.commit()


def choose_password(record: SignIn, password: str) -> None:
    """The agent's own password; their other sign-ins end."""
    agent = record.agent
    agent.password_hash = passwords.hashed(password)
    agent.password_is_one_time = False
    _end_sign_ins(agent, but=record)
    db.session.commit()


def _known(email: str) -> Agent:
    agent = agent_by_email(email)
    if agent is None:
        raise NotFound(f"There is no agent {email}.")
    return agent


def _end_sign_ins(agent: Agent, but: SignIn | None = None) -> None:
    ended = update(SignIn).where(SignIn.agent_id == agent.id, SignIn.ended_at.is_(None))
    if but:
        ended = ended.where(SignIn.id != but.id)
    db.session.execute(ended.values(ended_at=clock.now()))
