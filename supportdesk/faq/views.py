"""The help centre's pages: home, an article, search, and the two JSON answers other programs lean on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote_plus

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
from markupsafe import Markup, escape

from supportdesk.access import ANYONE, may
from supportdesk.faq.articles import Article
from supportdesk.faq.guidance import Emergency, advise_search, emergency_in
from supportdesk.faq.learning.noting import names_nobody, note_answered, note_deflected, note_search, note_view
from supportdesk.faq.library import Library
from supportdesk.faq.linked_data import faq_page
from supportdesk.faq.search import SearchIndex
from supportdesk.faq.search.queries import clean
from supportdesk.front import hand_out_again, hidden
from supportdesk.kept import HOLE, framed, kept, remembered
from supportdesk.limits import limited

faq = may(ANYONE)(Blueprint("faq", __name__))

_MOST_SUGGESTIONS = 5000  # Of some hundred letters each.
OFTEN_ASKED = ("forgot-password", "sign-up", "unsubscribe")  # Under the search box of the home page.


def library() -> Library:
    found: Library = current_app.extensions["shelf"].current()
    return found


def index() -> SearchIndex:
    found: SearchIndex = current_app.extensions["searcher"].current()
    return found


def _is_current(books: Library) -> Callable[[], bool]:
    """Tells whether these are still the articles we have; outside of a request, too."""
    shelf = current_app.extensions["shelf"]
    return lambda: shelf.current() is books


@faq.get("/")
def home() -> ResponseReturnValue:
    books = library()
    often = [article for slug in OFTEN_ASKED if (article := books.find(slug))]
    page = partial(render_template, "help/home.html", library=books, often_asked=often)
    return kept("/", books, page, is_current=_is_current(books))


@faq.get("/articles/<slug>")
def article(slug: str) -> ResponseReturnValue:
    books = library()
    found = books.find(slug)
    if found is None:
        moved_to = books.resolve_alias(slug)
        if moved_to is None:
            abort(404)
        return redirect(url_for(".article", slug=moved_to), code=301)
    # The mark of a link that we showed to somebody who was writing to us.
    each_time = partial(_note_opened, found.slug, is_deflected=request.args.get("from") == "check")
    each_time()
    return kept(slug, books, partial(_article_page, books, found), is_current=_is_current(books), each_time=each_time)


def _note_opened(slug: str, *, is_deflected: bool) -> None:
    note_view(slug)
    if is_deflected:
        note_deflected(slug)


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
def search() -> ResponseReturnValue:
    """Limited is how often we have to look; what is remembered costs no more than any page."""
    query, exactly, searched = clean(request.args.get("q", "")), "exactly" in request.args, index()
    make = limited("searches")(partial(_answer, searched, query, exactly=exactly))
    name = hidden(f"{exactly} {query}")
    found = remembered("answers", name, searched, make, minutely=False, is_kept=lambda answer: answer.is_anybodys)
    note_search(query, request.remote_addr, request.user_agent.string, fits=found.fits)
    if found.is_anybodys and found.fits:  # Of others it is counted who asked.
        searcher = current_app.extensions["searcher"]
        hand_out_again(lambda: searcher.current() is searched, note_answered)
    frame = partial(render_template, "help/search.html", state=found.state, hole=HOLE)
    return framed(f"search {found.state}", searched, frame, escape(query), found.to(query))


@dataclass(frozen=True, slots=True, repr=False)
class _Answer:
    """To a search, as it stands on the page, but for the words that were typed."""

    state: str  # Of the page: "found", "nothing" or, where nothing was asked, "empty".
    fits: bool
    html: str  # With the marks below where the words go.
    is_anybodys: bool  # What stands in it names nobody.

    def to(self, query: str) -> Markup:
        """For whoever typed this."""
        return Markup(self.html.replace(_TYPED_IN_ADDRESS, quote_plus(query)).replace(HOLE, escape(query)))  # noqa: S704


_TYPED_IN_ADDRESS = Markup("\0\0")


def _answer(searched: SearchIndex, query: str, *, exactly: bool) -> _Answer:
    found = searched.search(query, exactly=exactly)
    html = render_template(
        "help/search-answer.html",
        typed=HOLE,
        typed_in_address=_TYPED_IN_ADDRESS,
        result=found,
        guidance=advise_search(searched, found),
        category_of=library().category_of,
    )
    state = "found" if found.hits else "nothing" if found.query else "empty"
    return _Answer(state, found.fits, html, names_nobody(query, found.corrected))


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
def suggest_json() -> Response:
    """Asked at every letter, and the answer holds none of them: so it is kept for everybody who types the same."""
    typed, searched = clean(request.args.get("q", "")), index()
    make = limited("searches")(partial(_suggestions, searched, typed))
    found = remembered("suggestions", hidden(typed), searched, make, minutely=False, most=_MOST_SUGGESTIONS)
    return Response(found, mimetype="application/json")


def _suggestions(searched: SearchIndex, typed: str) -> str:
    """Whoever may be in danger is offered nothing to read, but whom to call; their search leads to the whole card."""
    emergency = emergency_in(searched, typed)
    articles = [] if emergency else [_link(found) for found in searched.suggest(typed)]
    return jsonify(emergency=emergency and _in_a_line(emergency), suggestions=articles).get_data(as_text=True)


def _in_a_line(emergency: Emergency) -> str:
    """“Call 911. This may be an emergency”."""
    return f"{' · '.join(call.label for call in emergency.calls)}. {emergency.heading}"


def _link(found: Article) -> dict[str, str]:
    return {"slug": found.slug, "title": found.title, "url": url_for(".article", slug=found.slug)}
