"""Make a backup while the desk serves; put one back into an empty place, checked before anything is written there."""

import os
import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import inspect

from supportdesk import clock, schema
from supportdesk.backups import archive
from supportdesk.backups.archive import Contents
from supportdesk.backups.databases import copier, describe
from supportdesk.database import db
from supportdesk.exceptions import CannotBackUp, Sealed, SupportDeskError
from supportdesk.keys import keyring


def back_up(path: Path) -> tuple[Path, Contents]:
    """Write everything to the file `path`, or into the folder `path`, to a file named by the moment.

    It is there whole or not at all.  Raises CannotBackUp.
    """
    at = clock.now()
    if path.is_dir():
        path = path / f"desk-{at:%Y%m%dT%H%M%SZ}.backup"
    if path.exists():
        raise CannotBackUp(f"{path} is there already. Name another file, or a folder.")
    if _is_empty():
        raise CannotBackUp("There is nothing to back up: the database was not made yet. Type: flask --app wsgi prepare")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with (
            copier(db.engine, current_app.config["DATA_FOLDER"]).copying() as copy,
            os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target,
        ):
            contents = Contents(
                made_at=at.isoformat(timespec="seconds"),
                engine=db.engine.dialect.name,
                revision=copy.revision,
                rows=copy.rows,
                keys=tuple(sorted({*copy.keys, keyring().key_id})),
                articles=_articles(),
            )
            archive.write(target, contents, copy.file, keyring())
            target.flush()
            os.fsync(target.fileno())
        unfinished.rename(path)
    except OSError as error:
        raise CannotBackUp(f"{path} can’t be written ({error.strerror}).") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return path, contents


def restore(path: Path) -> Contents:
    """Put the backup at `path` into this desk's database, which must be empty.

    Raises CannotBackUp, or Sealed, with nothing written.
    """
    place = copier(db.engine, current_app.config["DATA_FOLDER"])
    if not _is_empty():
        raise CannotBackUp(
            "The database here is not empty. Restore into an empty place: another SUPPORTDESK_DATA_FOLDER, or a new "
            "DATABASE_URL."
        )
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=current_app.config["DATA_FOLDER"]) as folder:
        copy = Path(folder) / "database"
        contents = _opened(path, copy)
        if contents.engine != place.engine:
            raise CannotBackUp(f"This is a backup of {contents.engine}; the database here is {place.engine}.")
        _check_known(contents.revision)
        if missing := set(contents.keys) - {""} - set(keyring().private):  # Older ones name rows without words too.
            raise CannotBackUp(_keys_missing(missing))
        place.put(copy)
    with db.engine.connect() as connection:
        revision, rows, _keys = describe(connection)
    if (revision, rows) != (contents.revision, contents.rows):
        raise CannotBackUp("What was put back is not what the backup says it holds. Do not serve it; try again.")
    return contents


def _opened(path: Path, copy: Path) -> Contents:
    try:
        with path.open("rb") as source, copy.open("wb") as target:
            return archive.read(source, target, keyring())
    except Sealed:
        with path.open("rb") as source:
            _contents, key_id, _sealed = archive.read_contents(source)
        if key_id not in keyring().private:
            raise CannotBackUp(_keys_missing({key_id})) from None
        raise CannotBackUp("This backup was changed or cut off since it was made. Take another.") from None
    except OSError as error:
        raise CannotBackUp(f"{path} can’t be read ({error.strerror}).") from None


def _keys_missing(key_ids: set[str]) -> str:
    return (
        f"This backup needs the key {', '.join(sorted(key_ids))}. Put your copy of the keys into "
        f"{current_app.config['KEYS_FOLDER']}, instead of what is there, and type the same again."
    )


def _is_empty() -> bool:
    with db.engine.connect() as connection:
        return not inspect(connection).get_table_names()


def _check_known(revision: str) -> None:
    if not schema.is_known(revision):
        raise CannotBackUp(f"This backup is of a newer desk (revision {revision}). Install that desk first.")


def _articles() -> str:
    try:
        return str(current_app.extensions["shelf"].current().digest)[:16]
    except SupportDeskError:
        return "none"
