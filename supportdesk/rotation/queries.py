"""Which rows need which key, and whether every one of them opens.  Writes nothing."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from supportdesk.database import Base, db
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring
from supportdesk.sealing import SETTLED, OwnKey, sealed_texts

AT_ONCE = 500


def sealed_kinds() -> list[Any]:
    """Every kind of row that has a data key of its own."""
    kinds = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted((kind for kind in kinds if issubclass(kind, OwnKey)), key=lambda kind: kind.__tablename__)


def rows_by_key() -> Counter[str]:
    """How many rows can be read with each key alone."""
    found: Counter[str] = Counter()
    for kind in sealed_kinds():
        rows = db.session.execute(select(kind.key_id, func.count()).where(_has_key(kind)).group_by(kind.key_id))
        found.update({key_id: number for key_id, number in rows})  # noqa: C416  A row is not a pair to Counter.
    return found


def unsettled(kind: Any, key_id: str, after: int, size: int) -> Select[Any]:
    """The next rows whose data key is not under the desk's own key yet: id, name, key id, sealed key."""
    elsewhere = or_(kind.key_id != key_id, func.length(kind.sealed_key) != SETTLED)
    return (
        select(kind.id, getattr(kind, kind.named_by), kind.key_id, kind.sealed_key)
        .where(kind.id > after, _has_key(kind), elsewhere)
        .order_by(kind.id)
        .limit(size)
    )


def rows_that_do_not_open() -> Iterator[str | None]:
    """Opens everything; for each row None, or the name of a row that holds words which nobody can read."""
    for kind in sealed_kinds():
        last = 0
        while batch := _batch(kind, last):
            for row in batch:
                yield None if _opens(row) else repr(row)
            last = batch[-1].id
            db.session.rollback()  # Nothing was changed; memory and lock are let go.
    for kind in _guests():
        for row in db.session.scalars(select(kind)):
            if not row.is_erased and any(getattr(row, f"sealed_{name}") for name in sealed_texts(kind)):
                yield None if _opens_with(row, getattr(row, kind.sealed_with)) else repr(row)
        db.session.rollback()


def _guests() -> list[Any]:
    """Kinds of rows that are sealed under the data key of another row, which does not know them."""
    return [mapper.class_ for mapper in Base.registry.mappers if hasattr(mapper.class_, "sealed_with")]


def _opens_with(row: Any, owner: OwnKey) -> bool:
    try:
        owner.unlock(keyring())
        for name in sealed_texts(type(row)):
            getattr(row, name)
    except Sealed:
        return False
    return True


def _batch(kind: Any, after: int) -> list[Any]:
    wanted = select(kind).where(kind.id > after, _has_key(kind)).order_by(kind.id).limit(AT_ONCE)
    return list(db.session.scalars(wanted.options(selectinload("*"))))


def _opens(row: OwnKey) -> bool:
    try:
        row.unlock(keyring())
        for part in row.sealed_rows():
            for name in sealed_texts(type(part)):
                getattr(part, name)
    except Sealed:
        return False
    return True


def _has_key(kind: Any) -> Any:
    return kind.key_id != ""
