"""Saving a view under a name, and removing it."""

from collections.abc import Mapping

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets.views_saved.models import SavedView
from supportdesk.tickets.views_saved.queries import view_of, views_for


def save_view(agent: Agent, name: str, filters: Mapping[str, str], *, shared: bool) -> SavedView:
    """Under a name that the agent has already, it takes the place of that one."""
    mine = (view for view in views_for(agent) if view.owner_id == agent.id and view.name.casefold() == name.casefold())
    view = next(mine, None) or SavedView(owner_id=agent.id, created_at=clock.now())
    view.name, view.filters, view.is_shared = name, dict(filters), shared
    db.session.add(view)
    db.session.commit()
    return view


def remove_view(agent: Agent, view_id: int) -> None:
    """Raises NotFound where it is not theirs to remove."""
    db.session.delete(view_of(view_id, agent))
    db.session.commit()
