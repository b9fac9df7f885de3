"""Which ticket is to become a part of another one, as the page showed it."""

import re
from typing import Any

from wtforms import HiddenField
from wtforms.validators import ValidationError

from supportdesk.tickets.forms import TicketForm
from supportdesk.tickets.references import read_reference


class PartForm(TicketForm):
    other = HiddenField()

    def validate_other(self, field: Any) -> None:
        read = read_reference(field.data or "")
        if read is None:
            raise ValidationError("Choose a request")
        field.data = read


class MergeForm(PartForm):
    other_version = HiddenField()

    def validate_other_version(self, field: Any) -> None:
        if not re.fullmatch(r"[0-9]{1,9}", field.data or ""):
            raise ValidationError("Open the request again")

    def answers(self) -> dict[str, Any]:
        return super().answers() | {"other_version": int(self.other_version.data or 0)}
