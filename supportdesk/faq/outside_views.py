"""How the help centre is found and read from outside: all questions on one page, and what programs ask a site for."""

from flask import Blueprint, Response, render_template

from supportdesk.access import ANYONE, may
from supportdesk.faq import one_page
from supportdesk.faq.library import Library
from supportdesk.faq.linked_data import faq_page
from supportdesk.faq.views import library
from supportdesk.kept import kept

outside = may(ANYONE)(Blueprint("outside", __name__))


@outside.get("/all")
def all_questions() -> Response:
    books = library()
    return kept("/all", books, lambda: _page_of_all(books))


def _page_of_all(books: Library) -> str:
    return render_template(
        "help/all.html",
        library=books,
        anchor=one_page.anchor,
        section=one_page.section,
        linked_data=faq_page(books, books.articles.values()),
    )


@outside.get("/sitemap.xml")
def sitemap() -> Response:
    books = library()
    newest = max((article.reviewed for article in books.articles.values()), default=None)
    page = "help/sitemap.xml"
    return kept("/sitemap.xml", books, lambda: render_template(page, library=books, newest=newest), "application/xml")


@outside.get("/robots.txt")
def robots() -> Response:
    return kept("/robots.txt", library(), lambda: render_template("help/robots.txt"), "text/plain")


@outside.get("/opensearch.xml")
def opensearch() -> Response:
    """So that a browser can offer to search here."""
    kind = "application/opensearchdescription+xml"
    return kept("/opensearch.xml", library(), lambda: render_template("help/opensearch.xml"), kind)
