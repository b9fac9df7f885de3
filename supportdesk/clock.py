"""The one door to the time of day; the demo and the tests may step through it to another moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment` (aware)."""
    before = _pretended.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(before)
