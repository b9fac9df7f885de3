"""Articles as parts of one page, which can be printed, or saved and read without us.  Pure."""

import re

from markupsafe import Markup

from supportdesk.faq.articles import Article
from supportdesk.faq.library import Library

_HEADING = re.compile(r"(?<=<h)[2-4](?=>)|(?<=</h)[2-4](?=>)")
_STEPS_LOWER = 2  # Below the headings of the page, the category and the article.
_LINK = re.compile(r'(<a href=")/articles/([a-z0-9-]+)(?=")')


def section(books: Library, article: Article) -> Markup:
    """Its text, the headings in their place on the page, the links to other articles leading within the page."""
    html = _HEADING.sub(lambda found: str(int(found[0]) + _STEPS_LOWER), books.html(article))
    return Markup(_LINK.sub(lambda found: f"{found[1]}{_within(books, found[2])}", html))  # noqa: S704  # Cleaned before.


def anchor(slug: str) -> str:
    """What an article is called on the page."""
    return f"question-{slug}"


def _within(books: Library, slug: str) -> str:
    known = slug if books.find(slug) else books.resolve_alias(slug)
    return f"#{anchor(known)}" if known else f"/articles/{slug}"
