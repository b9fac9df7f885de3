"""What an agent types to get in, and to change what lets them in."""

from collections.abc import Sequence

from wtforms import EmailField, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from supportdesk.agents import passwords
from supportdesk.agents.guessable import is_easily_guessed
from supportdesk.forms import EMAIL_LENGTH, DeskForm, line, tidy

CODE_LENGTH = 60  # Of what is typed; a recovery code with spaces is far shorter.


def _password(enter: str) -> PasswordField:
    return PasswordField(
        "Password",
        filters=[passwords.spelled],
        validators=[
            DataRequired(enter),
            Length(max=passwords.MOST, message=f"A password has {passwords.MOST} characters at most"),
        ],
        render_kw={"autocomplete": "current-password"},
    )


def _code(label: str, enter: str) -> StringField:
    return StringField(
        label,
        filters=[tidy],
        validators=line(enter, CODE_LENGTH),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"},
    )


class SignInForm(DeskForm):
    email = EmailField(
        "Email address",
        filters=[tidy],
        validators=line("Enter your email address", EMAIL_LENGTH),
        render_kw={"autocomplete": "username"},
    )
    password = _password("Enter your password")


class CodeForm(DeskForm):
    code = _code("Code", "Enter the code")


class SetUpForm(DeskForm):
    """`secret` is what the picture shows, sealed: nothing is stored before a phone has proved that it knows it."""

    secret = HiddenField()
    code = _code("Code that your phone shows now", "Enter the six digits that your phone shows")


class OwnPasswordForm(DeskForm):
    """Asked again, before something is changed that opens the door."""

    password = _password("Enter your password")


class PasswordForm(DeskForm):
    """A new password.  `current` is asked of whoever chose the one before; a one-time password was typed just now."""

    about: Sequence[str] = ()  # The agent and the desk: their names make no password.
    current = PasswordField(
        "Password you have now",
        filters=[passwords.spelled],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        filters=[passwords.spelled],
        description=f"{passwords.LEAST} characters or more. A few words in a row are good.",
        validators=[
            DataRequired("Enter a new password"),
            Length(
                passwords.LEAST,
                passwords.MOST,
                f"Make it {passwords.LEAST} characters or more, and {passwords.MOST} at most",
            ),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "New password, once more",
        filters=[passwords.spelled],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_password(self, field: PasswordField) -> None:
        if not field.errors and is_easily_guessed(field.data or "", self.about):
            raise ValidationError(
                "This can be guessed: it is a common password, or made of words about you or this desk. Choose another"
            )

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError("Type the same password twice")
