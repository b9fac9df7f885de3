"""Which message becomes a request of its own, and what that one is about."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import ValidationError

from supportdesk.forms import SUBJECT_LENGTH, line, tidy
from supportdesk.opening import short_moment
from supportdesk.tickets.forms import TicketForm, choices
from supportdesk.tickets.models import Kind, Message, Ticket
from supportdesk.tickets.topics import CLINIC_TOPICS, DESK_TOPICS, Topic


class SplitForm(TicketForm):
    message_id = SelectField("Message to split off", coerce=int, validate_choice=False)
    subject = StringField(
        "Subject of the new request",
        filters=[tidy],
        validators=line("Enter a subject", SUBJECT_LENGTH),
        render_kw={"maxlength": SUBJECT_LENGTH, "dir": "auto", "autocomplete": "off"},
    )
    topic = SelectField("Topic of the new request", coerce=Topic)

    def offer(self, ticket: Ticket, messages: Sequence[Message]) -> "SplitForm":
        """Every message of the patient's that can be read, by when it came; the newest stands first."""
        theirs = [message for message in messages if message.kind is Kind.REQUEST and message.opens]
        self.message_id.choices = [
            SelectChoice(message.id, f"Of {short_moment(message.created_at)}") for message in reversed(theirs)
        ]
        self.topic.choices = [
            *choices(DESK_TOPICS, "Portal account"),
            *choices(CLINIC_TOPICS, "Questions for the clinic"),
        ]
        if self.topic.data is None and not self.topic.raw_data:
            self.topic.data = ticket.topic
        return self

    @property
    def can_split(self) -> bool:
        """Of two messages one can go; of one, nothing would be left that the new request does not say."""
        return len(self.message_id.choices or ()) > 1

    def validate_message_id(self, field: Any) -> None:
        if not self.can_split:
            field.errors.clear()
            raise ValidationError(
                "This request has only one message of the patient’s, so there is nothing to split off"
            )
        if field.data not in {choice.value for choice in field.choices}:
            field.errors.clear()
            raise ValidationError("Choose a message of the patient’s")
