"""What `flask doctor` and /readyz ask about the articles and their index."""

from collections.abc import Iterable

from flask import Flask, current_app

from supportdesk.exceptions import SupportDeskError
from supportdesk.faq.library import Shelf
from supportdesk.health import Finding, add_check


def init_app(app: Flask) -> None:
    add_check(app, "articles", _articles)
    add_check(app, "index", _index)
    add_check(app, "content", _content)


def _articles() -> Iterable[Finding]:
    shelf: Shelf = current_app.extensions["shelf"]
    try:
        articles = shelf.current().articles
    except SupportDeskError as error:
        yield Finding(str(error), "Put the content folder back.", stops_us=True)
        return
    if not articles:
        yield Finding("none could be read;", "see “flask --app wsgi faq check”", stops_us=True)
    elif shelf.is_cut_off:
        yield Finding(
            "Not one article in the content folder can be read; what is shown are copies of earlier ones.",
            "Put the content folder back; “flask --app wsgi faq check” names every file.",
            stops_us=True,
        )


def _index() -> Iterable[Finding]:
    try:
        current_app.extensions["searcher"].current()
    except (SupportDeskError, OSError) as error:
        yield Finding(f"Search can’t be used ({type(error).__name__}).", "Look at the articles’ line.", stops_us=True)


def _content() -> Iterable[Finding]:
    shelf: Shelf = current_app.extensions["shelf"]
    try:
        shelf.current()
    except SupportDeskError:  # The articles' line says so.
        return
    problems = shelf.problems
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        yield Finding(f"{problems[0]}{more}.", "“flask --app wsgi faq check” names them all.")
