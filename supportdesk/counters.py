"""Counts that run out, in a file that every process of this machine shares; what `limits` counts with by default.

Not durable on purpose: nothing is flushed to the disk, as losing a minute's counts with the power is no loss.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limits.storage import Storage

from supportdesk import clock

_PATIENCE = 0.25  # Seconds to wait for another process; a count that takes longer is not worth a visitor's time.
_CLEAR_EVERY = 1000  # Counts: then those that ran out are forgotten.


class SharedFile(Storage):
    """`limits`' storage over one SQLite file, which is made anew where it can't be read."""

    STORAGE_SCHEME = None
    _is_file = True

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._turn = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._counted = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = clock.now().timestamp()
        with self._open() as database:
            self._counted += 1
            if self._counted % _CLEAR_EVERY == 0:
                database.execute("delete from counter where ends <= ?", (now,))
            row = database.execute(
                "insert into counter (key, hits, ends) values (:key, :amount, :ends) on conflict (key) do update set"
                " hits = case when ends <= :now then :amount else hits + :amount end,"
                " ends = case when ends <= :now then :ends else ends end returning hits",
                {"key": key, "amount": amount, "now": now, "ends": now + expiry},
            ).fetchone()
        return int(row[0])

    def get(self, key: str) -> int:
        return int(self._row(key)[0])

    def get_expiry(self, key: str) -> float:
        return float(self._row(key)[1])

    def check(self) -> bool:
        with self._open() as database:
            return bool(database.execute("select 1").fetchone())

    def reset(self) -> int:
        with self._open() as database:
            return database.execute("delete from counter").rowcount

    def clear(self, key: str) -> None:
        with self._open() as database:
            database.execute("delete from counter where key = ?", (key,))

    def _row(self, key: str) -> tuple[int, float]:
        now = clock.now().timestamp()
        with self._open() as database:
            found = database.execute("select hits, ends from counter where key = ? and ends > ?", (key, now)).fetchone()
        return found or (0, now)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database, one thread at a time.  A damaged file is forgotten, and the next count begins a new one."""
        with self._turn:
            try:
                if self._database is None:
                    self._database = self._connect()
                yield self._database
            except sqlite3.OperationalError:  # Locked, full or gone for now.
                raise
            except sqlite3.DatabaseError:
                self._forget()
                raise

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        if self._is_file:
            self._path.chmod(0o600)
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = off")
        database.execute("create table if not exists counter (key text primary key, hits integer, ends real)")
        return database

    def _forget(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        for suffix in ("", "-wal", "-shm") if self._is_file else ():
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


class OwnMemory(SharedFile):
    """The same for one process alone; that of `limits` would start a thread for each count that runs out."""

    _is_file = False

    def __init__(self) -> None:
        super().__init__(Path(":memory:"))
