"""“Was this helpful?”: a vote, and after a “No” a comment for the desk.  No cookie, no script, no name."""

import math

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk.access import ANYONE, may
from supportdesk.exceptions import DatabaseDown
from supportdesk.faq.articles import Article
from supportdesk.faq.helpful import services
from supportdesk.faq.helpful.forms import CommentForm
from supportdesk.faq.learning.noting import note_vote
from supportdesk.limits import limited, seconds_to_wait

helpful = may(ANYONE)(Blueprint("helpful", __name__, url_prefix="/articles/<slug>"))


@helpful.post("/helpful")
@limited("searches")
def vote(slug: str) -> ResponseReturnValue:
    article = _article(slug)
    said = request.form.get("helpful")
    if said not in {"yes", "no"}:
        abort(400)
    note_vote(article.slug, request.remote_addr, request.user_agent.string, helped=said == "yes")
    return redirect(url_for(".thanks" if said == "yes" else ".comment", slug=slug), code=303)


@helpful.get("/comment")
def comment(slug: str) -> ResponseReturnValue:
    return _page(_article(slug), CommentForm.fresh())


@helpful.post("/comment")
def send_comment(slug: str) -> ResponseReturnValue:
    article, form = _article(slug), CommentForm()
    if not form.validate():
        return _page(article, form), 422
    if wait := seconds_to_wait("comments"):
        return _page(article, form, wait=wait), 429, {"Retry-After": str(wait)}
    try:
        services.keep_comment(article.slug, form.comment.data or "", form.submission_key.data or "")
    except DatabaseDown:
        return _page(article, form, failed=True), 503
    return redirect(url_for(".thanks", slug=slug), code=303)


@helpful.get("/thanks")
def thanks(slug: str) -> ResponseReturnValue:
    return render_template("help/helpful-thanks.html", article=_article(slug))


def _page(article: Article, form: CommentForm, *, failed: bool = False, wait: int = 0) -> str:
    minutes = math.ceil(wait / 60)
    return render_template("help/helpful-comment.html", article=article, form=form, failed=failed, minutes=minutes)


def _article(slug: str) -> Article:
    found: Article | None = current_app.extensions["shelf"].current().find(slug)
    return found or abort(404)
