"""What a requester types to get to their page, and on it."""

import secrets

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length, Regexp, ValidationError

from supportdesk.forms import MESSAGE_LENGTH, Plain, PublicForm, address, lines, tidy
from supportdesk.tickets.references import read_reference

_ADDRESS = address(_("Enter your email address"), _("Enter an email address in full, such as name@example.com"))


def _digits(text: str | None) -> str:
    """A code as it was meant, however it is spaced."""
    return "".join(letter for letter in text or "" if letter not in " -\t\n\r\u00a0")[:20]


class AddressForm(PublicForm):
    email = EmailField(
        _("Your email address"),
        description=_("The one you wrote to us from."),
        filters=[tidy],
        validators=_ADDRESS,
        render_kw={"autocomplete": "email"},
    )


class CodeForm(PublicForm):
    code = StringField(
        _("Code"),
        description=_("6 digits. It may take a minute to come. Look in your spam folder too."),
        filters=[_digits],
        validators=[Regexp(r"[0-9]{6}\Z", message=_("Enter the 6 digits from our email"))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20},
    )


class NewLinkForm(AddressForm):
    reference = StringField(
        _("Your reference number"),
        description=_("It is in our first email, and looks like this: NC-7HK4-92QX"),
        filters=[tidy],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 40},
    )

    def validate_reference(self, field: StringField) -> None:
        if read_reference(field.data or "") is None:
            raise ValidationError(_("Enter the whole reference number, such as NC-7HK4-92QX"))

    @property
    def read(self) -> str:
        """The reference, as it was meant."""
        return read_reference(self.reference.data or "") or ""


class WriteForm(PublicForm):
    body = TextAreaField(
        _("Your message"),
        description=_("Please leave out medical details and passwords."),
        filters=[tidy],
        validators=lines(_("Enter your message"), MESSAGE_LENGTH),
        render_kw={"rows": 6, "dir": "auto"},
    )
    submission_key = HiddenField(filters=[lambda key: (key or "")[:64]])
    seen = HiddenField(filters=[lambda token: (token or "")[:2_000]])  # What they were shown before, by shown.py.

    @classmethod
    def fresh(cls, draft: str) -> "WriteForm":
        """The form with a new key, by which the desk knows it again however often it is sent."""
        return cls(formdata=None, data={"body": draft, "submission_key": secrets.token_urlsafe(16)})


class OpinionForm(PublicForm):
    """The buttons say yes or no; words may be added."""

    helped = HiddenField(validators=[AnyOf(["yes", "no"])])
    words = TextAreaField(
        _("Is there anything you want to tell us?"),
        description=_("You can leave this empty. Only our support team reads it."),
        filters=[tidy],
        validators=[Plain(), Length(max=500, message=_("Make this shorter: 500 characters at most"))],
        render_kw={"rows": 3, "dir": "auto", "maxlength": 500},
    )
