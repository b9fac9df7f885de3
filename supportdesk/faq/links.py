"""The links and pictures of an article: where they lead, and whether anything is there.  Pure.

A link to an article that does not exist is named by `consistency` already, as another file can break it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from supportdesk.faq.pages import Page

_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
_PICTURE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
_OUTSIDE = re.compile(r"(?:mailto|tel|https?):", re.IGNORECASE)
_ARTICLES = "/articles/"

_Found = Iterator[tuple[str, str]]  # The address, and what to do about it.


@dataclass(frozen=True, slots=True)
class Site:
    """What a link can lead to."""

    shown: Collection[str]  # Articles.
    hidden: Collection[str]  # Drafts and expired articles, by all their names.
    former: Mapping[str, str]  # Old name -> name of a shown article.
    is_ours: Callable[[str], bool]  # Whether a path leads to a page or file of the desk.


def broken(page: Page, site: Site) -> _Found:
    for address in _addresses(page):
        if wrong := _wrong(address, page, site):
            yield address, f"the link {address} {wrong}"


def roundabout(page: Page, site: Site) -> _Found:
    """Links that work, but not as they should."""
    for address in _addresses(page):
        if new := site.former.get(_slug(address)):
            yield address, f"the link {address} is an old address; link to {_ARTICLES}{new}"
        elif address.lower().startswith("http:"):
            yield address, f"the link {address} is not encrypted; begin it with https:"


def pictures(page: Page, site: Site) -> _Found:
    for tag in _PICTURE.findall(page.html):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        source, says = attributes.get("src", ""), attributes.get("alt", "").strip()
        if not source:
            yield says, f"the picture “{says}” is not from our own site; put it into static/"
        elif not site.is_ours(source):
            yield source, f"the picture {source} is not there; correct its address"
        if not says:
            yield source, "a picture has no alt text, for those who can’t see it; write ![what it shows](…)"


def _addresses(page: Page) -> list[str]:
    """Where its links lead, each once."""
    return list(dict.fromkeys(unescape(address) for address in _LINK.findall(page.html)))


def _wrong(address: str, page: Page, site: Site) -> str:
    """What is wrong, and what to do; empty where nothing is."""
    slug = _slug(address)
    if _OUTSIDE.match(address):
        return ""
    if not address.startswith("/") or address.startswith("//"):
        return "leads nowhere; write the whole address, like /articles/sign-up"
    if slug in site.hidden and page.article.slug in site.shown:
        return "leads to an article that is not shown; take the link out, or show that article"
    if slug and "#" in address:
        return "leads to a part of an article, and parts have no address; take away the # and what follows"
    if not slug and not site.is_ours(_path(address)):
        return "leads to no page of ours; correct it"
    return ""


def _slug(address: str) -> str:
    path = _path(address)
    return path.removeprefix(_ARTICLES) if path.startswith(_ARTICLES) else ""


def _path(address: str) -> str:
    return address.partition("#")[0].partition("?")[0]
