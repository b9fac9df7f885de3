"""The help centre: articles from Markdown files, and the search over them.  Knows no tickets and no agents."""

import gc
from contextlib import suppress
from zoneinfo import ZoneInfo

from flask import Flask

from supportdesk import clock
from supportdesk.exceptions import SupportDeskError
from supportdesk.faq import checks, cli, helpful, inside, learning, outside_views, views
from supportdesk.faq.judging import judges
from supportdesk.faq.library import Shelf
from supportdesk.faq.search import Searcher, meaning


def init_app(app: Flask) -> None:
    """Nothing is read yet: the first page that needs an article reads them all."""
    data = app.config["DATA_FOLDER"]
    zone = ZoneInfo(app.config["TIMEZONE"])
    content = app.config["CONTENT_FOLDER"]
    shelf = Shelf(
        content / "faq",
        data / "last-good",
        today=lambda: clock.now().astimezone(zone).date(),
        content=content,
    )
    app.extensions["shelf"] = shelf
    load_model = meaning.model if app.config["SEARCH_BY_MEANING"] == "auto" else meaning.no_model
    app.extensions["searcher"] = Searcher(
        shelf, data / "index", load_model, judge=lambda library: judges.learned(library.lessons, data / "judges")
    )
    app.register_blueprint(views.faq)
    app.register_blueprint(outside_views.outside)
    app.cli.add_command(cli.faq)
    checks.init_app(app)
    learning.init_app(app)
    helpful.init_app(app)
    inside.init_app(app)


def warm_up(app: Flask) -> None:
    """Read the articles and open their index before the first visitor comes.  What is broken, the pages say.

    For a process that serves: what it has made by then stays, and the collector need not look through all of it again
    while somebody waits; with ten thousand articles it took a sixth of a second each time.
    """
    with app.app_context(), suppress(SupportDeskError, OSError):
        app.extensions["searcher"].current()
    gc.collect()
    gc.freeze()
