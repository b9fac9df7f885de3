"""The note that may mention colleagues, and the button that watches."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField
from wtforms.validators import ValidationError

from supportdesk.agents.models import Agent
from supportdesk.tickets.forms import NoteForm, TicketForm
from supportdesk.tickets.mentions.names import mentioned


class MentioningForm(NoteForm):
    """A note; who is mentioned is read from its words."""

    def offer(self, agents: Sequence[Agent]) -> "MentioningForm":
        self.names = {agent.id: agent.name for agent in agents}
        return self

    def validate_body(self, field: Any) -> None:
        found = mentioned(field.data or "", self.names)
        if found.nobody:
            raise ValidationError(f"No colleague here is called @{found.nobody[0]}. Correct it, or leave out the @")
        if found.several:
            name = found.several[0]
            raise ValidationError(f"Several colleagues are called @{name}. Write the whole name: @{name}.lastname")

    def answers(self) -> dict[str, Any]:
        return super().answers() | {"mentioned": mentioned(self.body.data or "", self.names).ids}


class WatchForm(TicketForm):
    on = HiddenField()

    def answers(self) -> dict[str, Any]:
        return {"on": self.on.data == "yes"}
