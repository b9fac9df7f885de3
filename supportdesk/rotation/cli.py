"""Commands about the keys: list, add, rotate, drop, and check that everything opens."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from supportdesk import keys as key_files
from supportdesk.audit import What
from supportdesk.audit import services as audit
from supportdesk.keys import keyring
from supportdesk.rotation import queries, services
from supportdesk.sealing import Keyring

keys = AppGroup("keys", help="The keys under which tickets and mail are sealed.")


@keys.command("list")
def list_keys() -> None:
    """Print every key we hold, and how many rows need it."""
    ring, needed = _ring(), queries.rows_by_key()
    for key_id in ring.private:
        click.echo(f"{key_id}  {needed[key_id]:>8} rows{'  in use' if key_id == ring.key_id else ''}")
    for key_id in sorted(needed.keys() - ring.private.keys()):
        click.echo(f"{key_id}  {needed[key_id]:>8} rows  MISSING: these can’t be read")


@keys.command("add")
def add() -> None:
    """Make a new key that the next `keys rotate` takes: time to copy the file `private` to other machines."""
    _ring_to_change()
    added = key_files.add_private(_folder())
    _note("added", added)
    click.echo(f"Added the key {added}. Nothing is sealed to it yet.")


@keys.command("rotate")
def rotate() -> None:
    """Put everything under a new key while the desk serves; begun and cut off, it goes on where it was."""
    newest = _newest(_ring_to_change())
    _note("rotated", newest)
    done = lost = 0
    for kind in queries.sealed_kinds():
        last = 0
        while batch := services.settle_batch(kind, last):
            last, done, lost = batch.last, done + batch.done, lost + batch.lost
    click.echo(f"{done} data keys are now under the key {newest}.")
    left = {key_id: number for key_id, number in queries.rows_by_key().items() if key_id != newest}
    for key_id in [key_id for key_id in _ring().private if key_id not in {newest, *left}]:
        click.echo(f"Nothing needs the key {key_id} any more. When other machines have the new one: keys drop {key_id}")
    if lost:
        raise click.ClickException(f"{lost} rows did not open and were left as they are. Type: keys check")


@keys.command("drop")
@click.argument("key_id")
def drop(key_id: str) -> None:
    """Forget an old key: what is sealed under it in old backups can then be read by nobody."""
    ring = _ring_to_change()
    if key_id not in ring.private:
        raise click.ClickException(f"There is no key {key_id}. Type: keys list")
    if key_id == ring.key_id:
        raise click.ClickException("What comes in is sealed to this key. Type first: keys rotate")
    try:
        services.forbid_key(key_id)
        needed = services.rows_that_need(key_id)
    except SQLAlchemyError:
        raise click.ClickException("The database is too busy just now, and the key is still here. Try again.") from None
    if needed:
        raise click.ClickException(f"{needed} rows can be read with this key alone. Type first: keys rotate")
    _note("dropped", key_id)
    key_files.remove_private(_folder(), key_id)
    click.echo(f"Dropped the key {key_id}. Delete it from your backup of the keys too.")


@keys.command("check")
def check() -> None:
    """Open every ticket, message and mail, and name those that can’t be read."""
    _ring()
    opened, damaged = 0, []
    for name in queries.rows_that_do_not_open():
        if name is None:
            opened += 1
        else:
            damaged.append(name)
    click.echo(f"{opened} rows open, with every word in them.")
    for name in damaged:
        click.echo(f"    does not open: {name}")
    if damaged:
        raise click.ClickException(f"{len(damaged)} do not open: they were damaged, or their key is missing.")


def _newest(ring: Keyring) -> str:
    """The key to rotate to: the one of a rotation that was cut off, one that was added for it, or a new one."""
    newest = list(ring.private)[-1]
    if newest == ring.key_id and not queries.rows_by_key().keys() - {newest}:
        newest = key_files.add_private(_folder())
        click.echo(f"Made the key {newest}.")
    if newest != ring.key_id:
        key_files.seal_to(_folder(), newest)
    return newest


def _note(how: str, key_id: str) -> None:
    audit.add_now(What.KEYS_CHANGED, detail=f"{how},key={key_id}")


def _ring() -> Keyring:
    ring = keyring()
    if not ring.private:
        raise click.ClickException("The public role holds no private key. Type this where the role is desk or all.")
    return ring


def _ring_to_change() -> Keyring:
    """Before any file is touched, so that nothing is left half done by who may not do the rest."""
    ring = _ring()
    if not services.may_store_all():
        raise click.ClickException("The database can only be read. No key was changed.")
    return ring


def _folder() -> Path:
    folder: Path = current_app.config["KEYS_FOLDER"]
    return folder
