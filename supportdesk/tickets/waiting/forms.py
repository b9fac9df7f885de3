"""Until which day a ticket is to rest."""

from datetime import date, timedelta
from typing import Any

from wtforms import DateField
from wtforms.validators import InputRequired, ValidationError

from supportdesk.tickets.forms import TicketForm

LONGEST = timedelta(days=366)


class WaitForm(TicketForm):
    day = DateField("Comes back on", validators=[InputRequired("Choose a day")])

    def offer(self, today: date) -> "WaitForm":
        """Any day after `today`, for a year; a week from now where nothing was chosen."""
        self.today = today
        self.day.render_kw = {"min": str(today + timedelta(days=1)), "max": str(today + LONGEST)}
        if self.day.data is None and not self.day.raw_data:
            self.day.data = today + timedelta(days=7)
        return self

    def validate_day(self, field: Any) -> None:
        if field.data is None or not self.today < field.data <= self.today + LONGEST:
            field.errors.clear()  # What WTForms says of no date is no cure.
            raise ValidationError("Choose a day after today, and within a year")
