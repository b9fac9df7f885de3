"""Envelope encryption: words are sealed under a data key, and the data key to the desk's public key.

Pure: bytes and keys in, bytes out; the only module that names `cryptography`.  A row's words are AES-256-GCM under
a data key of the row's own; the data key is sealed with HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) to the
desk's public key.  Whoever holds only the public key can take a request in and cannot read one back.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from supportdesk.exceptions import Sealed

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NONCE = 12  # Bytes; random for each sealing, and no data key seals more than a ticket's worth.


@dataclass(frozen=True, repr=False)
class DataKey:
    """Seals and opens the words of one ticket, or of one mail."""

    key: bytes = field(default_factory=lambda: AESGCM.generate_key(256))

    def seal(self, words: str, place: str) -> bytes:
        """`words` as nonce and ciphertext, bound to `place`: “table|column|row”."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, words.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Raises Sealed where the bytes were changed, or moved here from another place."""
        try:
            return AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()).decode()
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
        if key_id not in self.private:
            raise Sealed(f"This process holds no private key {key_id}.")
        secret = X25519PrivateKey.from_private_bytes(self.private[key_id])
        try:
            return DataKey(_SUITE.decrypt(sealed, secret, self._info(key_id, place)))
        except InvalidTag:
            raise Sealed(f"The data key at {place} does not open: it was changed or moved.") from None

    def keyed_hash(self, purpose: str, text: str) -> bytes:
        """32 bytes by which equal texts can be found again, and nothing else; each purpose has its own key."""
        key = hmac.digest(self.hashing, purpose.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256")

    @staticmethod
    def _info(key_id: str, place: str) -> bytes:
        return f"supportdesk data key|{key_id}|{place}".encode()


def fingerprint(public: bytes) -> str:
    """The id of a public key, and of the private key that belongs to it."""
    return hashlib.sha256(public).hexdigest()[:16]


def is_pair(private: bytes, public: bytes) -> bool:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() == public


def derived_key(secret: str, purpose: str) -> DataKey:
    """A data key for what leaves the desk and comes back, such as the receipt in a thank-you address."""
    return DataKey(hmac.digest(hashlib.sha256(secret.encode()).digest(), purpose.encode(), "sha256"))


class SealedRow(Protocol):
    """A row whose words can be sealed: it knows its data key and its own, unchanging name."""

    @property
    def data_key(self) -> DataKey: ...
    def place(self, column: str) -> str: ...


class SealedText:
    """An attribute of a row: plain text in Python, sealed in the column `sealed_<name>`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, row: None, owner: type) -> "SealedText": ...
    @overload
    def __get__(self, row: SealedRow, owner: type) -> str: ...
    def __get__(self, row: SealedRow | None, owner: type) -> Any:
        if row is None:
            return self
        return row.data_key.open(getattr(row, f"sealed_{self._name}"), row.place(self._name))

    def __set__(self, row: SealedRow, words: str) -> None:
        setattr(row, f"sealed_{self._name}", row.data_key.seal(words, row.place(self._name)))


class OwnKey:
    """A row with a data key of its own, in its columns `key_id` and `sealed_key`: locked once, unlocked to be read."""

    if TYPE_CHECKING:
        key_id: Any
        sealed_key: Any

    def place(self, column: str) -> str:
        """“table|column|row”, by a name of the row that is known before it is stored and never changes."""
        raise NotImplementedError

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
        self.__dict__["_data_key"] = keyring.open_key(self.sealed_key, self.key_id, self.place("key"))
