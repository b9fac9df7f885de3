"""Which replies an agent asks for by when they are due.  Pure: the moment and the zone are arguments."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

# What an address says, and how it reads.  Who asks for today wants all that is to be answered before going home.
DUE: Mapping[str, str] = {"overdue": "Overdue", "today": "Due today, or overdue"}


def due_before(due: str, at: datetime, zone: ZoneInfo) -> datetime | None:
    """Before which moment such a reply is due, seen from `at`; None where the address says nothing that is in DUE."""
    if due == "today":
        tomorrow = at.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), zone).astimezone(UTC)
    return at if due == "overdue" else None
