"""What can be done about agents; each function but `end_sign_ins` is one action and one commit."""

from datetime import datetime

from sqlalchemy import delete, update

from supportdesk import clock
from supportdesk.access import Role
from supportdesk.agents import passwords
from supportdesk.agents.models import EMAIL_LENGTH, NAME_LENGTH, Agent, Draft, RecoveryCode, SignIn, known_as
from supportdesk.agents.queries import agent_by_email, is_last_admin, there_are_agents
from supportdesk.audit import What
from supportdesk.audit.services import OPERATOR, By, add
from supportdesk.database import db, take_turn
from supportdesk.exceptions import NotFound


def add_agent(email: str, name: str, role: Role | None = None, by: By = OPERATOR) -> tuple[Agent, str]:
    """A new agent, and the one-time password they sign in with; raises ValueError saying what is wrong.

    Without a role it is that of an agent; the first of all is an admin, or nobody could ever be one.
    """
    email, name = known_as(email), " ".join(name.split())
    if not name or "@" not in email or len(email) > EMAIL_LENGTH or len(name) > NAME_LENGTH:
        raise ValueError("Give an e-mail address and a name, such as: dana@example.org “Dana Kim”.")
    if agent_by_email(email):
        raise ValueError("There is an agent with this address already.")
    role = role or (Role.AGENT if there_are_agents() else Role.ADMIN)
    password = passwords.one_time()
    agent = Agent(email=email, name=name, role=role, password_hash=passwords.hashed(password), created_at=clock.now())
    db.session.add(agent)
    db.session.flush()
    add(What.AGENT_ADDED, **by._asdict(), detail=f"agent={agent.id},role={role}")
    db.session.commit()
    return agent, password


def set_role(email: str, role: Role, by: By = OPERATOR) -> None:
    """From their next click on.  Raises NotFound; ValueError where nobody would be left who can do this."""
    agent = _known(email)
    if role is not Role.ADMIN:
        _refuse_last_admin(agent)
    agent.role = role
    add(What.ROLE_CHANGED, **by._asdict(), detail=f"agent={agent.id},role={role}")
    db.session.commit()


def reset_password(email: str, *, codes: bool = False, by: By = OPERATOR) -> str:
    """A new one-time password; the agent's sign-ins end.  With `codes`, new one-time codes too.  Raises NotFound."""
    agent = _known(email)
    password = passwords.one_time()
    agent.password_hash = passwords.hashed(password)
    agent.password_is_one_time = True
    if codes:
        agent.key_id = agent.sealed_key = agent.sealed_code_secret = agent.code_step = None
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    end_sign_ins(agent, clock.now())
    add(What.AGENT_RESET, **by._asdict(), detail=f"agent={agent.id}{',codes' if codes else ''}")
    db.session.commit()
    return password


def deactivate_agent(email: str, by: By = OPERATOR) -> None:
    """They can't sign in any more, and are signed out now; what they wrote stays.

    Raises NotFound; ValueError where nobody would be left who can let others in.
    """
    agent = _known(email)
    _refuse_last_admin(agent)
    agent.deactivated_at = clock.now()
    end_sign_ins(agent, agent.deactivated_at)
    db.session.execute(delete(Draft).where(Draft.agent_id == agent.id))
    add(What.AGENT_DEACTIVATED, **by._asdict(), detail=f"agent={agent.id}")
    db.session.commit()


def activate_agent(email: str, by: By = OPERATOR) -> str:
    """They are back, in the role and the teams that they had; returns the one-time password they sign in with.

    Raises NotFound; ValueError where they are here.
    """
    agent = _known(email)
    if agent.is_active:
        raise ValueError(f"{agent.email} is active already.")
    password = passwords.one_time()
    agent.password_hash = passwords.hashed(password)
    agent.password_is_one_time, agent.deactivated_at = True, None
    add(What.AGENT_ACTIVATED, **by._asdict(), detail=f"agent={agent.id},role={agent.role}")
    db.session.commit()
    return password


def choose_password(record: SignIn, password: str, place: str) -> None:
    """The agent's own password; their other sign-ins end."""
    agent = record.agent
    agent.password_hash = passwords.hashed(password)
    agent.password_is_one_time = False
    end_sign_ins(agent, clock.now(), but=record)
    add(What.PASSWORD_CHOSEN, agent_id=agent.id, place=place)
    db.session.commit()


def end_other_sign_ins(record: SignIn, place: str) -> None:
    """Wherever else the agent is signed in."""
    end_sign_ins(record.agent, clock.now(), but=record)
    add(What.SIGN_IN_ENDED, agent_id=record.agent_id, place=place, detail="others")
    db.session.commit()


def end_all_sign_ins(email: str, by: By) -> None:
    """Wherever a colleague is signed in.  Raises NotFound."""
    agent = _known(email)
    end_sign_ins(agent, clock.now())
    add(What.SIGN_IN_ENDED, **by._asdict(), detail=f"agent={agent.id},all")
    db.session.commit()


def end_one_sign_in(record: SignIn, by: By) -> None:
    """Anybody's; one that is over stays as it is."""
    record.ended_at = record.ended_at or clock.now()
    add(What.SIGN_IN_ENDED, **by._asdict(), detail=f"agent={record.agent_id},sign-in={record.id}")
    db.session.commit()


def end_sign_ins(agent: Agent, at: datetime, but: SignIn | None = None) -> None:
    """For another service, in its transaction."""
    ended = update(SignIn).where(SignIn.agent_id == agent.id, SignIn.ended_at.is_(None))
    if but:
        ended = ended.where(SignIn.id != but.id)
    db.session.execute(ended.values(ended_at=at))


def _known(email: str) -> Agent:
    agent = agent_by_email(email)
    if agent is None:
        raise NotFound(f"There is no agent {email}.")
    return agent


def _refuse_last_admin(agent: Agent) -> None:
    """One at a time: two admins who remove each other at once must not both be done."""
    take_turn(db.session, "admins")
    if is_last_admin(agent):
        raise ValueError(f"{agent.email} is the only admin. Make another one first.")


def switch_shortcuts(agent: Agent, *, on: bool) -> None:
    """Whether single keys do something for this agent."""
    agent.has_shortcuts = on
    db.session.commit()
