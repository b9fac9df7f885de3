"""“Why this deadline?”"""

from flask import Blueprint

from supportdesk import audit
from supportdesk.access import Role, may
from supportdesk.opening import hours, why_closed
from supportdesk.tickets.clocks.arithmetic import steps
from supportdesk.tickets.clocks.targets import targets
from supportdesk.tickets.desk_pages import page
from supportdesk.tickets.queries import ticket_for_agent

clocks = may(Role.AGENT)(Blueprint("clocks", __name__, url_prefix="/desk"))


@clocks.get("/tickets/<reference>/deadline")
def why(reference: str) -> str:
    """The arithmetic, step by step, from when the clock began to when the reply is due."""
    found = ticket_for_agent(reference)
    audit.note(audit.What.LOOKED, found.reference, "deadline")
    target = targets().target(found.priority, found.topic)
    minutes = target.further if found.first_replied_at else target.first
    counted = list(steps(hours(), found.reply_since, minutes)) if found.reply_since and found.reply_due_at else []
    agrees = bool(counted) and counted[-1].counts and counted[-1].counts[-1][1] == found.reply_due_at
    return page(
        "desk/deadline.html",
        ticket=found,
        target=target,
        minutes=minutes,
        steps=counted,
        agrees=agrees,
        why_closed=why_closed,
    )
