"""What stands around every page of the agents', and the blueprint they are all on."""

from typing import Any

from flask import Blueprint, render_template

from supportdesk import clock
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.agents.teams.queries import teams_of
from supportdesk.opening import hours
from supportdesk.tickets import queries, sla, wording
from supportdesk.tickets.mentions.queries import watched_with_news
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.undoing.queries import unsent_replies
from supportdesk.tickets.views_saved.queries import views_for

desk = may(Role.AGENT)(Blueprint("desk", __name__, url_prefix="/desk"))


def page(template: str, **context: Any) -> str:
    return render_template(template, wording=wording, **context)


@desk.app_template_global()
def badge(found: Ticket) -> sla.Badge:
    return sla.badge(hours(), found.reply_due_at, clock.now(), is_over=found.is_over)


@desk.app_template_global()
def promised(found: Ticket) -> sla.Badge:
    """How the promise of a first reply shows: “late” by so much where it came later, or is late by now."""
    return sla.badge(hours(), found.first_reply_due_at, found.first_replied_at or clock.now(), is_over=False)


@desk.app_template_global()
def frame() -> dict[str, Any]:
    """What stands around every page of the desk."""
    teams = teams_of(auth.current_agent())
    return {
        "counts": queries.view_counts(auth.current_agent()),
        "news": watched_with_news(auth.current_agent(), queries.MANY),
        "saved": views_for(auth.current_agent()),
        "teams": teams,
        "views": [view for view in wording.VIEW_NAMES if teams or view[0] != "teams"],
        "now": clock.now(),
        "unsent": unsent_replies(auth.current_agent(), clock.now()),
    }
