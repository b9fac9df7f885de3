"""Who has a ticket, as forms and the bulk bar say it: `7` an agent, `team-3` a team until one of them takes it."""

from supportdesk.tickets.models import Ticket


def holder_of(ticket: Ticket) -> str:
    """Empty where it is no one's."""
    return str(ticket.assignee_id or (f"team-{ticket.team_id}" if ticket.team_id else ""))


def holder(said: str, team_id: int | None) -> dict[str, int | None]:
    """The keywords of `change_details`.  A ticket of the team `team_id` keeps that where somebody is to have it."""
    if said.startswith("team-"):
        return {"assignee_id": None, "team_id": int(said.removeprefix("team-"))}
    return {"assignee_id": int(said), "team_id": team_id} if said else {"assignee_id": None, "team_id": None}
