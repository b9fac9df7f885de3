"""The smallest Flask application: one page of a given size, to measure the desk against."""

from flask import Flask


def create_app(size):
    app = Flask(__name__)
    page = "x" * size

    @app.get("/")
    def home():
        return page

    return app
