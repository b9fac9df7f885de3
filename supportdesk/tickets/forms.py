"""What comes in: the patient's request, and what agents do with a ticket."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from supportdesk.agents.models import Agent
from supportdesk.forms import (
    MESSAGE_LENGTH,
    NAME_LENGTH,
    SUBJECT_LENGTH,
    DeskForm,
    PublicForm,
    address,
    line,
    lines,
    tidy,
)
from supportdesk.tickets.models import STATUS_NAMES, Outcome, Priority, Status, Ticket
from supportdesk.tickets.topics import CLINIC_TOPICS, DESK_TOPICS, Topic


def _choices(topics: tuple[Topic, ...], group: Any = None) -> list[SelectChoice]:
    return [SelectChoice(topic.value, topic.label, optgroup=group) for topic in topics]


class RequestForm(PublicForm):
    """A patient's message.  The fields are the keywords of `intake.open_ticket`."""

    name = StringField(
        _("Your name"),
        filters=[tidy],
        validators=line(_("Enter your name"), NAME_LENGTH),
        render_kw={"autocomplete": "name", "maxlength": NAME_LENGTH},
    )
    email = EmailField(
        _("Your email address"),
        description=_("We will reply to this address."),
        filters=[tidy],
        validators=address(
            _("Enter your email address, so that we can reply"),
            _("Enter an email address in full, such as name@example.com"),
        ),
        render_kw={"autocomplete": "email"},
    )
    topic = SelectField(
        _("What is it about?"),
        validate_choice=False,
        validators=[InputRequired(_("Choose what your message is about"))],
    )
    subject = StringField(
        _("Subject"),
        description=_("A few words, such as: I did not get my invitation"),
        filters=[tidy],
        validators=line(_("Enter a subject"), SUBJECT_LENGTH),
    )
    message = TextAreaField(
        _("Your message"),
        description=_("Tell us what you tried and what you saw on the screen."),
        filters=[tidy],
        validators=lines(_("Enter your message"), MESSAGE_LENGTH),
        render_kw={"rows": 7},
    )
    submission_key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic.choices = [
            SelectChoice("", str(_("Choose one"))),
            *_choices(DESK_TOPICS, str(_("Your portal account"))),
            *_choices(CLINIC_TOPICS, str(_("Questions for your clinic"))),
        ]
        self.submission_key.data = (self.submission_key.data or "")[:64]

    @classmethod
    def fresh(cls, topic: str) -> "RequestForm":
        """An empty form with a new key, by which the desk knows it again however often it is sent."""
        return cls(formdata=None, data={"topic": topic, "submission_key": secrets.token_urlsafe(16)})

    def validate_topic(self, field: SelectField) -> None:
        if field.data not in set(Topic):
            field.data = ""
            raise ValidationError(_("Choose what your message is about"))

    def answers(self) -> dict[str, str]:
        return {name: value or "" for name, value in self.data.items()}


class TicketForm(DeskForm):
    """Any form about a ticket: it says which version of the ticket the agent was looking at."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired("Open the request again")])

    @property
    def seen_version(self) -> int:
        return self.version.data or 0


class ReplyForm(TicketForm):
    body = TextAreaField(
        "Message",
        filters=[tidy],
        validators=lines("Enter your reply", MESSAGE_LENGTH),
        render_kw={"rows": 7, "dir": "auto"},
    )
    then = SelectField(
        "After sending, set status to",
        coerce=Status,
        default=Status.PENDING,
        choices=[
            SelectChoice(Status.PENDING, "Waiting on patient"),
            SelectChoice(Status.OPEN, "Open"),
            SelectChoice(Status.SOLVED, "Solved"),
        ],
    )


class NoteForm(TicketForm):
    body = TextAreaField(
        "Note for the team",
        filters=[tidy],
        validators=lines("Enter your note", MESSAGE_LENGTH),
        render_kw={"rows": 3, "dir": "auto"},
    )


class ActForm(TicketForm):
    """A button: take, re-open."""


class SolveForm(TicketForm):
    outcome = SelectField(
        "Outcome",
        coerce=Outcome,
        default=Outcome.ANSWERED,
        choices=[
            SelectChoice(Outcome.ANSWERED, "Answered"),
            SelectChoice(Outcome.DUPLICATE, "Duplicate"),
            SelectChoice(Outcome.SPAM, "Spam"),
        ],
    )


class DetailsForm(TicketForm):
    status = SelectField("Status", coerce=Status)
    priority = SelectField(
        "Priority",
        coerce=Priority,
        choices=[SelectChoice(level, level.value.capitalize()) for level in Priority],
    )
    topic = SelectField("Topic", coerce=Topic)
    assignee = SelectField("Assigned to")

    @classmethod
    def of(cls, ticket: Ticket) -> "DetailsForm":
        """The form as the ticket stands."""
        shown = {name: getattr(ticket, name) for name in ("status", "priority", "topic")}
        return cls(formdata=None, data=shown | {"assignee": str(ticket.assignee_id or "")})

    def offer(self, agents: Sequence[Agent], me: Agent, ticket: Ticket) -> "DetailsForm":
        """Fill the choices: statuses and topics by their names, agents by theirs, whoever has it now among them."""
        if ticket.assignee and ticket.assignee not in agents:
            agents = [*agents, ticket.assignee]
        self.status.choices = [SelectChoice(status, STATUS_NAMES[status]) for status in Status]
        self.topic.choices = [
            *_choices(DESK_TOPICS, "Portal account"),
            *_choices(CLINIC_TOPICS, "Questions for the clinic"),
        ]
        self.assignee.choices = [SelectChoice("", "No one")] + [
            SelectChoice(str(agent.id), f"{agent.name} (me)" if agent.id == me.id else agent.name) for agent in agents
        ]
        return self

    def answers(self) -> dict[str, Any]:
        answers = super().answers()
        assignee = answers.pop("assignee")
        return answers | {"assignee_id": int(assignee) if assignee else None}


class ClinicForm(TicketForm):
    topic = SelectField("Topic for the clinic", coerce=Topic)
    body = TextAreaField(
        "Message",
        filters=[tidy],
        validators=lines("Enter the note", MESSAGE_LENGTH),
        render_kw={"rows": 12, "dir": "auto"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic.choices = _choices(CLINIC_TOPICS)
