"""Where a ticket stands in the queue, as one number that an index can keep in order.

What may be an emergency comes first, then what waits on us, soonest reply due first; then what waits on its requester
and what is over, whatever was touched last first.  Every view of the queue is a stretch of this order.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STRETCH = 10**16  # Microseconds until the year 2286, so that the groups never touch.

ORDINARY = _STRETCH  # All before it may be emergencies.
WAITING = 2 * _STRETCH  # All before it is ours.
OVER = 3 * _STRETCH
END = 4 * _STRETCH


def rank(
    *, is_ours: bool, is_over: bool, may_be_emergency: bool, reply_due_at: datetime | None, updated_at: datetime
) -> int:
    """Smaller comes first."""
    if is_over:
        return rank_when_over(updated_at)
    if not is_ours:
        return OVER - _microseconds(updated_at)
    group = 0 if may_be_emergency else ORDINARY
    return group + _microseconds(reply_due_at or updated_at)


def rank_when_due(at: datetime) -> int:
    """Where an ordinary ticket stands whose reply is due then; what is due sooner comes before it."""
    return ORDINARY + _microseconds(at)


def rank_when_over(updated_at: datetime) -> int:
    return END - _microseconds(updated_at)


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
