"""Coming in, and being put out.

A try is counted and committed before the password is looked at, so that of two hundred tries at once not all are the
first; and so that no lock is held meanwhile, as hashing takes its time.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, select, update

from supportdesk import clock
from supportdesk.agents import passwords
from supportdesk.agents.codes.services import take
from supportdesk.agents.door import (
    CODE_TRIES,
    OF_CODES,
    OF_DEVICE,
    OF_NAME_AND_PLACE,
    OF_PLACE,
    Limit,
    Visit,
)
from supportdesk.agents.drafts.services import drop_old
from supportdesk.agents.models import Agent, SignIn, SignInTry, known_as
from supportdesk.agents.queries import agent_by_email, fingerprint, is_known_device, sign_in_of
from supportdesk.audit import What
from supportdesk.audit.services import By, add
from supportdesk.database import db, own_transaction, take_turn
from supportdesk.exceptions import NotFound, TooBusy, TooManyTries
from supportdesk.keys import keyring


def sign_in(email: str, password: str, visit: Visit) -> str | None:
    """The token of a new sign-in, or None: unknown, wrong and deactivated look and last alike.

    Raises TooManyTries or TooBusy where nothing was looked at.
    """
    try:
        with passwords.turn() as is_right:
            return _sign_in(email, password, visit, is_right)
    except TooBusy:
        key = _key("busy", visit.place)
        take_turn(db.session, key.hex())
        _note_once(key, clock.now() - OF_PLACE.longest, By(None, visit.place), "password,busy")
        raise


def _sign_in(email: str, password: str, visit: Visit, is_right: Callable[[str | None, str], bool]) -> str | None:
    agent = agent_by_email(email)
    agent_id, password_hash = (agent.id, agent.password_hash) if agent else (None, None)
    is_welcome = agent is not None and agent.is_active
    limits = _limits(email, agent, visit)
    # From here on nothing more is asked about a name that somebody has than of one that nobody has.
    count_try(limits, By(agent_id, visit.place), "password")
    if is_right(password_hash, password) and agent and is_welcome:
        return _let_in(agent, visit, limits)
    add(What.SIGN_IN_REFUSED, agent_id=agent_id, place=visit.place, detail="password")
    db.session.commit()
    return None


def pass_code(record: SignIn, typed: str, visit: Visit) -> str | None:
    """The second step: a new token, where the code is right; after five wrong ones the first step has to be repeated.

    Raises TooManyTries where nothing was looked at.
    """
    agent, now = record.agent, clock.now()
    if not is_known_device(agent.id, visit.device):
        count_try({_key("codes", str(agent.id)): OF_CODES}, By(agent.id, visit.place), "code")
    db.session.execute(select(SignIn.id).where(SignIn.id == record.id).with_for_update())
    db.session.refresh(record, ["ended_at", "wrong_codes"])  # As those before us in the row left it.
    if record.ended_at is None and take(agent, typed, now):
        token = _arrive(record, visit, now)
        record.code_passed_at = now
        _forgive(_limits(agent.email, agent, visit) | {_key("codes", str(agent.id)): OF_CODES})
        add(What.SIGNED_IN, agent_id=agent.id, place=visit.place)
    else:
        token = None
        record.wrong_codes += 1
        if record.wrong_codes >= CODE_TRIES:
            record.ended_at = now
        add(What.SIGN_IN_REFUSED, agent_id=agent.id, place=visit.place, detail="code")
    db.session.commit()
    return token


def sign_out(record: SignIn, place: str) -> None:
    record.ended_at = clock.now()
    add(What.SIGNED_OUT, agent_id=record.agent_id, place=place)
    db.session.commit()


def end_sign_in(agent: Agent, sign_in_id: int, place: str) -> None:
    """One of the agent's own, wherever that browser is.  Raises NotFound where it is not theirs."""
    record = sign_in_of(agent, sign_in_id)
    if record is None:
        raise NotFound("There is no such sign-in.")
    record.ended_at = record.ended_at or clock.now()
    add(What.SIGN_IN_ENDED, agent_id=agent.id, place=place)
    db.session.commit()


def saw(sign_in_id: int, at: datetime) -> None:
    """The agent was here."""
    with own_transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=at))


def count_try(limits: Mapping[bytes, Limit], by: By | None = None, step: str = "") -> None:
    """Count a try as failed until it is known better, and forget what is long ago.

    Raises TooManyTries; who tries at the door is noted then, as refused at this step of it.
    """
    now = clock.now()
    for key in sorted(limits):
        take_turn(db.session, key.hex())
    known = {key: db.session.get(SignInTry, key) for key in limits}
    waits = [found for found in known.values() if found and now < found.wait_until]
    if waits:
        longest_wait = max(waits, key=lambda found: found.wait_until)
        until = longest_wait.wait_until
        if by:
            _note_once(_key("noted", longest_wait.key.hex()), longest_wait.last_at, by, f"{step},wait")
        db.session.rollback()
        raise TooManyTries(until - now)
    for key, limit in limits.items():
        found = known[key]
        failures = 1 if found is None or limit.are_forgotten(found.last_at, now) else found.failures + 1
        wait_until = now + limit.wait(failures)
        db.session.merge(SignInTry(key=key, failures=failures, last_at=now, wait_until=wait_until))
    longest = max(limit.forgotten_after for limit in (OF_NAME_AND_PLACE, OF_PLACE, OF_DEVICE, OF_CODES))
    db.session.execute(delete(SignInTry).where(SignInTry.last_at < now - longest))
    db.session.commit()


def _note_once(key: bytes, since: datetime, by: By, detail: str) -> None:
    """A refusal that was not noted `since`: whoever keeps trying while nothing is looked at can't fill the audit.

    Whoever calls has the turn of this key, or of the one it stands for.
    """
    noted = db.session.get(SignInTry, key)
    if noted is None or noted.last_at < since:
        at = max(clock.now(), since)  # The clock may have been set back: noted is noted.
        db.session.merge(SignInTry(key=key, failures=0, last_at=at, wait_until=at))
        db.session.flush()
        add(What.SIGN_IN_REFUSED, agent_id=by.agent_id, place=by.place, detail=detail)
    db.session.commit()


def _limits(email: str, agent: Agent | None, visit: Visit) -> dict[bytes, Limit]:
    """What this try counts against: a known browser only against itself."""
    if is_known_device(agent.id if agent else 0, visit.device):  # Asked for a name nobody has too: time tells as well.
        return {_key("device", known_as(email), visit.device): OF_DEVICE}
    name = known_as(email)
    return {_key("name", name, visit.place): OF_NAME_AND_PLACE, _key("place", visit.place): OF_PLACE}


def _key(*of: str) -> bytes:
    return keyring().keyed_hash("sign-in tries", "\n".join(of))


def _let_in(agent: Agent, visit: Visit, limits: Mapping[bytes, Limit]) -> str:
    now, token = clock.now(), secrets.token_urlsafe(32)
    record = SignIn(agent=agent, token_hash=fingerprint(token), created_at=now, last_seen_at=now, browser=visit.browser)
    db.session.add(record)
    if not (agent.has_codes and current_app.config["ONE_TIME_CODES"] == "required"):
        token = _arrive(record, visit, now)
        _forgive(limits)
        add(What.SIGNED_IN, agent_id=agent.id, place=visit.place)
    db.session.commit()
    return token


def _arrive(record: SignIn, visit: Visit, now: datetime) -> str:
    """From here on under a new token: one that was seen before is worth nothing.  And the browser is known again."""
    token = secrets.token_urlsafe(32)
    record.token_hash = fingerprint(token)
    record.device_hash = fingerprint(visit.device)
    record.last_seen_at = now
    drop_old(now)
    return token


def _forgive(limits: Mapping[bytes, Limit]) -> None:
    """The try was a good one.  Others of the same place, who failed, stay counted."""
    for key, limit in limits.items():
        found = db.session.get(SignInTry, key)
        if found and limit is OF_PLACE:
            found.failures = max(0, found.failures - 1)
        elif found:
            db.session.delete(found)


def checks_own_password(agent: Agent, password: str) -> bool:
    """Whether somebody who is signed in knows the password too, before they change what opens the door.

    Raises TooManyTries or TooBusy where nothing was looked at.
    """
    key, password_hash = _key("own password", str(agent.id)), agent.password_hash
    db.session.rollback()  # Its connection is not kept while we wait.
    with passwords.turn() as is_right:
        count_try({key: OF_NAME_AND_PLACE})
        if not is_right(password_hash, password):
            return False
    db.session.execute(delete(SignInTry).where(SignInTry.key == key))
    db.session.commit()
    return True
