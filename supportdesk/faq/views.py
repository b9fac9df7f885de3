"""The help centre's pages: home, an article, search, and the two JSON answers other programs lean on."""

from functools import partial

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from supportdesk.access import ANYONE, may
from supportdesk.faq.articles import Article
from supportdesk.faq.guidance import advise_search
from supportdesk.faq.learning.noting import names_nobody, note_deflected, note_search, note_view
from supportdesk.faq.library import Library
from supportdesk.faq.linked_data import faq_page
from supportdesk.faq.search import SearchIndex, SearchResult
from supportdesk.kept import kept, remembered
from supportdesk.limits import limited

faq = may(ANYONE)(Blueprint("faq", __name__))

OFTEN_ASKED = ("forgot-password", "sign-up", "unsubscribe")  # Under the search box of the home page.


def library() -> Library:
    found: Library = current_app.extensions["shelf"].current()
    return found


def index() -> SearchIndex:
    found: SearchIndex = current_app.extensions["searcher"].current()
    return found


@faq.get("/")
def home() -> ResponseReturnValue:
    books = library()
    often = [article for slug in OFTEN_ASKED if (article := books.find(slug))]
    return kept("/", books, lambda: render_template("help/home.html", library=books, often_asked=often))


@faq.get("/articles/<slug>")
def article(slug: str) -> ResponseReturnValue:
    books = library()
    found = books.find(slug)
    if found is None:
        moved_to = books.resolve_alias(slug)
        if moved_to is None:
            abort(404)
        return redirect(url_for(".article", slug=moved_to), code=301)
    if request.args.get("from") == "check":  # The mark of a link that we showed to somebody who was writing to us.
        note_deflected(found.slug)
    note_view(found.slug)
    return kept(slug, books, lambda: _article_page(books, found))


def _article_page(books: Library, found: Article) -> str:
    return render_template(
        "help/article.html",
        article=found,
        body=books.html(found),
        category=books.category_of(found),
        related=books.related(found),
        linked_data=faq_page(books, [found]),
        clinic_articles=books.of_clinics,
    )


@faq.get("/search")
@limited("searches")
def search() -> ResponseReturnValue:
    query, exactly, searched = request.args.get("q", "").strip(), "exactly" in request.args, index()
    if names_nobody(query):  # Then the page is anybody's, and the next one who asks the same gets it too.
        make = partial(_answered, searched, query, exactly=exactly)
        found, page = remembered("searches", f"{exactly} {query}", searched, make)
    else:
        found, page = _answered(searched, query, exactly=exactly)
    note_search(found, request.remote_addr, request.user_agent.string)
    return page


def _answered(searched: SearchIndex, query: str, *, exactly: bool) -> tuple[SearchResult, str]:
    found = searched.search(query, exactly=exactly)
    page = render_template(
        "help/search.html",
        query=found.query,
        result=found,
        guidance=advise_search(searched, found),
        category_of=library().category_of,
    )
    return found, page


@faq.get("/search.json")
@limited("searches")
def search_json() -> Response:
    found = index().search(request.args.get("q", ""))
    results = [
        {
            **_link(hit.article),
            "summary": hit.article.summary,
            "handled_by": hit.article.handled_by,
            "score": round(hit.score, 4),
        }
        for hit in found.hits
    ]
    return jsonify(query=found.query, corrected=found.corrected, results=results)


@faq.get("/suggest.json")
@limited("searches")
def suggest_json() -> Response:
    return jsonify(suggestions=[_link(found) for found in index().suggest(request.args.get("q", ""))])


def _link(found: Article) -> dict[str, str]:
    return {"slug": found.slug, "title": found.title, "url": url_for(".article", slug=found.slug)}
