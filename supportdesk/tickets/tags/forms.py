"""What agents tick, and what leads type to make a tag."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from supportdesk.forms import DeskForm, Ticks, line, tidy
from supportdesk.tickets.forms import TicketForm
from supportdesk.tickets.tags.models import TAG_LENGTH, Tag


class TagsForm(TicketForm):
    """Which tags a ticket is to carry."""

    tag_ids = Ticks("Tags", coerce=int)

    def offer(self, every: Sequence[Tag], of_ticket: Sequence[Tag]) -> "TagsForm":
        """Every tag in use, and those that the ticket carries; they are ticked where nothing was sent."""
        carried = {tag.id for tag in of_ticket}
        offered = [tag for tag in every if tag.retired_at is None or tag.id in carried]
        self.tag_ids.choices = [SelectChoice(tag.id, tag.name) for tag in offered]
        if not self.is_submitted() or self.tag_ids.data is None or self.version.data is None:
            self.tag_ids.data = sorted(carried)
        return self


class NewTagForm(DeskForm):
    name = StringField(
        "New tag",
        description="A word or two of the desk’s own, such as browser-update. Never anything about a person.",
        filters=[tidy, lambda text: text.lower().replace(" ", "-")],
        validators=line("Enter a word for the tag", TAG_LENGTH),
        render_kw={"maxlength": TAG_LENGTH, "autocomplete": "off"},
    )

    def validate_name(self, field: Any) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", field.data):
            raise ValidationError("Use small letters, digits and hyphens, and begin with a letter")
