"""What an agent types to get in."""

from wtforms import EmailField, PasswordField, ValidationError
from wtforms.validators import DataRequired, Length

from supportdesk.agents import passwords
from supportdesk.forms import EMAIL_LENGTH, DeskForm, line, tidy


class SignInForm(DeskForm):
    email = EmailField(
        "Email address",
        filters=[tidy],
        validators=line("Enter your email address", EMAIL_LENGTH),
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        validators=[
            DataRequired("Enter your password"),
            Length(max=passwords.MOST, message=f"A password has {passwords.MOST} characters at most"),
        ],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(DeskForm):
    password = PasswordField(
        "New password",
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
    again = PasswordField("New password, once more", render_kw={"autocomplete": "new-password"})

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError("Type the same password twice")
