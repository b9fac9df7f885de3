"""A consistent copy of the database while others write to it, and the way back: one class for each engine."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, text

from supportdesk.exceptions import CannotBackUp


@dataclass(frozen=True)
class Copy:
    """One moment of a database: what is in it, and the bytes."""

    revision: str
    rows: Mapping[str, int]
    keys: tuple[str, ...]
    file: IO[bytes]


class SqliteFile:
    engine = "sqlite"

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._path = Path(engine.url.database or "")

    @contextmanager
    def copying(self) -> Iterator[Copy]:
        """By SQLite's own backup, in one step: writers go on meanwhile."""
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=self._folder) as place:
            path = Path(place) / "copy.sqlite3"
            with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(path)) as target:
                source.backup(target)
            check(path)
            with path.open("rb") as file:
                yield Copy(*_described(path), file)

    def put(self, copy: Path) -> None:
        """Raises CannotBackUp where SQLite finds the copy damaged."""
        check(copy)
        self._engine.dispose()
        for suffix in "-wal", "-shm":
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        copy.chmod(0o600)
        copy.replace(self._path)


def check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database:
            found = [row[0] for row in database.execute("pragma quick_check")]
    except sqlite3.DatabaseError as error:
        found = [type(error).__name__]
    if found != ["ok"]:
        raise CannotBackUp("SQLite says that the copy of the database is damaged. Nothing was replaced.")


def _described(path: Path) -> tuple[str, Mapping[str, int], tuple[str, ...]]:
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            return describe(connection)
    finally:
        engine.dispose()


class PostgresDatabase:
    engine = "postgresql"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def copying(self) -> Iterator[Copy]:
        """By pg_dump, of a snapshot that we count in too: writers go on meanwhile."""
        with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            if hidden := _not_readable(connection):
                raise CannotBackUp(
                    f"This database user can’t read everything ({hidden}). Name the owner of the tables in "
                    "DATABASE_URL for it."
                )
            described = describe(connection)
            snapshot = connection.scalar(text("select pg_export_snapshot()"))
            with self._running("pg_dump", "--format=custom", f"--snapshot={snapshot}") as dump:
                yield Copy(*described, dump)

    def put(self, copy: Path) -> None:
        """All of it or nothing.  Raises CannotBackUp with what pg_restore said."""
        with self._engine.connect() as connection:
            if not connection.scalar(text("select has_schema_privilege('public', 'create')")):
                raise CannotBackUp(
                    "This database user may not make tables here. Name the owner of the database in DATABASE_URL. "
                    "Nothing was written."
                )
        with self._running("pg_restore", "--single-transaction", "--exit-on-error", str(copy)):
            pass

    @contextmanager
    def _running(self, name: str, *options: str) -> Iterator[IO[bytes]]:
        url = self._engine.url
        command = [_program(name), "--no-owner", "--no-privileges", "--no-password", *options]
        with tempfile.TemporaryFile() as said:  # A pipe nobody reads would hold it up.
            with subprocess.Popen(  # noqa: S603  Our own words, and the address that the operator set.
                [*command, "--dbname", _without_password(url)],
                stdout=subprocess.PIPE,
                stderr=said,
                env=_environment(url),
            ) as process:
                assert process.stdout is not None
                yield process.stdout
            if process.returncode != 0:
                said.seek(0)
                line = said.readline().decode(errors="replace").strip()
                raise CannotBackUp(f"{name} could not do it: {line or 'it said nothing'}")


def copier(engine: Engine, folder: Path) -> SqliteFile | PostgresDatabase:
    """`folder` is where a copy of the SQLite file may stand for a moment."""
    return SqliteFile(engine, folder) if engine.dialect.name == "sqlite" else PostgresDatabase(engine)


def _not_readable(connection: Connection) -> str | None:
    """A table, or a sequence that numbers its rows, which pg_dump would fail at half-way."""
    named = text(
        "select relname from pg_class where relkind in ('r', 'S') and relnamespace = 'public'::regnamespace "
        "and not has_table_privilege(oid, 'select') order by relname limit 1"
    )
    found: str | None = connection.scalar(named)
    return found


def describe(connection: Connection) -> tuple[str, Mapping[str, int], tuple[str, ...]]:
    """The revision, the rows of each table, and the ids of the keys that rows are sealed under."""
    tables = inspect(connection)
    names = sorted(tables.get_table_names())
    rows = {name: connection.scalar(text(f'select count(*) from "{name}"')) or 0 for name in names}  # noqa: S608
    keys: set[str] = set()
    for name in names:
        if {"key_id", "sealed_key"} <= {column["name"] for column in tables.get_columns(name)}:
            # None where nothing is sealed yet, such as an agent's codes; empty where the words are gone for good.
            keys.update(connection.scalars(text(f"select distinct key_id from \"{name}\" where key_id <> ''")))  # noqa: S608
    revision = connection.scalar(text("select version_num from alembic_version")) if names else ""
    return str(revision), rows, tuple(sorted(keys))


def _program(name: str) -> str:
    """PostgreSQL's client, which Debian keeps out of the path where only its server is installed."""
    beside_server = [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    found = max(beside_server, default=None) or shutil.which(name)
    if found is None:
        raise CannotBackUp(f"{name} is not installed here. Type: apt-get install postgresql-client")
    return found


def _without_password(url: URL) -> str:
    """The address for a command line, which others on this machine can read."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _environment(url: URL) -> dict[str, str]:
    known = {"PATH": os.defpath, "HOME": str(Path.home()), "LC_ALL": "C.UTF-8"}
    return known | ({"PGPASSWORD": str(url.password)} if url.password else {})
