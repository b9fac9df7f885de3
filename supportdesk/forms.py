"""The base of every form: what any field refuses, in a sentence that says how to mend it."""

import re
import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, Form, SelectMultipleField
from wtforms.utils import unset_value
from wtforms.validators import DataRequired, Length, ValidationError

NAME_LENGTH = 100
EMAIL_LENGTH = 254  # RFC 5321, less the angle brackets.
SUBJECT_LENGTH = 150
MESSAGE_LENGTH = 20_000

_BLANK = {
    "\u115f",
    "\u1160",
    "\u2800",
    "\u3164",
    "\uffa0",
    "\U0001d159",
}  # Letters by their category that show nothing.
_LINE_BREAKS = {"\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"}


def tidy(text: str | None) -> str:
    """What was typed, with one kind of line break, and without what shows nothing at either end."""
    if text is None:
        return ""
    return text.replace("\r\n", "\n").strip(" \t\n\r")


def shows_something(text: str) -> bool:
    """Whether anything in `text` leaves ink: not only spaces, marks without a letter, and letters that are blank."""
    return any(letter not in _BLANK and unicodedata.category(letter)[0] not in "ZCM" for letter in text)


class SingleLine:
    """Refuses line breaks of every kind, as they could become another header of a mail."""

    def __call__(self, _form: Form, field: Field) -> None:
        if _LINE_BREAKS.intersection(field.data or ""):
            raise ValidationError(_("Write this on one line, without line breaks"))


class Plain:
    """Refuses control characters, which no keyboard types and no database keeps alike."""

    def __call__(self, _form: Form, field: Field) -> None:
        text = field.data or ""
        if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in text):
            raise ValidationError(_("Some characters here can’t be read. Please type it again instead of pasting it"))


class Shows:
    """Refuses what is empty to the eye."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        if not shows_something(field.data or ""):
            raise ValidationError(self.message)


class Address:
    """Refuses what a mail server would not take, and everything but one bare address."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        try:
            validate_email(field.data or "", check_deliverability=False, allow_smtputf8=False, strict=True)
        except EmailNotValidError:
            raise ValidationError(self.message) from None


def line(enter: Any, most: int) -> list[Any]:
    """The validators of a single line: `enter` is what to say when it is missing."""
    too_long = _("Make this shorter: %(most)s characters at most", most=f"{most:,}")
    return [DataRequired(enter), SingleLine(), Plain(), Shows(enter), Length(max=most, message=too_long)]


def lines(enter: Any, most: int) -> list[Any]:
    """The validators of a text of several lines."""
    too_long = _("Make this shorter: %(most)s characters at most", most=f"{most:,}")
    return [DataRequired(enter), Plain(), Shows(enter), Length(max=most, message=too_long)]


def address(enter: Any, wrong: Any) -> list[Any]:
    """The validators of an e-mail address that a mail server will take."""
    return [*line(enter, EMAIL_LENGTH), Address(wrong)]


class Ticks(SelectMultipleField):
    """Boxes to tick.  Each is a field of its own, `tag_ids-7`: a form gives one answer for each field, see web.py."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        if formdata:
            found = (re.fullmatch(rf"{self.name}-([0-9]{{1,9}})", name) for name in formdata)
            self.raw_data = [match[1] for match in found if match]
            self.data = [int(number) for number in self.raw_data]


class PublicForm(FlaskForm):  # type: ignore[misc]
    """A patient's form: no cookie and no token, so nothing on it can expire; web.py checks the origin."""

    class Meta:
        csrf = False


class DeskForm(FlaskForm):  # type: ignore[misc]
    """An agent's form: its token is bound to the agent's session."""

    def answers(self) -> dict[str, Any]:
        """What was typed, by field; the fields are named like the keywords of the service it feeds."""
        aside = {"csrf_token", "version"}
        return {name: value for name, value in self.data.items() if name not in aside}
