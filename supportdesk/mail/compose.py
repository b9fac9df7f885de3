"""Putting a mail into the outbox, within the transaction of what it tells of."""

import json
import secrets
from datetime import datetime

from flask import current_app

from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.mail.models import OutboxMail


def queue_mail(template: str, recipient: str, at: datetime, **context: str) -> None:
    """Add a mail to this transaction; whoever commits the ticket commits it too.

    `template` is a file of templates/mail/.  Values of `context` whose name ends in `_at` are ISO moments.
    """
    domain = current_app.config["MAIL_FROM"].rpartition("@")[2]
    row = OutboxMail(
        message_id=f"<{secrets.token_hex(16)}@{domain}>", template=template, created_at=at, next_attempt_at=at
    )
    row.lock(keyring())
    row.recipient = recipient
    row.context = json.dumps(context)
    db.session.add(row)
