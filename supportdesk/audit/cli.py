"""`flask --app wsgi audit verify`: whether the audit is whole."""

from pathlib import Path

import click
from flask.cli import AppGroup

from supportdesk.audit.verifying import CannotRead, usual_file, verified

audit = AppGroup("audit", help="Who looked at what.")


@audit.command("verify")
@click.option("--head", "file", type=click.Path(path_type=Path), help="Where the newest event is remembered.")
def verify(file: Path | None) -> None:
    """Read every event: was one changed, removed or put in, or the end cut off since the last time?"""
    file = file or usual_file()
    try:
        newest, problems = verified(file)
    except CannotRead as error:
        raise click.ClickException(str(error)) from None
    if problems:
        raise click.ClickException("\n".join(problems))
    file.write_text(f"{newest}\n", encoding="ascii")
    click.echo(f"The audit is whole: {newest.number} events. Keep this elsewhere: {newest}")
