"""What `flask faq check` tells an editor beyond what a file must be: what patients would stumble over, and where.

Errors mislead somebody today.  Advice makes an article easier to find, to read and to trust.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from supportdesk.faq import consistency, links, prose, reading, source
from supportdesk.faq.articles import Article
from supportdesk.faq.pages import Page
from supportdesk.faq.search import SearchIndex
from supportdesk.faq.search.analysis import words

HARDEST_GRADE = 8.0
LONGEST_SENTENCE = 30  # Words.
REVIEWED_FOR = timedelta(days=365)

_FIRST_WORDS = 5  # Of a sentence: enough to find it, and rarely cut in two by a link.


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    file: str
    line: int  # 0 where it is about the whole file.
    says: str  # What, and what to do.
    is_error: bool

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.says}" if self.is_error else f"{place}: advice: {self.says}"


_Found = Iterator[tuple[str, str]]  # Words that stand where it is, and what it says.


def findings(folder: Path, index: SearchIndex, is_ours: Callable[[str], bool], today: date) -> list[Finding]:
    """By file and line, drafts included; what can't be read at all is in the library's own problems.

    `is_ours` says whether a path leads to a page or file of the desk.
    """
    pages = reading.read(folder, None).pages
    site = _site(pages, is_ours, today)
    owners = _owners(pages)
    plainer, found = _plain_words(folder)
    for page in pages:
        text = source.read(folder, page.file)
        errors = (*_names(page, owners), *_phrases(page, index), *links.broken(page, site), *links.pictures(page, site))
        advice = (
            *links.roundabout(page, site),
            *_prose(_said(page), plainer),
            *_review(page.article, today),
        )
        for is_error, several in ((True, errors), (False, advice)):
            found += [Finding(page.file, _line(text, where), says, is_error) for where, says in several]
    return sorted(found)


def _site(pages: Sequence[Page], is_ours: Callable[[str], bool], today: date) -> links.Site:
    shown = {page.article.slug: page for page in pages if page.article.is_shown(today)}
    hidden = (page.article for page in pages if page.article.slug not in shown)
    names = {name for article in hidden for name in (article.slug, *article.aliases)}
    return links.Site(shown, names, consistency.aliases(pages, shown), is_ours)


def _owners(pages: Sequence[Page]) -> Mapping[str, Page]:
    """Which article has a wording: a title before any phrase, and the first of several."""
    titles = [(_wording(page.article.title), page) for page in pages]
    phrases = [(_wording(phrase), page) for page in pages for phrase in page.article.also_asked_as]
    return dict(reversed([*titles, *phrases]))


def _wording(text: str) -> str:
    return " ".join(words(text))


def _names(page: Page, owners: Mapping[str, Page]) -> _Found:
    """Titles and phrases that are the same but for capitals, accents, or a question mark."""
    title = page.article.title
    if (owner := owners[_wording(title)]) is not page:
        yield f"title: {title}", f"{owner.file} has the title “{owner.article.title}” too; change one of them"
    seen: set[str] = set()
    for phrase in page.article.also_asked_as:
        wording = _wording(phrase)
        if not wording:
            yield phrase, f"“{phrase}” has no word in it; remove it"
        elif wording in seen:
            yield phrase, f"“{phrase}” stands here twice; keep one"
        elif (owner := owners[wording]) is not page:
            yield phrase, f"“{phrase}” stands in {owner.file} too; keep it where it is answered"
        seen.add(wording)


def _phrases(page: Page, index: SearchIndex) -> _Found:
    """Phrases that lead elsewhere: a patient who types one, or the title, has to find this article first."""
    slug = page.article.slug
    if index.library.find(slug) is None:  # A draft is found by nothing.
        return
    for phrase in (page.article.title, *page.article.also_asked_as):
        finds = next((hit.article.slug for hit in index.search(phrase, limit=1).hits), "nothing")
        if finds != slug:
            yield phrase, f"“{phrase}” finds {finds} first; word it otherwise, or move it there"


def _prose(said: Sequence[str], plainer: Mapping[str, str]) -> _Found:
    text = "\n".join(said)
    if (grade := prose.grade(text)) > HARDEST_GRADE:
        yield "", f"it takes grade {grade:.1f} to read; {HARDEST_GRADE:.0f} is the most: shorten sentences and words"
    for sentence in prose.sentences(text):
        found = prose.words(sentence)
        if len(found) > LONGEST_SENTENCE:
            start = " ".join(sentence.split()[:_FIRST_WORDS])
            yield start, f"the sentence “{start} …” has {len(found)} words; make two of it"
    for hard, plain in prose.hard_words(text, plainer):
        yield hard, f"“{hard}” is a hard word; write: {plain}"


def _said(page: Page) -> list[str]:
    """All that patients read of it."""
    article, clinic = page.article, page.article.clinic
    notice = [clinic.heading, clinic.why, clinic.reply] if clinic else []
    return [article.title, article.summary, *notice, page.text]


def _review(article: Article, today: date) -> _Found:
    line = f"reviewed: {article.reviewed}"
    if article.reviewed > today:
        yield line, f"it was reviewed on {article.reviewed}, which is yet to come; correct the date"
    elif today - article.reviewed > REVIEWED_FOR:
        yield line, f"last reviewed on {article.reviewed}; check that all of it is still true, then write today’s date"


def _plain_words(folder: Path) -> tuple[Mapping[str, str], list[Finding]]:
    if not (folder / prose.PLAIN_WORDS).exists():
        return {}, []
    plainer, wrong = prose.plain_words(source.read(folder, prose.PLAIN_WORDS))
    says = "write “hard word -> plain word”"
    return plainer, [Finding(prose.PLAIN_WORDS, line, says, is_error=True) for line in wrong]


def _line(text: str, where: str) -> int:
    """The first line that is this item of a list; else with these words, whatever stands between them; 0 for none."""
    match = re.search(rf"""^[ \t]*- ["']?{re.escape(where)}["']?$""", text, re.MULTILINE)
    wanted = re.findall(r"\w+", where)
    if not match and wanted:
        match = re.search(r"\b" + r"[\W_]+".join(wanted) + r"\b", text)
    return text.count("\n", 0, match.start()) + 1 if match else 0
