"""What `flask doctor` and /readyz ask about the mail that has to go out, and about the way it takes."""

from collections.abc import Iterable
from datetime import timedelta

from flask import Flask, current_app

from supportdesk import clock
from supportdesk.health import Finding, add_check
from supportdesk.mail import delivery, queries
from supportdesk.mail.models import MailState
from supportdesk.metrics import Gauge, add_gauges

LONG = timedelta(minutes=15)  # A mail that is due for so long means that nobody delivers.


def init_app(app: Flask) -> None:
    if app.config["ROLE"] != "public":  # It may add mail to the outbox, and not look into it.
        add_check(app, "outbox", _outbox)
        add_check(app, "mail server", _server, is_quick=False)
        add_gauges(app, _gauges)


def _gauges() -> Iterable[Gauge]:
    states = queries.counts_by_state()
    yield Gauge("desk_outbox_mails", "Mails by state.", {state: states[state] for state in MailState}, label="state")
    waited = queries.longest_wait(clock.now()).total_seconds()
    yield Gauge("desk_outbox_longest_wait_seconds", "How long the oldest mail has been due.", {"": waited})


def _outbox() -> Iterable[Finding]:
    waited = queries.longest_wait(clock.now())
    if waited > LONG:
        minutes = int(waited.total_seconds() // 60)
        yield Finding(
            f"The oldest mail has waited {minutes} minutes.",
            "Is “outbox deliver --watch” running? “outbox list” says what each mail’s trouble is.",
        )
    if failed := queries.counts_by_state()[MailState.FAILED]:
        yield Finding(f"{failed} mails could not be delivered.", "“outbox list” says why; “outbox retry” tries again.")


def _server() -> Iterable[Finding]:
    config = current_app.config
    if config["MAIL_MODE"] == "files":
        yield Finding("Mail is written to files and reaches nobody.", "Set SUPPORTDESK_MAIL_MODE=smtp and its server.")
        return
    try:
        delivery.greet()
    except delivery.CannotDeliver as error:
        yield Finding(
            f"{config['MAIL_SERVER']}:{config['MAIL_PORT']} does not take our mail ({error}).",
            "Check SUPPORTDESK_MAIL_SERVER, _PORT, _TLS, _USERNAME and _PASSWORD.",
        )
