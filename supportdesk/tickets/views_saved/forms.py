"""The name of a view, and who is to have it."""

from wtforms import BooleanField, StringField

from supportdesk.forms import DeskForm, line, tidy
from supportdesk.tickets.views_saved.models import VIEW_NAME_LENGTH


class ViewForm(DeskForm):
    name = StringField(
        "Name of the view",
        filters=[tidy],
        validators=line("Enter a name", VIEW_NAME_LENGTH),
        render_kw={"maxlength": VIEW_NAME_LENGTH, "autocomplete": "off"},
    )
    shared = BooleanField("For everybody here")
