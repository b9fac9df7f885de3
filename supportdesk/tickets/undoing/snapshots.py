"""What of a ticket an act changes, as it was before, so that it can be put back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from supportdesk.tickets.models import Held, Outcome, Priority, Status, Ticket
from supportdesk.tickets.topics import Topic

State = Mapping[str, Any]
_MOMENTS = ("reply_due_at", "first_replied_at", "solved_at", "waits_until", "reply_since")


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """State only, as JSON: no words, and nothing of the requester."""
    moments = {name: at.astimezone(UTC).isoformat() if (at := getattr(ticket, name)) else None for name in _MOMENTS}
    return moments | {
        "status": ticket.status.value,
        "outcome": ticket.outcome.value if ticket.outcome else None,
        "priority": ticket.priority.value,
        "topic": ticket.topic.value,
        "assignee_id": ticket.assignee_id,
        "team_id": ticket.team_id,
        "held_because": ticket.held_because.value if ticket.held_because else None,
    }


def restore(ticket: Ticket, before: State) -> None:
    for name in _MOMENTS:
        setattr(ticket, name, datetime.fromisoformat(before[name]) if before.get(name) else None)
    ticket.status = Status(before["status"])
    ticket.outcome = Outcome(before["outcome"]) if before["outcome"] else None
    ticket.priority = Priority(before["priority"])
    ticket.topic = Topic(before["topic"])
    ticket.assignee_id = before["assignee_id"]
    ticket.team_id = before.get("team_id")  # What was kept before there were teams says nothing of one.
    if "held_because" in before:  # Nor did older ones say whether it was held for review.
        ticket.held_because = Held(before["held_because"]) if before["held_because"] else None
