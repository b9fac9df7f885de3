"""Whether the audit is whole: for the command, and for `flask doctor`.  Writes nothing but what was seen last."""

from collections.abc import Iterable
from pathlib import Path

from flask import Flask, current_app

from supportdesk.audit import queries
from supportdesk.audit.chain import BEGINNING, Head, breaks
from supportdesk.exceptions import SupportDeskError
from supportdesk.health import Finding, add_check
from supportdesk.keys import keyring


class CannotRead(SupportDeskError):
    """The file in which the newest event is remembered."""


def init_app(app: Flask) -> None:
    if app.config["ROLE"] in {"all", "desk"}:  # The other roles’ database users do not read the audit.
        add_check(app, "audit", _audit, is_long=True)


def usual_file() -> Path:
    folder: Path = current_app.config["DATA_FOLDER"]
    return folder / "audit-head"


def verified(file: Path) -> tuple[Head, list[str]]:
    """The newest event, and a sentence for each place where the chain does not hold.  Raises CannotRead."""
    remembered = _read(file)
    newest, found = Head(0, BEGINNING), remembered is None or remembered.number == 0

    def see(head: Head) -> None:
        nonlocal newest, found
        newest, found = head, found or head == remembered

    problems = list(breaks(queries.whole_chain(), keyring().keyed_hash, see))
    if not found and remembered:
        what = "The end of the audit was cut off" if newest.number < remembered.number else "The audit is another one"
        problems.append(f"{what}: event {remembered.number} was there when it was last verified.")
    return newest, problems


def _read(file: Path) -> Head | None:
    try:
        return Head.read(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise CannotRead(f"{file} can’t be read. It should hold a number, a colon and a hash.") from None


def _audit() -> Iterable[Finding]:
    try:
        _newest, problems = verified(usual_file())
    except CannotRead as error:
        problems = [str(error)]
    if problems:
        more = f" And {len(problems) - 1} more." if problems[1:] else ""
        yield Finding(problems[0] + more, "Type: audit verify. Find out who could write to the database.")
