"""What the search page's own script tells us: that a result was opened, and at which rank."""

from flask import Blueprint, Response, request

from supportdesk.access import ANYONE, may
from supportdesk.faq.learning.noting import note_click

learning = may(ANYONE)(Blueprint("learning", __name__))


@learning.post("/search/clicked")
def clicked() -> Response:
    """The rank alone: not the words, not the article, not who."""
    note_click(request.form.get("rank", ""))
    return Response(status=204, mimetype="text/plain")
