"""How each article stands: shown or not, read, voted on, due for a review, and what an editor would mend.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from supportdesk.faq.learning.queries import Regard
from supportdesk.faq.library import Library
from supportdesk.faq.lint import REVIEWED_FOR, Finding
from supportdesk.faq.pages import Page


@dataclass(frozen=True)
class Standing:
    page: Page
    state: str  # shown, draft or expired.
    regard: Regard
    comments: int
    findings: Sequence[Finding]
    review_by: date
    is_review_due: bool


def pages(library: Library) -> dict[str, Page]:
    """Every article there is, by its slug: those shown in their order, then drafts and what has expired."""
    read = {file.page.article.slug: file.page for file in library.read.values()}
    shown = {slug: library.page(slug) for slug in library.articles}
    return shown | {slug: page for slug, page in sorted(read.items()) if slug not in shown}


def standings(
    library: Library,
    found: Sequence[Finding],
    regards: Mapping[str, Regard],
    comments: Mapping[str, int],
    today: date,
) -> list[Standing]:
    return [
        Standing(
            page=page,
            state=_state(library, page),
            regard=regards.get(slug, Regard()),
            comments=comments.get(slug, 0),
            findings=[finding for finding in found if finding.file == page.file],
            review_by=page.article.reviewed + REVIEWED_FOR,
            is_review_due=page.article.reviewed + REVIEWED_FOR < today,
        )
        for slug, page in pages(library).items()
    ]


def _state(library: Library, page: Page) -> str:
    if page.article.slug in library.articles:
        return "shown"
    return "draft" if page.article.status == "draft" else "expired"
