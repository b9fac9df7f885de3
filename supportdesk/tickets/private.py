"""The kinds of private words that a message should not hold, and what people call them."""

from enum import StrEnum

from flask_babel import lazy_gettext as _


class Kind(StrEnum):
    SSN = "ssn"
    CARD = "card"
    BIRTH_DATE = "birth-date"
    PASSWORD = "password"  # noqa: S105  The name of a kind.
    RECORD_NUMBER = "record-number"
    OTHER = "other"  # Found by nobody but an agent.

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Kind.SSN: _("Social Security number"),
    Kind.CARD: _("card number"),
    Kind.BIRTH_DATE: _("date of birth"),
    Kind.PASSWORD: _("password"),
    Kind.RECORD_NUMBER: _("medical record number"),
    Kind.OTHER: _("private passage"),
}
