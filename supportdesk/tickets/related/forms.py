"""Which request another one is linked to."""

from typing import Any

from wtforms import StringField
from wtforms.validators import ValidationError

from supportdesk.forms import line, tidy
from supportdesk.tickets.forms import TicketForm
from supportdesk.tickets.references import read_reference


class LinkForm(TicketForm):
    other = StringField(
        "Reference of the other request",
        filters=[tidy],
        validators=line("Enter a reference, such as NC-7HK4-92QX", 40),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def validate_other(self, field: Any) -> None:
        read = read_reference(field.data or "")
        if read is None:
            raise ValidationError("Enter the whole reference, such as NC-7HK4-92QX")
        field.data = read
