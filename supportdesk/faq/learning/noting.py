"""What pages tell us of searches and articles, noted for the writing thread: quickly, never failing a page."""

from urllib.parse import urlsplit

from flask import current_app, url_for

from supportdesk.faq.learning.models import Counted
from supportdesk.faq.learning.notebook import Asking, Notebook, Vote
from supportdesk.faq.learning.visitors import visitor
from supportdesk.faq.learning.words import keepable
from supportdesk.faq.search.analysis import FILLER, stem
from supportdesk.faq.search.ordinary import ordinary_words

LEFT = "left:"  # The page before sending was left, and nothing sent.
PORTAL = "portal:"  # The patient went to the portal, to write to their clinic.

_RANKS = {str(rank) for rank in range(1, 11)}  # As many as a page of results holds.


def names_nobody(query: str, meant: str | None = None) -> bool:
    """Whether the search, or what we took it for, could be anybody's: ordinary words, no number, no name."""
    return keepable(query, _is_ordinary, meant) is not None


def note_search(query: str, address: str | None, browser: str, *, fits: bool) -> None:
    """A search was answered, or not.  Its words are compared with others' only where no article answers them."""
    if not query:
        return
    _note(Counted.SEARCH)
    if not fits:
        words = keepable(query, _is_ordinary)
        _note(Counted.NO_ANSWER, asking=Asking(words, visitor(address, browser)) if words else None)


def note_answered() -> None:
    """A search was answered well, once more."""
    _note(Counted.SEARCH)


def note_click(rank: str) -> None:
    """The result at this rank was opened; a rank that no page has is not counted."""
    if rank in _RANKS:
        _note(Counted.CLICK, rank)


def note_form_opened(referrer: str | None, host: str) -> None:
    """Counted where the page before was our search.  What was searched is not looked at."""
    try:
        came_from = urlsplit(referrer or "")
    except ValueError:
        return
    if came_from.netloc.lower() == host.lower() and came_from.path == url_for("faq.search"):
        _note(Counted.FORM)


def note_deflected(answer: str) -> None:
    """Somebody left their message for `answer`: an article's slug, or LEFT or PORTAL."""
    _note(Counted.DEFLECTED, answer)


def note_view(slug: str) -> None:
    """An article was opened, by whom and from where ever."""
    _note(Counted.VIEW, slug)


def note_vote(slug: str, address: str | None, browser: str, *, helped: bool) -> None:
    """Somebody said whether an article helped: the first word of each visitor counts, for a day."""
    notebook: Notebook | None = current_app.extensions.get("search notebook")
    if notebook:
        notebook.note_vote(Vote(slug, visitor(address, browser)), helped=helped)


def _note(what: Counted, detail: str = "", asking: Asking | None = None) -> None:
    notebook: Notebook | None = current_app.extensions.get("search notebook")
    if notebook:
        notebook.note(what, detail, asking)


def _is_ordinary(word: str) -> bool:
    """Whether it is no name: an article holds it, or the list does."""
    return (
        word in FILLER
        or word in ordinary_words(current_app.config["CONTENT_FOLDER"] / "faq")
        or current_app.extensions["searcher"].current().ranking.knows(stem(word))
    )
