"""Nothing is stored, and so nothing acknowledged, that is sealed to a key which nobody has any more.

A public machine whose file `public` was forgotten would go on sealing to it.  It asks the database, as the last thing
before each commit of a sealed row: `keys drop` relies on that order.
"""

import logging
from collections.abc import Iterable

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from supportdesk.database import db
from supportdesk.health import Finding, add_check
from supportdesk.keys import keyring
from supportdesk.rotation.models import DroppedKey
from supportdesk.sealing import OwnKey

_log = logging.getLogger("supportdesk.rotation")
_CURE = "Copy the file public from the desk’s keys folder into this machine’s; it needs no restart."


class KeyDropped(SQLAlchemyError):
    """To whoever stores something this is a database that refuses: nothing was kept, and they say so."""


def init_app(app: Flask) -> None:
    event.listen(db.session, "after_flush", _refuse_dropped)
    add_check(app, "sealing", _sealing)


def _refuse_dropped(session: Session, _context: object) -> None:
    sealed_to = {row.key_id for row in session.new if isinstance(row, OwnKey) and row.key_id}
    if not sealed_to:
        return
    wanted = select(DroppedKey.key_id).where(DroppedKey.key_id.in_(sealed_to))
    if dropped := session.connection().execute(wanted).scalar():
        _log.error("This machine seals to the key %s, which was dropped. %s", dropped, _CURE)
        raise KeyDropped


def _sealing() -> Iterable[Finding]:
    key_id = keyring().key_id
    if db.session.scalar(select(DroppedKey.key_id).where(DroppedKey.key_id == key_id)):
        yield Finding(f"This machine seals to the key {key_id}, which was dropped.", _CURE, stops_us=True)
