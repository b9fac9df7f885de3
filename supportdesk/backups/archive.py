"""The form of a backup file: a line that names it, a line that says what is in it, and the sealed database.

The second line is JSON and can be read without a key; it is part of what the seal vouches for.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import IO

from supportdesk.exceptions import NotABackup
from supportdesk.sealing import DataKey, Keyring, open_stream, seal_stream

_NAME = b"Navigating Care support desk backup, form 1\n"
_LONGEST_LINE = 65_536  # Bytes.


@dataclass(frozen=True)
class Contents:
    """What a backup says about itself."""

    made_at: str
    engine: str  # sqlite or postgresql: a backup of one can't be restored into the other.
    revision: str  # Of the migrations.
    rows: Mapping[str, int]  # How many each table holds.
    keys: tuple[str, ...]  # Fingerprints of those that its rows, and it, are sealed under.
    articles: str  # The digest of the articles shown that day; they are files, and not in here.


def write(target: IO[bytes], contents: Contents, source: IO[bytes], keyring: Keyring) -> None:
    key, place = DataKey(), _place(asdict(contents))
    sealed = {"key_id": keyring.key_id, "sealed_key": keyring.seal_key(key, place).hex()}
    target.write(_NAME)
    target.write(json.dumps(asdict(contents) | sealed).encode() + b"\n")
    seal_stream(source, target, key, place)


def read_contents(source: IO[bytes]) -> tuple[Contents, str, bytes]:
    """What is in it, the key that opens it, and its data key, sealed.  Raises NotABackup."""
    if source.readline(_LONGEST_LINE) != _NAME:
        raise NotABackup("This file is not a backup of this desk.")
    try:
        said = json.loads(source.readline(_LONGEST_LINE))
        key_id, sealed = str(said.pop("key_id")), bytes.fromhex(said.pop("sealed_key"))
        return Contents(**said | {"keys": tuple(said["keys"])}), key_id, sealed
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotABackup("The second line of this backup is damaged.") from None


def read(source: IO[bytes], target: IO[bytes], keyring: Keyring) -> Contents:
    """Write the database in it to `target`.  Raises NotABackup, or Sealed where it does not open as it was made."""
    contents, key_id, sealed = read_contents(source)
    place = _place(asdict(contents))
    open_stream(source, target, keyring.open_key(sealed, key_id, place), place)
    return contents


def _place(contents: Mapping[str, object]) -> str:
    said = json.dumps(contents, sort_keys=True)
    return f"backup|{hashlib.sha256(said.encode()).hexdigest()}"
