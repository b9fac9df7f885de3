"""What the form's script asks while somebody writes, and what it is told; and taking out what says too much."""

import json
from typing import Any

from flask import url_for
from flask_babel import gettext
from wtforms import Field

from supportdesk.forms import MESSAGE_LENGTH, SUBJECT_LENGTH
from supportdesk.tickets import oversharing, shown
from supportdesk.tickets.guiding import Advice
from supportdesk.tickets.oversharing import Passage


def read_question(body: bytes) -> tuple[str, str, str] | None:
    """Subject, message and topic; None where the body is not what was agreed.  What is too long is read in part."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict):
        return None
    parts = [asked.get(name) or "" for name in ("subject", "message", "topic")]
    if not all(isinstance(part, str) for part in parts):
        return None
    subject, message, topic = (part.encode(errors="replace").decode() for part in parts)  # Half an emoji is no text.
    return subject[:SUBJECT_LENGTH], message[:MESSAGE_LENGTH], topic[:40]


def answer(advice: Advice, secret: str) -> dict[str, Any]:
    """As docs/architecture.md agrees with other programs; from `notice` on, what our own page shows."""
    guidance = advice.guidance
    return {
        "route": guidance.route,
        "topic": guidance.clinic_topic,
        "emergency": guidance.emergency is not None,
        "articles": [
            {
                "slug": article.slug,
                "title": article.title,
                "summary": article.summary,
                "url": url_for("faq.article", slug=article.slug),
                "handled_by": article.handled_by,
            }
            for article in guidance.articles
        ],
        "notice": _notice(advice),
        "card": _card(advice),
        "warnings": [
            {"kind": passage.kind, "label": passage.kind.label, "passage": passage.text} for passage in advice.passages
        ],
        "seen": shown.write_token(advice.names, secret),
    }


def _notice(advice: Advice) -> dict[str, str] | None:
    article = advice.notice
    if article is None or article.clinic is None:
        return None
    return {
        "heading": article.clinic.heading,
        "why": article.clinic.why,
        "title": article.title,
        "url": url_for("faq.article", slug=article.slug),
    }


def _card(advice: Advice) -> dict[str, Any] | None:
    card = advice.guidance.emergency
    if card is None:
        return None
    return {
        "heading": card.heading,
        "calls": [{"label": call.label, "url": call.url} for call in card.calls],
        "paragraphs": card.paragraphs,
        "spanish": card.spanish,
    }


def remove(message: Field, advice: Advice, number: str, *, subject: Field | None = None) -> bool:
    """Take the passage with this number out of what was typed, for the patient; False where there is none such."""
    chosen = [passage for at, passage in enumerate(advice.passages) if str(at) == number]
    for field, found in ((subject, advice.in_subject), (message, advice.in_message)):
        gone = [one for one in found if chosen and one is chosen[0]]
        if field and gone:
            field.data = oversharing.without(field.data or "", gone, _removed)
    return bool(chosen)


def _removed(_passage: Passage) -> str:
    return str(gettext("[removed]"))
