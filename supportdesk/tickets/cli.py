"""Commands about tickets: count them, and fill an empty desk with a demo."""

import click
from flask import current_app
from flask.cli import AppGroup

from supportdesk import clock
from supportdesk.keys import keyring
from supportdesk.tickets import demonstration, queries
from supportdesk.tickets.finding import terms
from supportdesk.tickets.keeping import cli as keeping

tickets = AppGroup("tickets", help="The desk’s tickets.")
demo = AppGroup("demo", help="A desk worth looking at.")


for command in (keeping.erase, keeping.anonymise, keeping.export):
    tickets.add_command(command)


@tickets.command("count")
def count() -> None:
    """Print how many tickets each status holds."""
    for status, number in queries.status_counts().items():
        click.echo(f"{number:>6}  {status}")


@tickets.command("index")
def index() -> None:
    """Hash the words of every ticket anew, or drop the hashes where TICKET_WORD_INDEX is no."""
    if not keyring().private:
        raise click.ClickException("The public role can’t read tickets. Type this where the role is desk or all.")
    click.echo(f"Agents find the words of {terms.index_every_ticket()} tickets by their hashes.")


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
    if current_app.config["ONE_TIME_CODES"] == "required":
        click.echo("Signing in asks for a phone with an authenticator app. To look around without one, serve it by:")
        click.echo("    SUPPORTDESK_ONE_TIME_CODES=off ./desk run")
