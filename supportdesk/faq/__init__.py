"""The help centre: articles from Markdown files, and the search over them.  Knows no tickets and no agents."""

from zoneinfo import ZoneInfo

from flask import Flask

from supportdesk import clock
from supportdesk.faq import cli, learning, outside_views, views
from supportdesk.faq.library import Shelf
from supportdesk.faq.search import Searcher, meaning


def init_app(app: Flask) -> None:
    """Nothing is read yet: the first page that needs an article reads them all."""
    data = app.config["DATA_FOLDER"]
    zone = ZoneInfo(app.config["TIMEZONE"])
    shelf = Shelf(
        app.config["CONTENT_FOLDER"] / "faq", data / "last-good", today=lambda: clock.now().astimezone(zone).date()
    )
    app.extensions["shelf"] = shelf
    load_model = meaning.model if app.config["SEARCH_BY_MEANING"] == "auto" else meaning.no_model
    app.extensions["searcher"] = Searcher(shelf, data / "index", load_model)
    app.register_blueprint(views.faq)
    app.register_blueprint(outside_views.outside)
    app.cli.add_command(cli.faq)
    learning.init_app(app)
