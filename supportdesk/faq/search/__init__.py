"""Search over the library.  Whoosh is named only in this package.

What a person types is words and nothing else: there are no operators to get wrong, and nothing raises.
"""

import heapq
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from supportdesk.config import shipped
from supportdesk.faq.articles import Article
from supportdesk.faq.aside import Aside
from supportdesk.faq.library import Library, Shelf
from supportdesk.faq.search import queries, snippets
from supportdesk.faq.search.analysis import FILLER, stem, stems, telling_stems, words
from supportdesk.faq.search.explanation import Explanation, Word
from supportdesk.faq.search.index import open_reader
from supportdesk.faq.search.meaning import Meaning, Model, no_model
from supportdesk.faq.search.ordinary import ordinary_words
from supportdesk.faq.search.ranking import Ranking
from supportdesk.faq.search.spelling import Speller
from supportdesk.faq.search.suggestions import Suggestions
from supportdesk.faq.search.synonyms import Synonyms

if TYPE_CHECKING:  # It stands on the search; the search only carries it.
    from supportdesk.faq.judging.judge import Judge

__all__ = ["Hit", "SearchIndex", "SearchResult", "Searcher", "highlight"]

_WEAKEST = 0.15  # Of the best score.  Below it an article shares a stray word with the question, no more.

_MANY_WORDS = 10_000
_BY_MEANING = 0.85  # Measured on public sets of questions; anything above 0.7 is about as good.
_NEAR, _CLOSE = 0.45, 0.6  # Cosines: the first keeps nine questions in ten, the second is hardly ever wrong.
_ENOUGH = 0.5  # Of what a question is about; with less, its best hit shares a word with it and no more.


@dataclass(frozen=True, slots=True)
class Hit:
    article: Article
    score: float
    title: Markup  # As in the article, with the words of the query marked.
    snippet: Markup


@dataclass(frozen=True, slots=True)
class SearchResult:
    query: str  # As searched: cleaned and cut.
    corrected: str | None  # As it was likely meant, where that is something else; the hits are for this.
    hits: tuple[Hit, ...]
    fits: bool  # Whether the best hit answers well; else the page says so first.


def highlight(text: str, query: str) -> Markup:
    """The text with the words of the query in <mark>."""
    return snippets.highlight(text, telling_stems(queries.clean(query)))


class SearchIndex:
    """The search over one library; immutable, safe to share between threads."""

    def __init__(
        self, library: Library, ranking: Ranking, meaning: Meaning | None, former: "SearchIndex | None" = None
    ) -> None:
        self.library = library
        self.ranking = ranking
        self.meaning = meaning  # None where that extra is not installed.
        self.judge: Judge | None = None  # Of the same library; set once, before the index is shared.
        self._ordinary = ordinary_words(shipped("content") / "faq")
        self._synonyms = Synonyms(library.synonyms)
        filing = former.speller.filing if former else None
        self.speller: Speller = Speller(_sure(ranking.vocabulary()), self._knows, filing)
        self._suggestions = Suggestions(library.articles.values())
        self._collected: dict[str, str] = {}  # The words of a title or phrase -> slug.
        for slug, article in library.articles.items():
            for text in (article.title, *article.also_asked_as):
                self._collected.setdefault(_wording(text), slug)

    @classmethod
    def open(
        cls, library: Library, folder: Path, model: Model | None = None, former: "SearchIndex | None" = None
    ) -> "SearchIndex":
        """From the index in `folder`, which is built where it is missing or damaged; quicker after a `former` one."""
        meaning = Meaning(model, library, folder / "vectors") if model else None
        return cls(library, Ranking(open_reader(library, folder), order=tuple(library.articles)), meaning, former)

    def search(self, query: str, limit: int = 10, *, exactly: bool = False) -> SearchResult:
        """What answers the query, its spelling mended; `exactly` takes it as it was typed."""
        query = queries.clean(query)
        corrected = None if exactly else self._corrected(query)
        asked = corrected or query
        telling = telling_stems(asked)
        scored = self._scored(asked, telling, limit)
        hits = tuple(self._hit(slug, score, telling) for slug, score in scored)
        return SearchResult(query, corrected, hits, bool(hits) and self._fits(hits[0].article.slug, asked, telling))

    def articles(self, query: str, limit: int) -> tuple[Article, ...]:
        """What `search` finds, for whoever shows no passages: those are most of its work where the text is long."""
        query = queries.clean(query)
        asked = self._corrected(query) or query
        return tuple(self.library.articles[slug] for slug, _ in self._scored(asked, telling_stems(asked), limit))

    def _scored(self, asked: str, telling: frozenset[str], limit: int) -> list[tuple[str, float]]:
        first = self._collected.get(_wording(asked))  # What an editor collected finds its article first.
        return self._ranked(asked, limit, first) if telling else self._by_phrase(asked, limit, first)

    def explain(self, found: SearchResult, slug: str) -> Explanation:
        """Why the article ranks where it does."""
        asked = found.corrected or found.query
        words = (Word(stem, weight, self.ranking.explain(stem, slug)) for stem, weight in self._weights(asked).items())
        return Explanation(
            words=tuple(word for word in words if word.fields),
            is_collected=self._collected.get(_wording(asked)) == slug,
            likeness=self.meaning.likeness(asked)[slug] if self.meaning else None,
        )

    def _fits(self, slug: str, asked: str, telling: frozenset[str]) -> bool:
        if self.meaning is None:
            return self._covers(slug, telling)
        near = self.meaning.nearness(asked)[slug]
        return near >= _CLOSE or (near >= _NEAR and self._covers(slug, telling))

    def _covers(self, slug: str, telling: frozenset[str]) -> bool:
        """Whether the article holds enough of what the question is about, rare words counting most."""
        if not telling:
            return True
        held = frozenset(stem for stem in telling if self._holds(slug, stem))
        weights = {stem: self.ranking.rarity(stem) for stem in telling}
        return sum(weights[stem] for stem in held) >= _ENOUGH * sum(weights.values())

    def _holds(self, slug: str, stem: str) -> bool:
        return any(self.ranking.holds(slug, word) for word in (stem, *self._synonyms.of([stem])))

    def _corrected(self, query: str) -> str | None:
        """The query as it was likely meant; None where it seems right as it is."""
        if self._collected.get(_wording(query)):
            return None
        typed = words(query)[: queries.MOST_WORDS]
        meant = self.speller.correct(typed)
        return " ".join(meant) if meant != typed else None

    def suggest(self, prefix: str, limit: int = 5) -> list[Article]:
        """Articles for a half-typed query."""
        typed = words(queries.clean(prefix))[: queries.MOST_WORDS]
        slugs = self._suggestions.of(typed, limit) or self._suggestions.of(self.speller.correct(typed), limit)
        return [self.library.articles[slug] for slug in slugs]

    def _knows(self, word: str) -> bool:
        """Of a word that is spelled rightly, whether or not an article holds it: “weak” is not a slip of “week”."""
        if word in FILLER or word in self._ordinary or self.ranking.knows(stem(word)):
            return True
        return self.meaning is not None and self.meaning.knows(word)

    def _ranked(self, query: str, limit: int, first: str | None) -> list[tuple[str, float]]:
        weights = self._weights(query)
        most = limit if self.meaning is None else len(self.library.articles)
        scored = self.ranking.best(weights, most, first)
        good = [(slug, score) for slug, score in scored if score >= _WEAKEST * scored[0][1]]
        return good if self.meaning is None else self._blended(self.meaning, query, dict(good), limit, first)

    def _weights(self, query: str) -> dict[str, float]:
        """The stems that rank, each with its weight: 1 for a word that was asked."""
        asked = list(dict.fromkeys(stems(query)))[: queries.MOST_WORDS]
        return dict.fromkeys(asked, 1.0) | dict(self._synonyms.of(asked))

    @staticmethod
    def _blended(
        meaning: Meaning, query: str, by_words: Mapping[str, float], limit: int, first: str | None
    ) -> list[tuple[str, float]]:
        """Likeness of meaning with a little of the words; an article near by neither is left out."""
        near, like = meaning.nearness(query), meaning.likeness(query)
        top = max(by_words.values(), default=1.0)
        shown = [slug for slug in near if near[slug] >= _NEAR or slug in by_words]
        scores = {slug: _BY_MEANING * like[slug] + (1 - _BY_MEANING) * by_words.get(slug, 0.0) / top for slug in shown}
        if first in scores:
            scores[first] = 1.01 * max(scores.values())
        return heapq.nlargest(limit, scores.items(), key=lambda scored: scored[1])

    def _by_phrase(self, query: str, limit: int, first: str | None) -> list[tuple[str, float]]:
        """For "who are you", which has no word that tells: titles and phrases that are worded so."""
        slugs = self._suggestions.of(words(query)[: queries.MOST_WORDS], limit)
        best = dict.fromkeys([first, *slugs] if first else slugs)
        return [(slug, 1 / place) for place, slug in enumerate(best, start=1)][:limit]

    def _hit(self, slug: str, score: float, telling: frozenset[str]) -> Hit:
        article = self.library.articles[slug]
        title = snippets.highlight(article.title, telling)
        return Hit(article, score, title, snippets.snippet(self.library.text(article), article.summary, telling))


class Searcher:
    """The `SearchIndex` of a process; the next one is opened beside the requests, which go on with the last."""

    def __init__(
        self,
        shelf: Shelf,
        folder: Path,
        load_model: Callable[[], Model | None] = no_model,
        judge: Callable[[Library], "Judge"] | None = None,
    ) -> None:
        self._shelf = shelf
        self._folder = folder
        self._load_model = load_model
        self._judge = judge
        self._first = threading.Lock()
        self._opening = Aside(self._opened, shelf.patience)
        self._index: SearchIndex | None = None

    def current(self) -> SearchIndex:
        index = self._index
        if index is None:
            with self._first:
                return self._index or self._opened()
        if index.library is not self._shelf.current():
            self._opening.begin()
        return self._index or index

    def _opened(self) -> SearchIndex:
        library, former = self._shelf.current(), self._index
        if former and library is former.library:
            return former
        if former and library.digest == former.library.digest:
            index = SearchIndex(library, former.ranking, former.meaning, former)
        else:
            index = SearchIndex.open(library, self._folder, self._load_model(), former)
        self._index = self._judged(index, former)
        return index

    def _judged(self, index: SearchIndex, former: SearchIndex | None) -> SearchIndex:
        if former and former.judge and former.judge.lessons.digest == index.library.lessons.digest:
            index.judge = former.judge
        elif self._judge:
            index.judge = self._judge(index.library)
        return index


def _sure(vocabulary: Mapping[str, int]) -> Mapping[str, int]:
    """Among many words, one that a single article holds may itself be a slip."""
    least = 2 if len(vocabulary) > _MANY_WORDS else 1
    return {word: count for word, count in vocabulary.items() if count >= least}


def _wording(text: str) -> str:
    """The same for texts of the same words, whatever their order."""
    return " ".join(sorted(set(stems(text) if telling_stems(text) else words(text))))
