"""Reading what was done to many tickets."""

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound
from supportdesk.tickets.bulk.models import BulkAct


def bulk_act(bulk_id: int, agent: Agent) -> BulkAct:
    """One of the agent's own.  Raises NotFound."""
    found = db.session.get(BulkAct, bulk_id)
    if found is None or found.agent_id != agent.id:
        raise NotFound("There is nothing of the kind.")
    return found
