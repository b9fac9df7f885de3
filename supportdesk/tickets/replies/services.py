"""Counting what was used, for the transaction of the reply that used it; and editing canned replies in the desk."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from supportdesk import clock
from supportdesk.audit import What
from supportdesk.audit.services import By, add
from supportdesk.database import db
from supportdesk.exceptions import TicketChanged
from supportdesk.tickets.replies.canned import CannedReply
from supportdesk.tickets.replies.models import CannedText, CannedUse


def count_uses(names: Iterable[str], at: datetime) -> None:
    """Each of these canned replies went out once more; in a fixed order, so that two counts never wait crosswise."""
    for name in sorted(set(names)):
        use = db.session.get(CannedUse, name, with_for_update=True)
        if use is None:
            use = CannedUse(name=name, uses=0)
            db.session.add(use)
        use.uses, use.used_at = use.uses + 1, at


def forget_uses(names: Iterable[str]) -> None:
    """The reply that used them was taken back."""
    for name in sorted(set(names)):
        use = db.session.get(CannedUse, name, with_for_update=True)
        if use is not None and use.uses > 1:
            use.uses -= 1
        elif use is not None:
            db.session.delete(use)


def write(reply: CannedReply, version: int, by: By) -> None:
    """Instead of the file's from now on.  Raises TicketChanged where it is no longer of that `version`."""
    row = db.session.get(CannedText, reply.name, with_for_update=True)
    _expect(row, reply.name, version)
    if row is None:
        row = CannedText(name=reply.name, version=0)
        db.session.add(row)
    row.title, row.topics, row.body = reply.title, list(reply.topics), reply.body
    row.version, row.written_by, row.written_at = row.version + 1, by.agent_id or 0, clock.now()
    try:
        db.session.flush()
    except IntegrityError:  # Somebody wrote the first one at this moment.
        db.session.rollback()
        raise TicketChanged(reply.name) from None
    add(What.ACTED, **by._asdict(), detail=f"canned={reply.name[:60]},edited")
    db.session.commit()


def put_back(name: str, version: int, by: By) -> None:
    """What the file says counts again; without a file it is gone.  Raises TicketChanged, as above."""
    row = db.session.get(CannedText, name, with_for_update=True)
    _expect(row, name, version)
    if row is not None:
        db.session.delete(row)
        add(What.ACTED, **by._asdict(), detail=f"canned={name[:60]},put-back")
        db.session.commit()


def _expect(row: CannedText | None, name: str, version: int) -> None:
    if (row.version if row else 0) != version:
        raise TicketChanged(name)
