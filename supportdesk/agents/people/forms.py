"""What an admin types about a colleague; always with their own password, as it opens or closes the door to others."""

from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from supportdesk.access import Role
from supportdesk.agents.forms import OwnPasswordForm
from supportdesk.forms import NAME_LENGTH, address, line, tidy

_ROLES = [
    SelectChoice(Role.AGENT.value, "Agent: works the queue"),
    SelectChoice(Role.LEAD.value, "Lead: and reports, canned replies, removing passages"),
    SelectChoice(Role.ADMIN.value, "Admin: and people, setup, the audit"),
]


class AddForm(OwnPasswordForm):
    name = StringField(
        "Name",
        filters=[tidy],
        validators=line("Enter their name", NAME_LENGTH),
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        "Email address",
        filters=[tidy],
        validators=address("Enter their email address", "Enter an email address in full, such as dana@example.org"),
        render_kw={"autocomplete": "off"},
    )
    role = SelectField("Role", choices=_ROLES, default=Role.AGENT.value)


class RoleForm(OwnPasswordForm):
    role = SelectField("Role", choices=_ROLES)
