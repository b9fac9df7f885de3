"""What can be done about an agent's one-time codes; each public function but `take` is one action and one commit."""

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.engine import CursorResult

from supportdesk import audit, clock
from supportdesk.agents import codes
from supportdesk.agents.models import Agent, RecoveryCode, SignIn
from supportdesk.agents.queries import recovery_hash
from supportdesk.agents.services import end_sign_ins
from supportdesk.audit.services import add
from supportdesk.database import db
from supportdesk.keys import keyring


def take(agent: Agent, typed: str, now: datetime) -> bool:
    """Whether it is a code of the agent's phone, or a recovery code; either opens once.  Commits nothing."""
    agent.unlock(keyring())
    step = codes.step_of(agent.code_secret, typed, now, agent.code_step)
    if step is not None:
        newer = or_(Agent.code_step.is_(None), Agent.code_step < step)
        return _changes_one(update(Agent).where(Agent.id == agent.id, newer).values(code_step=step))
    unused = update(RecoveryCode).where(
        RecoveryCode.agent_id == agent.id,
        RecoveryCode.code_hash == recovery_hash(agent.id, typed),
        RecoveryCode.used_at.is_(None),
    )
    return _changes_one(unused.values(used_at=now))


def set_up(record: SignIn, secret: str, typed: str, place: str) -> list[str] | None:
    """Codes of `secret` from now on, as the phone shows them; other sign-ins end.

    Returns ten recovery codes, which stand nowhere else; None where what was typed is not what the phone would show.
    """
    now, agent = clock.now(), record.agent
    step = codes.step_of(secret, typed, now, None)
    if step is None:
        return None
    agent.lock(keyring())
    agent.code_secret = secret
    agent.code_step = step
    record.code_passed_at = now
    fresh = _renew_recovery(agent)
    end_sign_ins(agent, now, but=record)
    add(audit.What.CODES_SET_UP, agent_id=agent.id, place=place)
    db.session.commit()
    return fresh


def renew_recovery_codes(agent: Agent, place: str) -> list[str]:
    """Ten new ones; those from before open nothing any more."""
    fresh = _renew_recovery(agent)
    add(audit.What.CODES_SET_UP, agent_id=agent.id, place=place, detail="recovery")
    db.session.commit()
    return fresh


def _renew_recovery(agent: Agent) -> list[str]:
    fresh = codes.new_recovery_codes()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    db.session.add_all(RecoveryCode(agent_id=agent.id, code_hash=recovery_hash(agent.id, code)) for code in fresh)
    return fresh


def _changes_one(statement: object) -> bool:
    """One of two who come at once with the same code changes a row; the other finds it changed."""
    result = db.session.execute(statement)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
