"""What a patient types about an article."""

import secrets

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, TextAreaField

from supportdesk.forms import PublicForm, lines, tidy

COMMENT_LENGTH = 500


class CommentForm(PublicForm):
    comment = TextAreaField(
        _("What was missing or not clear?"),
        description=_("Please leave out names, medical details and passwords. We can’t answer you here."),
        filters=[tidy],
        validators=lines(_("Enter your comment"), COMMENT_LENGTH),
        render_kw={"rows": 4, "dir": "auto", "maxlength": COMMENT_LENGTH},
    )
    submission_key = HiddenField(filters=[lambda key: (key or "")[:64]])

    @classmethod
    def fresh(cls) -> "CommentForm":
        """The form with a key, by which the desk knows it again however often it is sent."""
        return cls(formdata=None, data={"submission_key": secrets.token_urlsafe(16)})
