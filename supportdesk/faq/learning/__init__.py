"""Learning from searches without watching anyone.

docs/confidentiality.md says what is counted, what is kept, when, and what never.
"""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from flask import Flask

from supportdesk import clock
from supportdesk.faq.learning import services, views
from supportdesk.faq.learning.notebook import Notebook, Notes


def init_app(app: Flask) -> None:
    app.register_blueprint(views.learning)
    if seconds := app.config["SEARCH_COUNT_SECONDS"]:
        app.extensions["search notebook"] = Notebook(seconds, today=_today_in(app), write=_writing_in(app))


def _today_in(app: Flask) -> Callable[[], date]:
    zone = ZoneInfo(app.config["TIMEZONE"])
    return lambda: clock.now().astimezone(zone).date()


def _writing_in(app: Flask) -> Callable[[Notes, date], None]:
    def write(notes: Notes, today: date) -> None:
        with app.app_context():
            services.write_down(notes, today)

    return write
