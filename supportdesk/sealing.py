"""Envelope encryption: words are sealed under a data key, and the data key to the desk's public key.

Pure: bytes and keys in, bytes out; the only module that names `cryptography`.  A row's words are AES-256-GCM under
a data key of the row's own; the data key is sealed with HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) to the
desk's public key.  Whoever holds only the public key can take a request in and cannot read one back.

Whoever holds the private key may afterwards put the data key under a key of the desk's own (AES-256-GCM, derived from
the private key): “settled”, it opens thirty times as fast, which is what reading all tickets in a search comes to.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import IO, TYPE_CHECKING, Any, ClassVar, Protocol, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from supportdesk.exceptions import Sealed

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NONCE = 12  # Bytes; random for each sealing, and no data key seals more than a ticket's worth.
SETTLED = _NONCE + 32 + 16  # Bytes of a data key under the desk's own key; sealed to the public key it has 80.


@dataclass(frozen=True, repr=False)
class DataKey:
    """Seals and opens the words of one ticket, or of one mail."""

    key: bytes = field(default_factory=lambda: AESGCM.generate_key(256))

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.key)

    def seal(self, words: str, place: str) -> bytes:
        """`words` as nonce and ciphertext, bound to `place`: “table|column|row”."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, words.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Raises Sealed where the bytes were changed, or moved here from another place."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError where it is too short to hold a nonce.
            raise Sealed(f"What is stored at {place} does not open: it was changed or moved.") from None


@dataclass(frozen=True, repr=False)
class Keyring:
    """The desk's keys: a public key for what comes in, private keys by id for what may be read, keys for hashes."""

    key_id: str
    public: bytes
    private: Mapping[str, bytes]
    hashing: bytes

    @classmethod
    def new(cls) -> "Keyring":
        secret = X25519PrivateKey.generate()
        public = secret.public_key().public_bytes_raw()
        key_id = fingerprint(public)
        return cls(key_id, public, {key_id: secret.private_bytes_raw()}, secrets.token_bytes(32))

    def seal_key(self, data_key: DataKey, place: str) -> bytes:
        return _SUITE.encrypt(
            data_key.key, X25519PublicKey.from_public_bytes(self.public), self._info(self.key_id, place)
        )

    def open_key(self, sealed: bytes, key_id: str, place: str) -> DataKey:
        """Raises Sealed where this process holds no private key `key_id`, or the bytes are not ours."""
        return DataKey(self._opened(sealed, key_id, place))

    def open_all(self, sealed: bytes, key_id: str, place: str, parts: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """What was sealed under one data key, each part with its own place: for who opens many thousands in a row."""
        decrypt = AESGCM(self._opened(sealed, key_id, place)).decrypt
        try:
            return [decrypt(part[:_NONCE], part[_NONCE:], where.encode()) for part, where in parts]
        except (InvalidTag, ValueError):
            raise Sealed(f"Something under the data key at {place} does not open: it was changed or moved.") from None

    def _opened(self, sealed: bytes, key_id: str, place: str) -> bytes:
        if key_id not in self.private:
            raise Sealed(f"This process holds no private key {key_id}.")
        info = self._info(key_id, place)
        try:
            if len(sealed) == SETTLED:
                return _own(self.private[key_id]).decrypt(sealed[:_NONCE], sealed[_NONCE:], info)
            return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(self.private[key_id]), info)
        except InvalidTag:
            raise Sealed(f"The data key at {place} does not open: it was changed or moved.") from None

    def settle_key(self, data_key: DataKey, place: str) -> bytes:
        """The data key under the desk's own key.  Only who holds the newest private key can do this."""
        nonce = secrets.token_bytes(_NONCE)
        own = _own(self.private[self.key_id])
        return nonce + own.encrypt(nonce, data_key.key, self._info(self.key_id, place))

    def keyed_hash(self, purpose: str, text: str) -> bytes:
        """32 bytes by which equal texts can be found again, and nothing else; each purpose has its own key."""
        return hmac.digest(self.hash_key(purpose), text.encode(), "sha256")

    def hash_key(self, purpose: str) -> bytes:
        """The key of one purpose's hashes, for who makes many of them."""
        return hmac.digest(self.hashing, purpose.encode(), "sha256")

    @staticmethod
    def _info(key_id: str, place: str) -> bytes:
        return f"supportdesk data key|{key_id}|{place}".encode()


@lru_cache(maxsize=16)
def _own(private: bytes) -> AESGCM:
    """Derived, so that a private key that is dropped takes it along."""
    return AESGCM(hmac.digest(private, b"supportdesk settled data keys", "sha256"))


def fingerprint(public: bytes) -> str:
    """The id of a public key, and of the private key that belongs to it."""
    return hashlib.sha256(public).hexdigest()[:16]


def public_half(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def derived_key(secret: str, purpose: str) -> DataKey:
    """A data key for what leaves the desk and comes back, such as the receipt in a thank-you address."""
    return DataKey(hmac.digest(hashlib.sha256(secret.encode()).digest(), purpose.encode(), "sha256"))


def time_code(secret: bytes, seconds: int, each: int) -> str:
    """The six digits that a phone shows at `seconds` since 1970, another every `each` (RFC 6238; phones know SHA-1)."""
    return TOTP(secret, 6, SHA1(), each).generate(seconds).decode()  # noqa: S303


class SealedRow(Protocol):
    """A row whose words can be sealed: it knows its data key and its own, unchanging name."""

    @property
    def data_key(self) -> DataKey: ...
    @property
    def is_erased(self) -> bool: ...
    def place(self, column: str) -> str: ...


class SealedText:
    """An attribute of a row: plain text in Python, sealed in the column `sealed_<name>`; empty in an erased row."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, row: None, owner: type) -> "SealedText": ...
    @overload
    def __get__(self, row: SealedRow, owner: type) -> str: ...
    def __get__(self, row: SealedRow | None, owner: type) -> Any:
        if row is None:
            return self
        if row.is_erased:
            return ""
        return row.data_key.open(getattr(row, f"sealed_{self._name}"), row.place(self._name))

    def __set__(self, row: SealedRow, words: str) -> None:
        setattr(row, f"sealed_{self._name}", row.data_key.seal(words, row.place(self._name)))


class OwnKey:
    """A row with a data key of its own, in its columns `key_id` and `sealed_key`: locked once, unlocked to be read."""

    if TYPE_CHECKING:
        __tablename__: str
        key_id: Any
        sealed_key: Any

    named_by: ClassVar[str]  # A column whose value is known before the row is stored, and never changes.
    comes_in: ClassVar[bool] = False  # Whether the public role stores such rows, sealed to the public key.

    @classmethod
    def place_of(cls, column: str, name: str) -> str:
        return f"{cls.__tablename__}|{column}|{name}"

    def place(self, column: str) -> str:
        """“table|column|row”."""
        return self.place_of(column, getattr(self, self.named_by))

    def sealed_rows(self) -> "Iterable[SealedRow]":
        """Every row that is sealed under this one's data key, itself included."""
        return (self,)

    @property
    def is_erased(self) -> bool:
        """Whether its data key was destroyed, and its words with it."""
        return not self.sealed_key

    @property
    def data_key(self) -> DataKey:
        """Raises Sealed before `lock` or `unlock`."""
        key: DataKey | None = self.__dict__.get("_data_key")
        if key is None:
            raise Sealed(f"{self!r} has not been unlocked.")
        return key

    def lock(self, keyring: Keyring) -> None:
        """Give a new row its data key."""
        key = DataKey()
        self.key_id = keyring.key_id
        self.sealed_key = keyring.seal_key(key, self.place("key"))
        self.__dict__["_data_key"] = key

    def unlock(self, keyring: Keyring) -> None:
        """Raises Sealed where this process holds no private key for it."""
        if not self.is_erased:
            self.__dict__["_data_key"] = keyring.open_key(self.sealed_key, self.key_id, self.place("key"))

    def erase(self) -> None:
        """Destroy the data key, and what is sealed under it in this row.  Nothing opens it again."""
        self.key_id, self.sealed_key = "", b""
        for name in sealed_texts(type(self)):
            setattr(self, f"sealed_{name}", b"")
        self.__dict__.pop("_data_key", None)


def sealed_texts(kind: type) -> list[str]:
    """The names of a kind of row's sealed attributes."""
    return [name for base in kind.__mro__ for name, value in vars(base).items() if isinstance(value, SealedText)]


_PIECE = 1 << 20  # Bytes of a sealed stream that are held in memory at once.
_TAG = 16


def seal_stream(source: IO[bytes], target: IO[bytes], key: DataKey, place: str) -> None:
    """All of `source`, piece by piece; the last one says that it is, so that nothing can be cut off unnoticed.

    The key may seal one stream and nothing else: nonces are counted.
    """
    cipher = AESGCM(key.key)
    piece, number = source.read(_PIECE), 0
    while True:
        following = source.read(_PIECE)
        target.write(cipher.encrypt(_count(number), piece, _piece_place(place, number, is_last=not following)))
        if not following:
            return
        piece, number = following, number + 1


def open_stream(source: IO[bytes], target: IO[bytes], key: DataKey, place: str) -> None:
    """Raises Sealed where a byte was changed, moved, added or cut off: what `target` holds by then is worth nothing."""
    cipher = AESGCM(key.key)
    piece, number = source.read(_PIECE + _TAG), 0
    while True:
        following = source.read(_PIECE + _TAG)
        try:
            opened = cipher.decrypt(_count(number), piece, _piece_place(place, number, is_last=not following))
        except (InvalidTag, ValueError):
            raise Sealed(f"Piece {number + 1} of it does not open: it was changed or cut off.") from None
        target.write(opened)
        if not following:
            return
        piece, number = following, number + 1


def _count(number: int) -> bytes:
    return number.to_bytes(_NONCE, "big")


def _piece_place(place: str, number: int, *, is_last: bool) -> bytes:
    return f"{place}|{number}|{'last' if is_last else 'more'}".encode()
