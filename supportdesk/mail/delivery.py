"""Delivering one mail: as an .eml file, or by SMTP with a verified certificate and a time-out, through Flask-Mail."""

import json
import os
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

import flask_mail
from flask import Flask, current_app, render_template

from supportdesk import clock
from supportdesk.mail.models import OutboxMail


class CannotDeliver(Exception):
    """Not now: the server is away or asks to wait.  Its text is the kind of the fault, never a server's answer."""


class Undeliverable(Exception):
    """Not ever: the server refuses this recipient or message for good."""


class Connection(flask_mail.Connection):
    """Flask-Mail's own checks no certificate and waits for a silent server for ever."""

    def configure_host(self) -> smtplib.SMTP:
        config, mail = current_app.config, self.mail
        trusted = ssl.create_default_context(cafile=config["MAIL_CA_FILE"] or None)
        seconds = config["MAIL_TIMEOUT"]
        host: smtplib.SMTP
        if mail.use_ssl:
            host = smtplib.SMTP_SSL(mail.server, mail.port, timeout=seconds, context=trusted)
        else:
            host = smtplib.SMTP(mail.server, mail.port, timeout=seconds)
            if mail.use_tls:
                host.starttls(context=trusted)
        if mail.username:
            host.login(mail.username, mail.password or "")
        return host


def init_app(app: Flask) -> None:
    app.config["MAIL_USE_SSL"] = app.config["MAIL_TLS"] == "tls"
    app.config["MAIL_USE_TLS"] = app.config["MAIL_TLS"] == "starttls"
    app.config["MAIL_SUPPRESS_SEND"] = False  # The mode decides; the tests deliver for real, on loopback.
    flask_mail.Mail(app)


def deliver(mail: OutboxMail) -> None:
    """Write or send an unlocked mail.  Raises CannotDeliver or Undeliverable."""
    message = build(mail)
    if current_app.config["MAIL_MODE"] == "files":
        _write(message, mail)
    else:
        _send(message, mail.recipient)


def build(mail: OutboxMail) -> EmailMessage:
    """The message: the template's first line is its subject."""
    context = _moments(json.loads(mail.context))
    text = render_template(f"mail/{mail.template}.txt", **context)
    subject, _, body = text.strip().partition("\n")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject.removeprefix("Subject:").strip()
    message["From"] = formataddr(("Navigating Care support", current_app.config["MAIL_FROM"]))
    message["To"] = mail.recipient
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = mail.message_id
    if reference := context.get("reference"):
        message["References"] = (
            f"<{reference}@{mail.message_id.rpartition('@')[2]}"  # So that a ticket's mails stay together.
        )
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(body.strip() + "\n")
    return message


def _moments(context: dict[str, str]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name.endswith("_at") else value for name, value in context.items()}


def _write(message: EmailMessage, mail: OutboxMail) -> None:
    folder: Path = current_app.config["DATA_FOLDER"] / "outbox"
    name = f"{clock.now():%Y%m%d-%H%M%S}-{mail.id}-{mail.template}.eml"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / f".{name}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
        draft.replace(folder / name)
    except OSError as error:
        raise CannotDeliver(type(error).__name__) from None


def _send(message: EmailMessage, recipient: str) -> None:
    mail: Any = current_app.extensions["mail"]
    try:
        with Connection(mail) as connection:
            assert connection.host is not None
            connection.host.send_message(message, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (Undeliverable if code >= 500 else CannotDeliver)(f"refused {code}") from None  # noqa: PLR2004
    except smtplib.SMTPDataError as error:
        raise (Undeliverable if error.smtp_code >= 500 else CannotDeliver)(f"refused {error.smtp_code}") from None  # noqa: PLR2004
    except (OSError, smtplib.SMTPException) as error:  # ssl.SSLError is an OSError.
        raise CannotDeliver(type(error).__name__) from None
