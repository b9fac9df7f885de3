"""The key files: made on first run, readable by their owner only, and refused where they are not as they should be.

keys/public   “<key id> <public key>”, all that the public role needs to take a request in
keys/private  one line “<key id> <private key>” for each key that may still open something
keys/hashing  the key of the keyed hashes
keys/secret   signs cookies and receipts, unless SUPPORTDESK_SECRET_KEY is set
"""

import base64
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, current_app

from supportdesk.exceptions import SettingsError
from supportdesk.sealing import Keyring, fingerprint, public_half

_log = logging.getLogger("supportdesk.keys")
_SHORTEST_SECRET = 32  # Characters.
_OTHERS = 0o077  # What the group and everybody else may do with a file.


def init_app(app: Flask) -> None:
    """Load this role's keys; on a first run, where the data folder holds neither keys nor database, make them.

    The public role makes none: what is sealed to keys of its own, no desk could ever read.
    """
    folder: Path = app.config["KEYS_FOLDER"]
    if app.config["ROLE"] != "public" and _is_first_run(folder, app.config["DATA_FOLDER"]):
        make(folder)
    app.config["SECRET_KEY"] = _secret(app.config["SECRET_KEY"], folder / "secret")
    app.extensions["keyring_as_of"] = _as_of(folder)
    app.extensions["keyring"] = load(folder, with_private=app.config["ROLE"] != "public")


def _is_first_run(folder: Path, data: Path) -> bool:
    try:
        return not folder.exists() and not (data / "desk.sqlite3").exists()
    except OSError as error:
        raise SettingsError(_not_writable(data, error)) from None


def _not_writable(folder: Path, error: OSError) -> str:
    return (
        f"The data folder {folder} can’t be written ({error.strerror}). "
        "Make it writable, or name another in SUPPORTDESK_DATA_FOLDER."
    )


def _secret(given: str, path: Path) -> str:
    """What signs cookies and receipts: as given, or else from the file."""
    secret = given or _read(path, "cookies")
    if len(secret) < _SHORTEST_SECRET:
        where = "SUPPORTDESK_SECRET_KEY" if given else str(path)
        raise SettingsError(f"{where} can be guessed: it needs {_SHORTEST_SECRET} random characters or more.")
    return secret


def keyring() -> Keyring:
    """The keys of the application that is at work, as their files are now: a new key needs no restart.

    Ask for it after reading a row, as `keys rotate` writes the files first.
    """
    folder: Path = current_app.config["KEYS_FOLDER"]
    as_of = _as_of(folder)
    if as_of != current_app.extensions["keyring_as_of"]:
        try:
            ring = load(folder, with_private=current_app.config["ROLE"] != "public")
        except SettingsError as error:  # Those in hand are still good.
            _log.error("The keys were changed, but can’t be used: %s", error)
        else:
            current_app.extensions["keyring"] = ring
        current_app.extensions["keyring_as_of"] = as_of
    held: Keyring = current_app.extensions["keyring"]
    return held


def _as_of(folder: Path) -> tuple[int, ...]:
    """Differs when a key file was changed; cheap enough to ask each time."""
    found: list[int] = []
    for name in ("public", "private"):
        try:
            stat = os.stat(f"{folder}/{name}")  # noqa: PTH116  A third of a Path's time, at every request.
        except OSError:
            found += (0, 0)
        else:
            found += (stat.st_ino, stat.st_mtime_ns)
    return tuple(found)


def add_private(folder: Path) -> str:
    """Add a new key to the private ones, sealed to by nobody yet; returns its id."""
    ring = Keyring.new()
    held = load(folder, with_private=True).private
    _write_private(folder, {**held, **ring.private})
    return ring.key_id


def seal_to(folder: Path, key_id: str) -> None:
    """From now on whatever comes in is sealed to this one of our keys."""
    public = public_half(load(folder, with_private=True).private[key_id])
    _replace(folder / "public", f"{key_id} {_text(public)}\n")


def remove_private(folder: Path, key_id: str) -> None:
    """What is sealed under it opens no more, in any backup."""
    held = dict(load(folder, with_private=True).private)
    del held[key_id]
    _write_private(folder, held)


def _write_private(folder: Path, private: Mapping[str, bytes]) -> None:
    _replace(folder / "private", "".join(f"{name} {_text(key)}\n" for name, key in private.items()))


def _replace(path: Path, text: str) -> None:
    """The old file or the new one, whole, whatever happens meanwhile."""
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        _write(fresh, text)
        fresh.replace(path)
        _keep(path.parent)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise SettingsError(f"{path} can’t be written ({error.strerror}). Nothing was changed.") from None


def make(folder: Path) -> None:
    """Write a new set of keys.  Whoever comes second, of two first starts at once, keeps the first one's."""
    ring = Keyring.new()
    fresh = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.mkdir(mode=0o700)
        _write(fresh / "public", f"{ring.key_id} {_text(ring.public)}\n")
        _write(fresh / "private", "".join(f"{name} {_text(key)}\n" for name, key in ring.private.items()))
        _write(fresh / "hashing", _text(ring.hashing) + "\n")
        _write(fresh / "secret", secrets.token_urlsafe(48) + "\n")
        _keep(fresh)
    except OSError as error:
        raise SettingsError(_not_writable(folder.parent, error)) from None
    try:
        fresh.rename(folder)
        _keep(folder.parent)
    except OSError:  # The other one was first.
        for file in fresh.iterdir():
            file.unlink()
        fresh.rmdir()


def load(folder: Path, *, with_private: bool) -> Keyring:
    """Raises SettingsError with one clear line where a key is missing, damaged, or readable by others."""
    key_id, public = _pair(_read(folder / "public", "incoming requests"), folder / "public")
    if key_id != fingerprint(public):  # What is sealed to a damaged key can never be read.
        raise SettingsError(_damaged(folder / "public"))
    hashing = _bytes(_read(folder / "hashing", "keyed hashes"), folder / "hashing")
    private = {}
    if with_private:
        lines = _read(folder / "private", "reading tickets").splitlines()
        private = dict(_pair(line, folder / "private") for line in lines)
        if key_id not in private or public_half(private[key_id]) != public:
            raise SettingsError(f"{folder}/private does not belong to {folder}/public. Restore both from one backup.")
    return Keyring(key_id, public, private, hashing)


def _read(path: Path, purpose: str) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            raise SettingsError(f"{path} can be read by other people. Type: chmod 600 {path}")
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise SettingsError(
            f"{path} is missing: the key for {purpose}. Restore it from your backup of the keys."
        ) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} can’t be read: {type(error).__name__}. Check its owner and content.") from None


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _keep(folder: Path) -> None:
    """What the folder lists outlives a power cut, as the tickets sealed to these keys will."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def _bytes(text: str, path: Path) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.encode())
    except ValueError:
        key = b""
    if len(key) != 32:  # noqa: PLR2004
        raise SettingsError(_damaged(path))
    return key


def _damaged(path: Path) -> str:
    return f"{path} is damaged. Restore it from your backup of the keys."


def _pair(line: str, path: Path) -> tuple[str, bytes]:
    key_id, _, text = line.partition(" ")
    return key_id, _bytes(text, path)
