"""Counting what was used, for the transaction of the reply that used it."""

from collections.abc import Iterable
from datetime import datetime

from supportdesk.database import db
from supportdesk.tickets.replies.models import CannedUse


def count_uses(names: Iterable[str], at: datetime) -> None:
    """Each of these canned replies went out once more; in a fixed order, so that two counts never wait crosswise."""
    for name in sorted(set(names)):
        use = db.session.get(CannedUse, name, with_for_update=True)
        if use is None:
            use = CannedUse(name=name, uses=0)
            db.session.add(use)
        use.uses, use.used_at = use.uses + 1, at
