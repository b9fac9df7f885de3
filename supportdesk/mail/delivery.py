"""Delivering one mail: as an .eml file, or by SMTP with a verified certificate and an end to every wait."""

import json
import os
import smtplib
import ssl
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
from supportdesk.mail.smtp import Line, TLSLine


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
    """Flask-Mail's own checks no certificate, waits for a silent server for ever, and is made anew for each mail."""

    def configure_host(self) -> Line:
        config, mail = current_app.config, self.mail
        trusted = ssl.create_default_context(cafile=config["MAIL_CA_FILE"] or None)
        seconds = config["MAIL_TIMEOUT"]
        name = config["MAIL_FROM"].rpartition("@")[2]  # Else it would greet with the name of this machine.
        if mail.use_ssl:
            host: Line = TLSLine(mail.server, mail.port, name, timeout=seconds, context=trusted)
        else:
            host = Line(mail.server, mail.port, name, timeout=seconds)
        try:
            if mail.use_tls:
                host.starttls(context=trusted)
            if mail.username:
                host.login(mail.username, mail.password or "")
        except (OSError, smtplib.SMTPException):
            host.close()
            raise
        return host


def init_app(app: Flask) -> None:
    app.config["MAIL_USE_SSL"] = app.config["MAIL_TLS"] == "tls"
    app.config["MAIL_USE_TLS"] = app.config["MAIL_TLS"] == "starttls"
    app.config["MAIL_SUPPRESS_SEND"] = False  # The mode decides; the tests deliver for real, on loopback.
    flask_mail.Mail(app)
    app.extensions["mail line"] = None


def deliver(letter: Letter) -> None:
    """Write or send it.  Raises CannotDeliver or Undeliverable."""
    if current_app.config["MAIL_MODE"] == "files":
        _write(letter)
    else:
        _send(letter)


def greet() -> None:
    """Sign in at the mail server and leave again.  Raises CannotDeliver where that is not possible."""
    mail: Any = current_app.extensions["mail"]
    try:
        Connection(mail).configure_host().hang_up()
    except (OSError, smtplib.SMTPException) as error:
        raise CannotDeliver(type(error).__name__) from None


def letter_of(mail: OutboxMail) -> Letter:
    """The letter that an unlocked mail stands for."""
    name = f"{clock.now():%Y%m%d-%H%M%S}-{mail.id}-{mail.template}.eml"
    recipient = _as_servers_spell_it(mail.recipient)
    return Letter(_message(mail, recipient), recipient, name)


def written(template: str, context: dict[str, str]) -> tuple[str, str]:
    """Subject and text of a mail; the template's first line is its subject."""
    text = render_template(f"mail/{template}.txt", **_moments(context))
    subject, _, body = text.strip().partition("\n")
    return subject.removeprefix("Subject:").strip(), body.strip()


def _message(mail: OutboxMail, recipient: str) -> EmailMessage:
    context = json.loads(mail.context)
    subject, body = written(mail.template, context)
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # Not every server takes more.
    message["Subject"] = subject
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
    message.set_content(body + "\n")
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


def files_about(reference: str) -> list[Path]:
    """The written mails that name a ticket, where mail goes into files."""
    folder: Path = current_app.config["DATA_FOLDER"] / "outbox"
    return [path for path in folder.glob("*.eml") if reference.encode() in path.read_bytes()]


def _send(letter: Letter) -> None:
    sender = current_app.config["MAIL_FROM"]
    try:
        line = _line()
        line.sendmail(sender, [letter.recipient], letter.message.as_bytes())
        line.rest()
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (Undeliverable if code >= 500 else CannotDeliver)(f"refused {code}") from None  # noqa: PLR2004
    except smtplib.SMTPDataError as error:
        raise (Undeliverable if error.smtp_code >= 500 else CannotDeliver)(f"refused {error.smtp_code}") from None  # noqa: PLR2004
    except (OSError, smtplib.SMTPException) as error:  # ssl.SSLError is an OSError.
        hang_up()
        raise CannotDeliver(type(error).__name__) from None


def _line() -> Line:
    """The line of the mail before, where it is still up: signing in for each takes longer than a mail itself.

    It is asked first, so a line that went dead meanwhile costs no mail an attempt.
    """
    line: Line | None = current_app.extensions["mail line"]
    if line is not None and line.is_up():
        return line
    hang_up()
    line = Connection(current_app.extensions["mail"]).configure_host()
    current_app.extensions["mail line"] = line
    return line


def hang_up() -> None:
    """No more mail for now."""
    line: Line | None = current_app.extensions["mail line"]
    current_app.extensions["mail line"] = None
    if line is not None:
        line.hang_up()
