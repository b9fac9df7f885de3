"""Passwords: argon2id, the same work for a name nobody has, and one-time passwords that can be read out."""

import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from supportdesk.exceptions import TooBusy

LEAST = 12  # Characters; NIST SP 800-63B asks for length and no rules of composition.
MOST = 256  # So that nobody makes us hash a book.

_LEGIBLE = "23456789abcdefghjkmnpqrstvwxyz"  # No 0/o, 1/i/l, u: safe to read aloud.
_hasher = PasswordHasher()

AT_ONCE = 4  # Each takes 64 MB while it lasts; of two hundred tries at once the others wait outside.
_PATIENCE = 2.0  # Seconds to wait for a turn; one takes a seventh of a second.
_turns = BoundedSemaphore(AT_ONCE)


def spelled(text: str | None) -> str | None:
    """As Unicode spells it for comparing: keyboards of different makers send “é” in different ways."""
    return None if text is None else unicodedata.normalize("NFKC", text)


def use(hasher: PasswordHasher) -> None:
    """Hash with `hasher` from now on; the tests take one that works less."""
    global _hasher  # noqa: PLW0603  One for the process, set once at its start.
    _hasher = hasher


def hashed(password: str) -> str:
    """Raises TooBusy."""
    with turn():
        return _hasher.hash(password)


@contextmanager
def turn() -> Iterator[Callable[[str | None, str], bool]]:
    """One of so many that this process works at; inside, passwords can be checked.  Raises TooBusy.

    Hold no connection to the database while you wait: those inside may need one.
    """
    if not _turns.acquire(timeout=_PATIENCE):
        raise TooBusy
    try:
        yield _is_right
    finally:
        _turns.release()


def _is_right(password_hash: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash; `None`, for an unknown name, takes as long and is never right."""
    try:
        _hasher.verify(password_hash or _nobodys(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def _nobodys() -> str:
    """A hash of the same work that no password has; written down and not hashed, which would delay every start."""
    salt, digest = "A" * 22, "A" * 43  # Zeros, as argon2 writes them.
    return f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}${salt}${digest}"


def one_time() -> str:
    """Sixteen legible characters, 78 bits, such as “k7qm-2x9d-hh4w-p3cz”."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(4))
