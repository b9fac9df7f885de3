"""Markdown to safe HTML and to plain text: the only module that names Markdown.

HTML in an article is shown as text.  What Markdown makes is cleaned by an allow-list all the same, so that a
page stays safe whatever an extension lets through.
"""

import re
import threading
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

_BLOCKS = {"p", "h2", "h3", "h4", "li", "pre", "blockquote", "br", "hr", "div", "table", "tr", "th", "td"}
_TAGS = _BLOCKS | {"ul", "ol", "thead", "tbody", "a", "strong", "em", "code", "img"}
_ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "th": {"scope"},
}
_CLASSES = {"div": {"admonition", "tip"}, "p": {"admonition-title"}, "ol": {"route"}}
_SCHEMES = {"https", "http", "mailto", "tel"}
_REL = "noopener noreferrer"
_VALUES = {
    ("a", "rel"): re.compile(re.escape(_REL)),
    ("img", "src"): re.compile(r"/(?!/)[\w./-]*"),  # Ours only: no scheme, no host, nothing to decode.
    ("th", "scope"): re.compile("col"),
}
_OUTSIDE = re.compile(r"https?:|[/\\]{2}", re.IGNORECASE)


def to_html(source: str) -> Markup:
    """The page of a Markdown text.  Top-level ordered lists are steps and get the class "route"."""
    cleaned = nh3.clean(
        _threads.engine.reset().convert(source),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        attribute_filter=_only_known_values,
        url_schemes=_SCHEMES,
        link_rel=None,  # _HouseStyle gives it to links that lead outside.
    )
    return Markup(cleaned)  # noqa: S704  # Cleaned by the allow-list above.


def to_text(source: str) -> str:
    """The words of a Markdown text, a line for each paragraph, item or cell."""
    return plain(to_html(source))


def plain(html: Markup) -> str:
    """The words of what `to_html` made."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\0"))
    return "\n".join(line for line in lines if line)


class _HouseStyle(Treeprocessor):
    """What our pages ask of every article."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag == "h1":  # The title is the page's only one.
                element.tag = "h2"
            elif element.tag == "th":
                element.set("scope", "col")
            elif element.tag == "a" and _OUTSIDE.match(element.get("href", "")):
                element.set("rel", _REL)
        for steps in root.findall("ol"):
            steps.set("class", "route")


class _Threads(threading.local):
    """An engine for each thread, as making one takes longer than using it and two threads cannot share it."""

    def __init__(self) -> None:
        self.engine = Markdown(extensions=["admonition", "attr_list", "sane_lists", "tables"], output_format="html")
        self.engine.preprocessors.deregister("html_block")
        self.engine.inlinePatterns.deregister("html")
        self.engine.treeprocessors.register(_HouseStyle(self.engine), "house_style", 0)


_threads = _Threads()


def _only_known_values(tag: str, attribute: str, value: str) -> str | None:
    known = _VALUES.get((tag, attribute))
    return value if known is None or known.fullmatch(value) else None


class _Words(HTMLParser):
    """Collects text; where a block begins or ends stands a NUL, which no text contains."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\0")
