"""Reading how often canned replies went out."""

from collections.abc import Mapping

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.tickets.replies.models import CannedUse


def uses_of_each() -> Mapping[str, int]:
    return {use.name: use.uses for use in db.session.scalars(select(CannedUse))}
