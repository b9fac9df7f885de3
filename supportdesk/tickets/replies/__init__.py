"""What helps an agent answer: canned replies and articles to insert into what they write; and leads edit the former."""

from flask import Flask

from supportdesk.tickets.replies import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.replies)
