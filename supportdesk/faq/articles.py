"""Articles of the help centre, one Markdown file each.  Pure: text in, `Article` or `ArticleError` out."""

import re
from dataclasses import dataclass, fields
from datetime import date

from supportdesk.faq.front_matter import ArticleError, Fields, split

__all__ = ["CLINIC_TOPICS", "DESK_TOPICS", "Article", "ArticleError", "ClinicNotice", "parse"]

DESK_TOPICS = ("sign-in", "account", "notifications", "technical", "privacy", "feedback", "other")
CLINIC_TOPICS = ("appointment", "medical", "referral", "refill", "billing", "financial-aid")

# Markdown takes time that grows with the square of these; the worst text within them takes a second.
_MOST_CHARACTERS = 60_000
_MOST_BRACKETS = 500
_MOST_LINES_TOGETHER = 200

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class ClinicNotice:
    """What we say where only the clinic can help."""

    short: str
    heading: str
    why: str
    reply: str


@dataclass(frozen=True, slots=True)
class Article:
    slug: str
    category: str  # The folder.
    title: str
    summary: str
    order: int
    reviewed: date
    handled_by: str  # desk or clinic.
    also_asked_as: tuple[str, ...]
    topics: tuple[str, ...]
    related: tuple[str, ...]
    aliases: tuple[str, ...]
    status: str  # published or draft.
    expires: date | None  # The last day on which it is shown.
    clinic: ClinicNotice | None
    body: str  # Markdown.
    not_asked_as: tuple[str, ...] = ()  # Of a clinic fallback: who writes this means the portal, not the clinic.

    def is_shown(self, today: date) -> bool:
        return self.status == "published" and (self.expires is None or today <= self.expires)


_NOTICE_KEYS = tuple(field.name for field in fields(ClinicNotice))
_KEYS = tuple(field.name for field in fields(Article) if field.name not in {"slug", "category", "body"})


def parse(path: str, text: str) -> Article:
    """The article in `text`; `path` is <category>/<slug>.md and gives both."""
    category, slug = _place(path)
    matter, body, body_line = split(path, text, _KEYS)
    _refuse_costly(path, body, body_line)
    clinic = _clinic_notice(matter)
    return Article(
        slug=slug,
        category=category,
        title=matter.line("title"),
        summary=matter.line("summary"),
        order=matter.number("order"),
        reviewed=matter.day("reviewed"),
        handled_by="clinic" if clinic else "desk",
        also_asked_as=matter.texts("also_asked_as"),
        topics=_topics(matter, CLINIC_TOPICS if clinic else DESK_TOPICS),
        related=_slugs(matter, "related"),
        aliases=_slugs(matter, "aliases"),
        status=matter.choice("status", ("published", "draft")) if "status" in matter else "published",
        expires=matter.day("expires") if "expires" in matter else None,
        clinic=clinic,
        body=body,
        not_asked_as=_counter_phrases(matter, clinic),
    )


def _place(path: str) -> tuple[str, str]:
    category, _, name = path.rpartition("/")
    slug = name.removesuffix(".md")
    if not is_slug(slug):
        raise ArticleError(path, "name the file in small letters, digits and single hyphens, like sign-up.md")
    return category, slug


def is_slug(name: str) -> bool:
    return bool(_SLUG.fullmatch(name)) and len(name) <= _LONGEST_SLUG


def _refuse_costly(path: str, body: str, line: int) -> None:
    if len(body) > _MOST_CHARACTERS:
        raise ArticleError(path, f"the text is over {_MOST_CHARACTERS} characters; split the article", line)
    if body.count("[") > _MOST_BRACKETS:
        raise ArticleError(path, f"more than {_MOST_BRACKETS} square brackets; split the article", line)
    if any(block.count("\n") > _MOST_LINES_TOGETHER for block in body.split("\n\n")):
        raise ArticleError(path, f"over {_MOST_LINES_TOGETHER} lines without an empty one; add some", line)


def _clinic_notice(matter: Fields) -> ClinicNotice | None:
    if matter.choice("handled_by", ("desk", "clinic")) == "desk":
        if "clinic" in matter:
            raise matter.refuse("clinic", "only for 'handled_by: clinic'; remove it or change handled_by")
        return None
    notice = matter.section("clinic", _NOTICE_KEYS)
    return ClinicNotice(
        short=notice.line("short"),
        heading=notice.line("heading"),
        why=notice.text("why"),
        reply=notice.text("reply"),
    )


def _counter_phrases(matter: Fields, clinic: ClinicNotice | None) -> tuple[str, ...]:
    if "not_asked_as" not in matter:
        return ()
    if not clinic:
        raise matter.refuse("not_asked_as", "only for 'handled_by: clinic'; remove it or change handled_by")
    return matter.texts("not_asked_as")


def _topics(matter: Fields, known: tuple[str, ...]) -> tuple[str, ...]:
    topics = matter.texts("topics")
    if unknown := [topic for topic in topics if topic not in known]:
        raise matter.refuse("topics", f"“{unknown[0]}” is not one of {', '.join(known)}")
    return topics


def _slugs(matter: Fields, key: str) -> tuple[str, ...]:
    slugs = matter.texts(key)
    if wrong := [slug for slug in slugs if not is_slug(slug)]:
        raise matter.refuse(key, f"“{wrong[0]}” is not a slug; write it like sign-up")
    return slugs
