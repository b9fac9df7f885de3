"""Any view of the queue as CSV: what the desk knows of its tickets, and no word of anybody's."""

from flask import Flask

from supportdesk.tickets.export import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.export)
