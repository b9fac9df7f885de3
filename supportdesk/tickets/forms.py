"""What comes in: the patient's request, and what agents do with a ticket."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.models import Team
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
from supportdesk.tickets import oversharing
from supportdesk.tickets.models import STATUS_NAMES, Message, Outcome, Priority, Status, Ticket
from supportdesk.tickets.replies.canned import is_name
from supportdesk.tickets.teams.holding import holder, holder_of
from supportdesk.tickets.topics import CLINIC_TOPICS, DESK_TOPICS, Topic


def choices(topics: tuple[Topic, ...], group: Any = None) -> list[SelectChoice]:
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
    seen = HiddenField()  # What the patient was shown before, sealed by shown.py.
    opened = HiddenField()  # When, sealed by opened.py.
    website = StringField(_("Leave this box empty"), render_kw={"tabindex": "-1", "autocomplete": "off"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic.choices = [
            SelectChoice("", str(_("Choose one"))),
            *choices(DESK_TOPICS, str(_("Your portal account"))),
            *choices(CLINIC_TOPICS, str(_("Questions for your clinic"))),
        ]
        self.submission_key.data = (self.submission_key.data or "")[:64]
        self.was_opened = self.seen.data is not None  # By our own page, and not by a program that fills fields in.
        for field in (self.seen, self.opened, self.website):
            field.data = (field.data or "")[:2_000]

    @classmethod
    def fresh(cls, topic: str) -> "RequestForm":
        """An empty form with a new key, by which the desk knows it again however often it is sent."""
        return cls(formdata=None, data={"topic": topic, "submission_key": secrets.token_urlsafe(16)})

    def validate_topic(self, field: SelectField) -> None:
        if field.data not in set(Topic):
            field.data = ""
            raise ValidationError(_("Choose what your message is about"))

    def words(self) -> tuple[str, str, str]:
        """What advice is given on: subject, message and topic."""
        return self.subject.data or "", self.message.data or "", self.topic.data or ""

    def answers(self) -> dict[str, str]:
        return {name: value or "" for name, value in self.data.items() if name not in {"seen", "opened", "website"}}


class TicketForm(DeskForm):
    """Any form about a ticket: it says which version of the ticket the agent was looking at."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired("Open the request again")])
    newest = HiddenField()  # The number of the newest message on the page.

    @property
    def seen_version(self) -> int:
        return self.version.data or 0

    def show(self, ticket: Ticket) -> None:
        """It stands on a page that shows the ticket as it is now."""
        self.version.data = ticket.version
        self.newest.data = str(max((message.id for message in ticket.messages), default=0))

    def arrived(self, ticket: Ticket) -> list[Message]:
        """The messages that came after the page was made which the agent had before them."""
        newest = self.newest.data or ""
        seen = int(newest) if re.fullmatch(r"[0-9]{1,15}", newest) else None
        return [message for message in ticket.messages if seen is not None and message.id > seen]

    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in super().answers().items() if name != "newest"}


class ReplyForm(TicketForm):
    body = TextAreaField(
        "Message",
        filters=[tidy],
        validators=lines("Enter your reply", MESSAGE_LENGTH),
        render_kw={"rows": 7, "dir": "auto"},
    )
    used = HiddenField()  # The names of canned replies that were inserted.
    onward = HiddenField()  # Of the button: empty, solve, or next.
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

    @property
    def used_names(self) -> list[str]:
        """What the page says was inserted; anything else that somebody put there is left out."""
        return list(dict.fromkeys(filter(is_name, (self.used.data or "")[:1000].split())))[:10]

    def insert(self, text: str, name: str = "") -> None:
        """Put a text below what is written so far; `name` is that of a canned reply."""
        self.body.data = "\n\n".join(filter(None, [self.body.data, text]))
        self.used.data = " ".join([*self.used_names, *([name] if name else [])])

    def answers(self) -> dict[str, Any]:
        answers = super().answers() | {"used": self.used_names}
        goes_to = answers.pop("onward")
        return answers | ({"then": Status.SOLVED} if goes_to == "solve" else {})


class NoteForm(TicketForm):
    body = TextAreaField(
        "Note for the team",
        description="Write @ and a name, such as @priya, and they see it in “Mentions me”.",
        filters=[tidy],
        validators=lines("Enter your note", MESSAGE_LENGTH),
        render_kw={"rows": 3, "dir": "auto"},
    )


class ActForm(TicketForm):
    """A button: take, re-open."""


class AddressForm(TicketForm):
    """Where our mail did not reach a patient who mistyped their address."""

    email = EmailField(
        "Right address",
        description="Only where you see the slip, or the patient told you on the phone.",
        filters=[tidy],
        validators=address("Enter the right address", "Enter it in full, such as name@example.com"),
        render_kw={"autocomplete": "off"},
    )


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


class RedactForm(TicketForm):
    """What to take out of a ticket for good."""

    passage = StringField(
        "Exact words to remove",
        description="Copy them from the message.",
        filters=[tidy],
        validators=lines("Enter the words to remove", SUBJECT_LENGTH),
        render_kw={"dir": "auto", "autocomplete": "off"},
    )
    kind = SelectField("What it is", coerce=oversharing.Kind)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(kind, kind.label) for kind in oversharing.Kind]


class DetailsForm(TicketForm):
    status = SelectField("Status", coerce=Status)
    priority = SelectField(
        "Priority",
        coerce=Priority,
        choices=[SelectChoice(level, level.value.capitalize()) for level in Priority],
    )
    topic = SelectField("Topic", coerce=Topic)
    assignee = SelectField("Assigned to", validate_choice=False)
    _held_by: str = ""
    _of_team: int | None = None

    @classmethod
    def of(cls, ticket: Ticket) -> "DetailsForm":
        """The form as the ticket stands."""
        shown = {name: getattr(ticket, name) for name in ("status", "priority", "topic")}
        return cls(formdata=None, data=shown | {"assignee": holder_of(ticket)})

    def offer(self, agents: Sequence[Agent], teams: Sequence[Team], me: Agent, ticket: Ticket) -> "DetailsForm":
        """Fill the choices: statuses and topics by their names, people and teams by theirs, who has it among them."""
        if ticket.assignee and ticket.assignee not in agents:
            agents = [*agents, ticket.assignee]
        if ticket.team and ticket.team not in teams:
            teams = [*teams, ticket.team]
        self._held_by, self._of_team = holder_of(ticket), ticket.team_id
        self.status.choices = [SelectChoice(status, STATUS_NAMES[status]) for status in Status]
        self.topic.choices = [
            *choices(DESK_TOPICS, "Portal account"),
            *choices(CLINIC_TOPICS, "Questions for the clinic"),
        ]
        people = "A colleague" if teams else None
        self.assignee.choices = [
            SelectChoice("", "No one"),
            *(
                SelectChoice(str(one.id), f"{one.name} (me)" if one is me else one.name_and_state, optgroup=people)
                for one in agents
            ),
            *(SelectChoice(f"team-{team.id}", _team_name(team), optgroup="A team") for team in teams),
        ]
        return self

    def validate_assignee(self, field: SelectField) -> None:
        if field.data not in {value for value, *_rest in self.assignee.iter_choices()}:
            field.data = self._held_by
            raise ValidationError("They are no longer here. Choose a colleague or a team")

    def answers(self) -> dict[str, Any]:
        answers = super().answers()
        return answers | holder(answers.pop("assignee"), self._of_team)


def _team_name(team: Team) -> str:
    return team.name if team.is_in_use else f"{team.name} (retired)"


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
        self.topic.choices = choices(CLINIC_TOPICS)
