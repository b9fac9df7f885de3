"""`flask --app wsgi audit verify`: whether the audit is whole."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from supportdesk.audit import queries
from supportdesk.audit.chain import BEGINNING, Head, breaks
from supportdesk.keys import keyring

audit = AppGroup("audit", help="Who looked at what.")


@audit.command("verify")
@click.option("--head", "file", type=click.Path(path_type=Path), help="Where the newest event is remembered.")
def verify(file: Path | None) -> None:
    """Read every event: was one changed, removed or put in, or the end cut off since the last time?"""
    file = file or current_app.config["DATA_FOLDER"] / "audit-head"
    remembered = _read(file)
    newest, found = Head(0, BEGINNING), remembered is None or remembered.number == 0

    def see(head: Head) -> None:
        nonlocal newest, found
        newest, found = head, found or head == remembered

    problems = list(breaks(queries.whole_chain(), keyring().keyed_hash, see))
    if not found and remembered:
        what = "The end of the audit was cut off" if newest.number < remembered.number else "The audit is another one"
        problems.append(f"{what}: event {remembered.number} was there when it was last verified.")
    if problems:
        raise click.ClickException("\n".join(problems))
    file.write_text(f"{newest}\n", encoding="ascii")
    click.echo(f"The audit is whole: {newest.number} events. Keep this elsewhere: {newest}")


def _read(file: Path) -> Head | None:
    try:
        return Head.read(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise click.ClickException(f"{file} can’t be read. It should hold a number, a colon and a hash.") from None
