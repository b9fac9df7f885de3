"""The database: one set of models on SQLite and PostgreSQL; nothing else in the desk asks which one it is on."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Enum, MetaData, String, event, func, literal, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from supportdesk.exceptions import SettingsError

NAMING = {  # So that a migration can name what it drops, on both engines.
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_PATIENCE = 5000  # Milliseconds; then the patient gets the 503 page with their text.
PRAGMAS = (
    "journal_mode=WAL",  # Readers never wait for a writer.
    "synchronous=FULL",  # A thank-you page is a promise: it outlives a power cut.
    "wal_autocheckpoint=4000",  # Pages, 16 MB.  Of SQLite's own 1,000 one message in twenty waited for the disk thrice.
    "foreign_keys=ON",
    f"busy_timeout={_PATIENCE}",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime.  SQLite forgets time zones, so we remember for it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone must not reach the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words_of(enum: type) -> Enum:
    """A column for a StrEnum, kept as its word: native enums can't grow by a migration that runs on both engines."""
    return Enum(enum, native_enum=False, length=20, values_callable=lambda kind: [member.value for member in kind])


class WordsOf(TypeDecorator[StrEnum]):
    """Such a column in which a newer version may have left a word that this one never heard of: it reads as `unknown`.

    One row must not take the whole page along while two versions run beside each other.
    """

    impl = String(20)
    cache_ok = True

    def __init__(self, enum: type[StrEnum], unknown: StrEnum) -> None:
        super().__init__()
        self.enum, self.unknown = enum, unknown

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        if value is None:
            return None
        try:
            return self.enum(value)
        except ValueError:
            return self.unknown


def init_app(app: Flask) -> None:
    options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}  # No error quotes what was asked with.
    if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        options["connect_args"] = {
            "connect_timeout": 5,
            # PostgreSQL takes a disk for one that has to move its arm, and would rather read thousands of rows in
            # their order than look up a few: a page of a million tickets took 0.3 seconds for it.
            "options": "-c statement_timeout=10s -c lock_timeout=5s -c random_page_cost=1.1",
        }
        options["pool_size"] = 8
        options["pool_timeout"] = 5
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    try:
        db.init_app(app)
    except (ArgumentError, ValueError):  # Their text would quote the address, and with it a password.
        raise SettingsError(
            "SUPPORTDESK_DATABASE_URL: write postgresql://user:password@host/name, or leave it empty for SQLite"
        ) from None


def lacks_rights(error: SQLAlchemyError) -> bool:
    """Whether PostgreSQL refused as this database user may not do it."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "42501"


def lacks_tables(error: SQLAlchemyError) -> bool:
    """Whether a table or a column is not there, as the database was never made or is an older one."""
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", None) in {"42P01", "42703"} or str(cause).startswith("no such ")


def forget_what_was_deleted() -> None:
    """What was overwritten or deleted goes from the log files too, as far as a database can do it; call it between
    transactions.  Where somebody is reading at this moment it is left for the next time.
    """
    with closing(db.engine.raw_connection()) as pooled:
        connection: Any = pooled.driver_connection
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma wal_checkpoint(truncate)")
            return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as server:
        server.exec_driver_sql('vacuum (skip_locked) "ticket", "message", "outbox", "term"')


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        path = connection.execute("PRAGMA database_list").fetchone()[2]
        record.info["file"] = path, _file_at(path)
        connection.isolation_level = None  # We say BEGIN ourselves.
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "checkout")
def _leave_a_file_that_was_replaced(_connection: Any, record: ConnectionPoolEntry, _given: object) -> None:
    """SQLite would go on writing into a file that has no name any more, and what was said to be kept would be lost."""
    if "file" in record.info and _file_at(record.info["file"][0]) != record.info["file"][1]:
        raise DisconnectionError("the database file was replaced")


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        seen = Path(path).stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Reading requests share; everything that may write takes the lock at once, so it can wait for it.

    A deferred transaction that reads first and writes later fails with “database is locked” without waiting.
    """
    if connection.dialect.name == "sqlite":
        reads = has_request_context() and request.method in {"GET", "HEAD", "OPTIONS"}
        reads = reads and not connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def try_to_store(table: str) -> bool:
    """Take what whoever stores a row needs, for a moment, and store nothing; False where it may only be read.

    Raises SQLAlchemyError, after two seconds where somebody else holds it.
    """
    with db.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("set local lock_timeout = '2s'")
            is_read_only = connection.scalar(text("select current_setting('transaction_read_only')")) == "on"
            if not is_read_only:
                connection.exec_driver_sql(f'lock table "{table}" in row exclusive mode')
            return not is_read_only
        driver: Any = connection.connection.driver_connection
        driver.execute("pragma busy_timeout = 2000")
        try:
            connection.exec_driver_sql("update alembic_version set version_num = version_num")
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_READONLY"):
                return False
            raise
        finally:
            connection.rollback()
            driver.execute(f"pragma busy_timeout = {_PATIENCE}")
        return True


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short transaction that writes, after all that this request had to read; its own connection is given back first.

    Whoever kept one connection and waited for another would, with enough others doing the same, wait for ever.
    """
    db.session.rollback()
    with Session(db.engine.execution_options(writes=True)) as session, session.begin():
        yield session


def take_turn(session: Session | scoped_session[Any], what: str) -> None:
    """Whoever comes second waits here until the first one's transaction is over.  SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(literal(zlib.crc32(what.encode()), BigInteger))))
