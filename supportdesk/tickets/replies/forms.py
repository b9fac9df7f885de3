"""What a lead types to change a canned reply."""

from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField, ValidationError

from supportdesk.forms import MESSAGE_LENGTH, DeskForm, line, lines, tidy
from supportdesk.tickets.replies.canned import GAPS, LONGEST_TITLE, CannedReply, name_of, unknown_gap
from supportdesk.tickets.topics import LABELS, Topic

_GAPS = ", ".join(f"{{{gap}}}" for gap in GAPS)


class CannedForm(DeskForm):
    """One box for each topic, as a form gives one answer for each field."""

    title = StringField("Title", filters=[tidy], validators=line("Enter a title", LONGEST_TITLE))
    body = TextAreaField(
        "Text",
        description=f"Filled in when it is inserted: {_GAPS}",
        filters=[tidy],
        validators=lines("Enter the text", MESSAGE_LENGTH),
        render_kw={"rows": 14},
    )
    version = HiddenField(default="0")

    def validate_title(self, field: StringField) -> None:
        if not name_of(field.data or ""):
            raise ValidationError("Write the title with letters or digits")

    def validate_body(self, field: TextAreaField) -> None:
        if gap := unknown_gap(field.data or ""):
            raise ValidationError(f"We can’t fill {gap}; the gaps are {_GAPS}")

    def ticks(self) -> list[Any]:
        """The boxes, by topic."""
        return [self[_box(topic)] for topic in Topic]

    def reply(self, name: str = "") -> CannedReply:
        """What was typed."""
        title = self.title.data or ""
        topics = tuple(topic.value for topic in Topic if self[_box(topic)].data)
        return CannedReply(name or name_of(title), title, topics, self.body.data or "")

    @property
    def seen(self) -> int:
        """The version of the page it was typed on."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004

    @classmethod
    def of(cls, reply: CannedReply, version: int) -> "CannedForm":
        boxes = {_box(topic): topic in reply.topics for topic in Topic}
        return cls(formdata=None, data={"title": reply.title, "body": reply.body, "version": str(version)} | boxes)


def _box(topic: Topic) -> str:
    return f"topic_{topic.name.lower()}"


for _topic in Topic:
    setattr(CannedForm, _box(_topic), BooleanField(LABELS[_topic]))
