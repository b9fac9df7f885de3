"""The categories of the help centre, in the order of categories.yaml.  Pure."""

import re
from dataclasses import dataclass

import yaml

from supportdesk.faq.articles import Article, is_slug
from supportdesk.faq.front_matter import ArticleError, Fields, compose

FILE = "categories.yaml"

_ICON = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Category:
    folder: str
    title: str
    icon: str  # A name from lucide.
    articles: tuple[Article, ...] = ()


def parse(text: str) -> tuple[Category, ...]:
    """The categories in the text of categories.yaml, still without their articles."""
    node = compose(FILE, text, first_line=1)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise ArticleError(FILE, "write a list, each with folder, title and icon", 1)
    found: dict[str, Category] = {}
    for item in node.value:
        category = _category(Fields(FILE, item, 1, ("folder", "title", "icon")))
        if category.folder in found:
            line = item.start_mark.line + 1
            raise ArticleError(FILE, f"“{category.folder}” stands here twice; keep one", line)
        found[category.folder] = category
    return tuple(found.values())


def _category(entry: Fields) -> Category:
    category = Category(entry.line("folder"), entry.line("title"), entry.line("icon"))
    if not is_slug(category.folder):
        raise entry.refuse("folder", "write it in small letters, digits and single hyphens")
    if not _ICON.fullmatch(category.icon):
        raise entry.refuse("icon", "write the name of a lucide icon, like key-round")
    return category
