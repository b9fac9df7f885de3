"""The agents' pages about the help centre: all articles, one of them with its comments, and how a draft will look."""

from datetime import timedelta

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from supportdesk import opening
from supportdesk.access import Role, may
from supportdesk.audit import What, note
from supportdesk.audit.noting import noted_agent, place
from supportdesk.faq.findings import remembered
from supportdesk.faq.helpful import services
from supportdesk.faq.helpful.queries import comments_of_each, comments_on
from supportdesk.faq.inside.standing import Standing, pages, standings
from supportdesk.faq.learning.queries import regards, search_report
from supportdesk.faq.learning.services import FEWEST_VISITORS
from supportdesk.faq.library import Library

inside = may(Role.AGENT)(Blueprint("inside", __name__, url_prefix="/desk/articles"))

DAYS = 30  # What is counted, today included.


@inside.get("/")
def articles() -> str:
    today = opening.today()
    return render_template(
        "desk/articles.html",
        standings=_standings(),
        problems=_library().problems,
        searched=search_report(today - timedelta(days=DAYS - 1), today),
        fewest=FEWEST_VISITORS,
        days=DAYS,
    )


@inside.get("/<slug>")
def article(slug: str) -> ResponseReturnValue:
    found = next((standing for standing in _standings() if standing.page.article.slug == slug), None)
    if found is None:
        abort(404)
    comments = comments_on(slug)
    if comments:
        note(What.LOOKED, detail=f"comments={slug}"[:80])
    return render_template("desk/article.html", standing=found, comments=comments, days=DAYS)


@inside.get("/<slug>/preview")
def preview(slug: str) -> ResponseReturnValue:
    """As patients would see it; kept by no cache, told to no search engine."""
    books = _library()
    page = pages(books).get(slug) or abort(404)
    return render_template(
        "help/article.html",
        article=page.article,
        body=page.html,
        category=books.category_of(page.article),
        related=books.related(page.article),
        clinic_articles=[other for other in books.articles.values() if other.clinic],
        is_preview=True,
    )


@inside.post("/comments/<int:comment_id>/remove")
def remove_comment(comment_id: int) -> ResponseReturnValue:
    slug = services.remove_comment(comment_id, noted_agent(), place())
    return redirect(url_for(".article", slug=slug, _anchor="comments-heading"), code=303)


def _standings() -> list[Standing]:
    today, index = opening.today(), current_app.extensions["searcher"].current()
    counted = regards(today - timedelta(days=DAYS - 1), today)
    return standings(_library(), remembered(index, today), counted, comments_of_each(), today)


def _library() -> Library:
    found: Library = current_app.extensions["shelf"].current()
    return found
