"""Commands about tickets: count them, and fill an empty desk with a demo."""

import click
from flask import current_app
from flask.cli import AppGroup

from supportdesk import clock
from supportdesk.tickets import demonstration, queries

tickets = AppGroup("tickets", help="The desk’s tickets.")
demo = AppGroup("demo", help="A desk worth looking at.")


@tickets.command("count")
def count() -> None:
    """Print how many tickets each status holds."""
    for status, number in queries.status_counts().items():
        click.echo(f"{number:>6}  {status}")


@demo.command("load")
def load() -> None:
    """Fill an empty desk with made-up tickets in every state."""
    if queries.there_are_tickets():
        raise click.ClickException(
            "This desk holds tickets already; the demo would mix with them. Nothing was changed."
        )
    if current_app.config["MAIL_MODE"] != "files":
        raise click.ClickException(
            "The demo would send mail. Set SUPPORTDESK_MAIL_MODE=files first. Nothing was changed."
        )
    number, passwords = demonstration.load(clock.now())
    click.echo(f"Loaded {number} tickets. Three agents work here; their one-time passwords:")
    for email, password in passwords.items():
        click.echo(f"    {email}  {password}")
