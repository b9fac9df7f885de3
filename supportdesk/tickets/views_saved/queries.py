"""Which saved views an agent has: their own, and those that are shared."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from supportdesk.access import Role
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound
from supportdesk.tickets.views_saved.models import SavedView

MOST = 20  # Of one agent: more are not found again by their names.


def views_for(agent: Agent) -> Sequence[SavedView]:
    mine_or_ours = or_(SavedView.owner_id == agent.id, SavedView.is_shared)
    wanted = select(SavedView).where(mine_or_ours).order_by(SavedView.is_shared, SavedView.name, SavedView.id)
    return db.session.scalars(wanted.options(joinedload(SavedView.owner))).all()


def is_theirs(view: SavedView, agent: Agent) -> bool:
    """Whether they may remove it: their own, or a shared one where they are a lead."""
    return view.owner_id == agent.id or (view.is_shared and agent.role.includes(Role.LEAD))


def view_of(view_id: int, agent: Agent) -> SavedView:
    """One that the agent may remove.  Raises NotFound."""
    view = db.session.get(SavedView, view_id)
    if view is None or not is_theirs(view, agent):
        raise NotFound("There is no such view of theirs.")
    return view
