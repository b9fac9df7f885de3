"""`flask backup FILE` and `flask restore FILE`."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from supportdesk.audit import What
from supportdesk.audit import services as audit
from supportdesk.backups import services
from supportdesk.backups.archive import Contents
from supportdesk.exceptions import CannotBackUp


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database to FILE, sealed, while the desk serves; a folder gets a file named by the moment."""
    _note(What.BACKED_UP)
    try:
        path, contents = services.back_up(file)
    except CannotBackUp as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{path}: {_summary(contents)}.")
    click.echo(f"It opens with the keys folder (key {', '.join(contents.keys)}), which is not in it. Keep them apart.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Put the backup in FILE into this desk's database, which must be empty.  Checked whole before it is written."""
    try:
        contents = services.restore(file)
    except CannotBackUp as error:
        raise click.ClickException(str(error)) from None
    _note(What.RESTORED)
    click.echo(f"Restored {_summary(contents)}, made {contents.made_at}. Start the desk with: ./desk run")


def _note(what: What) -> None:
    """A database that is full, or may only be read, can be backed up all the same."""
    try:
        audit.add_now(what)
    except SQLAlchemyError as error:
        click.echo(f"The audit could not note this ({type(error).__name__}).", err=True)


def _summary(contents: Contents) -> str:
    rows = sum(contents.rows.values())
    return f"{contents.rows.get('ticket', 0):,} tickets, {rows:,} rows in all, revision {contents.revision}"
