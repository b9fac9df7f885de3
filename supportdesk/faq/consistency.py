"""What can be wrong between articles that are each right by themselves.  Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from supportdesk.faq.pages import Page

_LINK = re.compile(r'href="/articles/([^"#?/]+)')

_Owners = Mapping[str, Page]


def problems(pages: Sequence[Page], files: Collection[str]) -> list[str]:
    """Sentences for an editor.

    `pages` holds drafts and expired articles too, in reading order: of two that claim one thing the first
    has it.  `files` names the broken ones as well, so that a link to one of those is not called wrong.
    """
    slugs = _owners((page.article.slug, page) for page in pages)
    existing = {name.rpartition("/")[2].removesuffix(".md") for name in files} | slugs.keys()
    titles = _owners((page.article.title.casefold(), page) for page in pages)
    former = _owners((alias, page) for page in pages for alias in page.article.aliases)
    topics = _owners((t, page) for page in pages if page.article.clinic for t in page.article.topics)
    return [
        f"{page.file}: {reason}"
        for page in pages
        for reason in (
            *_names(page, slugs, titles),
            *_aliases(page, slugs, former),
            *_topics(page, topics),
            *_links(page, existing, former),
        )
    ]


def aliases(pages: Sequence[Page], shown: Mapping[str, Page]) -> dict[str, str]:
    """Former slug -> slug of a shown article; a name that is in use is nobody's former one."""
    former = _owners((alias, page) for page in shown.values() for alias in page.article.aliases)
    in_use = {page.article.slug for page in pages}
    return {alias: page.article.slug for alias, page in former.items() if alias not in in_use}


def _owners(claims: Iterable[tuple[str, Page]]) -> dict[str, Page]:
    owners: dict[str, Page] = {}
    for name, page in claims:
        owners.setdefault(name, page)
    return owners


def _names(page: Page, slugs: _Owners, titles: _Owners) -> Iterator[str]:
    if (owner := slugs[page.article.slug]) is not page:
        yield f"{owner.file} has the same name; rename one of them"
    elif (owner := titles[page.article.title.casefold()]) is not page:
        yield f"{owner.file} has the same title; change one of them"


def _aliases(page: Page, slugs: _Owners, former: _Owners) -> Iterator[str]:
    for alias in page.article.aliases:
        if alias in slugs:
            yield f"the alias “{alias}” is the name of {slugs[alias].file}; remove the alias"
        elif (owner := former[alias]) is not page:
            yield f"{owner.file} has the alias “{alias}” too; remove one of them"


def _topics(page: Page, topics: _Owners) -> Iterator[str]:
    for topic in page.article.topics:
        if (owner := topics.get(topic, page)) is not page:
            yield f"{owner.file} answers the topic “{topic}” already; remove it from one of them"


def _links(page: Page, existing: Collection[str], former: Collection[str]) -> Iterator[str]:
    for slug in page.article.related:
        if slug not in existing or slug == page.article.slug:
            yield f"“{slug}” is not another article; correct it under related"
    for slug in _LINK.findall(page.html):
        if slug not in existing and slug not in former:  # That works; `faq check` tells the new name.
            yield f"it links to /articles/{slug}, which does not exist; correct the link"
