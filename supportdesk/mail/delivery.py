"""Delivering one mail: as an .eml file, or by SMTP with a verified certificate and a time-out, through Flask-Mail."""

import json
import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

import flask_mail
from email_validator import validate_email
from flask import Flask, current_app, render_template

from supportdesk import clock
from supportdesk.mail.models import OutboxMail


class CannotDeliver(Exception):
    """Not now: the server is away or asks to wait.  Its text is the kind of the fault, never a server's answer."""


class Undeliverable(Exception):
    """Not ever: the server refuses this recipient or message for good."""


@dataclass(frozen=True, repr=False)
class Letter:
    """A mail as it goes out: all that delivering it takes."""

    message: EmailMessage
    recipient: str
    name: str  # Of its file.


class Connection(flask_mail.Connection):
    """Flask-Mail's own checks no certificate and waits for a silent server for ever."""

    def configure_host(self) -> smtplib.SMTP:
        config, mail = current_app.config, self.mail
        trusted = ssl.create_default_context(cafile=config["MAIL_CA_FILE"] or None)
        seconds = config["MAIL_TIMEOUT"]
        if mail.use_ssl:
            host: smtplib.SMTP = smtplib.SMTP_SSL(mail.server, mail.port, timeout=seconds, context=trusted)
        else:
            host = smtplib.SMTP(mail.server, mail.port, timeout=seconds)
        try:
            if mail.use_tls:
                host.starttls(context=trusted)
            if mail.username:
                host.login(mail.username, mail.password or "")
        except (OSError, smtplib.SMTPException):
            host.close()
            raise
        return host

    def __exit__(self, *_error: object) -> None:
        """A mail that was taken is sent, even where the server hangs up without a goodbye."""
        if self.host is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.host.quit()
            self.host.close()


def init_app(app: Flask) -> None:
    app.config["MAIL_USE_SSL"] = app.config["MAIL_TLS"] == "tls"
    app.config["MAIL_USE_TLS"] = app.config["MAIL_TLS"] == "starttls"
    app.config["MAIL_SUPPRESS_SEND"] = False  # The mode decides; the tests deliver for real, on loopback.
    flask_mail.Mail(app)


def deliver(letter: Letter) -> None:
    """Write or send it.  Raises CannotDeliver or Undeliverable."""
    if current_app.config["MAIL_MODE"] == "files":
        _write(letter)
    else:
        _send(letter)


def letter_of(mail: OutboxMail) -> Letter:
    """The letter that an unlocked mail stands for."""
    name = f"{clock.now():%Y%m%d-%H%M%S}-{mail.id}-{mail.template}.eml"
    recipient = _as_servers_spell_it(mail.recipient)
    return Letter(_message(mail, recipient), recipient, name)


def _message(mail: OutboxMail, recipient: str) -> EmailMessage:
    """The template's first line is its subject."""
    context = _moments(json.loads(mail.context))
    text = render_template(f"mail/{mail.template}.txt", **context)
    subject, _, body = text.strip().partition("\n")
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # Not every server takes more.
    message["Subject"] = subject.removeprefix("Subject:").strip()
    message["From"] = formataddr(("Navigating Care support", current_app.config["MAIL_FROM"]))
    message["To"] = recipient
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


def _as_servers_spell_it(address: str) -> str:
    """Its domain in ASCII, whatever letters people write it with."""
    if address.isascii():
        return address
    return str(validate_email(address, check_deliverability=False, allow_smtputf8=False).ascii_email)


def _write(letter: Letter) -> None:
    folder: Path = current_app.config["DATA_FOLDER"] / "outbox"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / f".{letter.name}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(letter.message.as_bytes())
        draft.replace(folder / letter.name)
    except OSError as error:
        raise CannotDeliver(type(error).__name__) from None


def _send(letter: Letter) -> None:
    mail: Any = current_app.extensions["mail"]
    sender = current_app.config["MAIL_FROM"]
    try:
        with Connection(mail) as connection:
            assert connection.host is not None
            connection.host.sendmail(sender, [letter.recipient], letter.message.as_bytes())
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (Undeliverable if code >= 500 else CannotDeliver)(f"refused {code}") from None  # noqa: PLR2004
    except smtplib.SMTPDataError as error:
        raise (Undeliverable if error.smtp_code >= 500 else CannotDeliver)(f"refused {error.smtp_code}") from None  # noqa: PLR2004
    except (OSError, smtplib.SMTPException) as error:  # ssl.SSLError is an OSError.
        raise CannotDeliver(type(error).__name__) from None
