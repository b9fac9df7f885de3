"""The requester's own page: a link in our mail, a code that proves the address, the conversation behind both."""

from flask import Flask

from supportdesk.tickets.own_page import door, views


def init_app(app: Flask) -> None:
    app.extensions["nobody"] = door.nobody(app.extensions["keyring"])
    app.register_blueprint(views.own_page)
