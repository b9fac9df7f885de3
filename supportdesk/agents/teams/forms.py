"""What an admin types about a team: its name, and who is in it."""

from collections.abc import Sequence

from wtforms import IntegerField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import HiddenInput

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.models import TEAM_LENGTH, Team
from supportdesk.forms import DeskForm, Ticks, line, tidy


class TeamForm(DeskForm):
    name = StringField(
        "Name of the team",
        description="What agents call it, such as Sign-in help.",
        filters=[tidy],
        validators=line("Enter a name for the team", TEAM_LENGTH),
        render_kw={"maxlength": TEAM_LENGTH, "autocomplete": "off"},
    )
    version = IntegerField(widget=HiddenInput())  # Of the team, as the page showed it.
    member_ids = Ticks("Members", coerce=int, validate_choice=False)

    def offer(self, agents: Sequence[Agent], team: Team | None = None) -> "TeamForm":
        """Everybody who is here, and whoever is in the team; those in it are ticked where nothing was sent."""
        members = list(team.members) if team else []
        gone = [agent for agent in members if not agent.is_active]
        self.member_ids.choices = [
            *(SelectChoice(agent.id, agent.name) for agent in agents),
            *(SelectChoice(agent.id, f"{agent.name} (deactivated)") for agent in gone),
        ]
        if not self.is_submitted():
            self.member_ids.data = [agent.id for agent in members]
            self.name.data = team.name if team else ""
            self.version.data = team.version if team else 0
        return self
