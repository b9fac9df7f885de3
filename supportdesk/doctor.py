"""`flask doctor`: looks the whole desk over, and says of each finding what to do about it."""

from collections.abc import Iterable

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from supportdesk import clock
from supportdesk.health import Finding, add_check, examine
from supportdesk.opening import hours, moment
from supportdesk.prepare import missing_key_ids

_LOOPBACK = ("http://127.", "http://localhost", "http://[::1]")


def init_app(app: Flask) -> None:
    app.cli.add_command(doctor)
    add_check(app, "settings", _settings, is_quick=False)
    add_check(app, "hours", _hours, is_quick=False)
    if app.config["ROLE"] != "public":
        add_check(app, "keys", _keys, is_quick=False)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Look the desk over: settings, keys, mail, hours, content.  Ends with 1 where patients can't be served."""
    found = examine(quickly=False, patiently=True)
    for name, findings in found.items():
        if not findings:
            click.echo(f"ok    {name}")
        for finding in findings:
            click.echo(f"{'STOP' if finding.stops_us else 'look':5} {name}: {finding.what}")
            click.echo(f"      {finding.cure}")
    if any(finding.stops_us for findings in found.values() for finding in findings):
        raise click.exceptions.Exit(1)


def _settings() -> Iterable[Finding]:
    config = current_app.config
    base, https = config["BASE_URL"], config["BASE_URL"].startswith("https://")
    if base.startswith(_LOOPBACK):
        yield Finding(
            f"Links in mail lead to {base}, which only this machine can open.",
            "Set SUPPORTDESK_BASE_URL to the address that patients type.",
        )
    elif not https:
        yield Finding(f"{base} is not encrypted on its way.", "Put a proxy with HTTPS before the desk; see deploy/.")
    if https and not config["SECURE_COOKIES"]:
        yield Finding("Cookies would travel without HTTPS too.", "Set SUPPORTDESK_SECURE_COOKIES=yes.")
    if https and not config["TRUSTED_HOSTS"]:
        yield Finding(
            "The desk answers to any host name.",
            f"Set SUPPORTDESK_TRUSTED_HOSTS={base.removeprefix('https://').partition('/')[0]}.",
        )
    if https and not config["TRUSTED_PROXIES"]:
        yield Finding(
            "No proxy is believed, so all patients seem to have one address.",
            "Set SUPPORTDESK_TRUSTED_PROXIES to how many stand in front: mostly 1.",
        )


def _hours() -> Iterable[Finding]:
    opens = hours().next_open(clock.now())
    days = (opens - clock.now()).days
    if days > 7:  # noqa: PLR2004  A week.
        yield Finding(
            f"The desk is closed until {moment(opens)}.",
            "Check SUPPORTDESK_OPENING_HOURS and SUPPORTDESK_HOLIDAYS.",
        )


def _keys() -> Iterable[Finding]:
    if missing := missing_key_ids():
        yield Finding(
            f"The key {', '.join(missing)} is missing, under which tickets are sealed.",
            f"Restore {current_app.config['KEYS_FOLDER']} from your copy of the keys.",
            stops_us=True,
        )
