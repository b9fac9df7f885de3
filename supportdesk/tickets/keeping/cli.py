"""Commands that erase and export: `tickets erase`, `tickets anonymise`, `tickets export`."""

import os
from pathlib import Path

import click
from flask.cli import with_appcontext

from supportdesk import clock
from supportdesk.audit import What
from supportdesk.audit import services as audit
from supportdesk.exceptions import NotFound
from supportdesk.keys import keyring
from supportdesk.tickets.keeping import services
from supportdesk.tickets.keeping.export import everything_about
from supportdesk.tickets.keeping.queries import references_of
from supportdesk.tickets.merging.queries import references_with

ASKED = "E-mail address"


@click.command("erase")
@click.argument("reference", required=False)
@click.option(
    "--email", is_flag=True, help="Everything about one person; asks for the address, or reads it from stdin."
)
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@with_appcontext
def erase(reference: str | None, *, email: bool, dry_run: bool) -> None:
    """Destroy the words of a ticket, or of everything that came under an e-mail address; figures stay."""
    _needs_private_key()
    if bool(reference) is email:
        raise click.UsageError("Name one reference, or --email.")
    try:
        references = references_of(click.prompt(ASKED, err=True)) if email else references_with(reference or "")
    except NotFound:
        raise click.ClickException("There is no such ticket.") from None
    for each in references:
        try:
            receipt = services.erase_ticket(each, only_look=dry_run)
        except NotFound:
            raise click.ClickException("There is no such ticket.") from None
        click.echo(_sentence(receipt, dry_run=dry_run))
    if email:
        click.echo(f"{len(references)} tickets came under this address. {clock.now():%Y-%m-%d %H:%M} UTC")
    if references and not dry_run:
        click.echo(
            "Backups made before hold them, sealed, until they expire or the private key of their time is dropped."
        )


@click.command("anonymise")
@with_appcontext
def anonymise() -> None:
    """Erase what nobody touched for KEEP_MONTHS; the delivery process does it once a day by itself."""
    click.echo(f"Anonymised {services.anonymise_old_tickets(clock.now())} tickets.")


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--email", is_flag=True, required=True, help="The address is asked for.")
@with_appcontext
def export(path: Path, *, email: bool) -> None:  # noqa: ARG001  It says what is exported; the address is asked for.
    """Write everything about one person into a new file that only you can read."""
    _needs_private_key()
    number, text = everything_about(click.prompt(ASKED, err=True), clock.now())
    audit.add_now(What.EXPORTED, detail=f"person,tickets={number}")
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise click.ClickException(f"{path} can’t be written: {error.strerror}.") from None
    click.echo(f"Wrote {number} tickets to {path}.")


def _needs_private_key() -> None:
    if not keyring().private:
        raise click.ClickException("The public role can’t do this. Type it where the role is desk or all.")


def _sentence(receipt: services.Receipt, *, dry_run: bool) -> str:
    if receipt.already:
        return f"{receipt.reference}: was erased on {receipt.already:%Y-%m-%d}."
    verb = "would be erased" if dry_run else "erased"
    what = f"{receipt.messages} messages and {receipt.mails} mails"
    return f"{receipt.reference}: {verb}, with {what} (key {receipt.key_id})."
