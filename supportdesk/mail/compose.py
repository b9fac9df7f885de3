"""Putting a mail into the outbox, within the transaction of what it tells of."""

import json
import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy import or_, select

from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.mail.models import HAS_FAILED, WAITS, OutboxMail

OF_THE_MOMENT = {"code", "new-link"}  # Their person waits for them, and asks again; nobody has to tell them later.


def queue_mail(template: str, recipient: str, at: datetime, **context: str) -> OutboxMail:
    """Add a mail to this transaction; whoever commits the ticket commits it too.

    `template` is a file of templates/mail/.  Values of `context` whose name ends in `_at` are ISO moments.
    """
    domain, desk = current_app.config["MAIL_FROM"].rpartition("@")[2], current_app.config["DESK_ADDRESS"]
    row = OutboxMail(
        message_id=f"<{secrets.token_hex(16)}@{domain}>",
        template=template,
        about=None if template in OF_THE_MOMENT or recipient == desk else context.get("reference"),
        created_at=at,
        next_attempt_at=at,
    )
    row.lock(keyring())
    row.recipient = recipient
    row.context = json.dumps(context)
    db.session.add(row)
    return row


def rewrite_mail(at: datetime, reference: str, passage: str, instead: str) -> None:
    """Within this transaction, replace `passage` in the mails about `reference` that did not go out.

    Those that name nothing they are about were queued `at` the moment of the message.
    """
    of_then = (OutboxMail.about == reference) | (OutboxMail.about.is_(None) & (OutboxMail.created_at == at))
    for row in db.session.scalars(select(OutboxMail).where(or_(WAITS, HAS_FAILED), of_then)):
        row.unlock(keyring())
        context = json.loads(row.context)
        if context.get("reference") == reference and passage in context.get("body", ""):
            row.context = json.dumps(context | {"body": context["body"].replace(passage, instead)})
