"""One act on many tickets of the queue: each by itself, reported one by one, and undone again."""

from flask import Flask

from supportdesk.tickets.bulk import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bulk)
