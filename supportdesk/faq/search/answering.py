"""What answers a question: the articles of one library, ranked, with the passages that show why.

What a person types is words and nothing else: there are no operators to get wrong, and nothing raises.
"""

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from supportdesk.config import shipped
from supportdesk.faq.articles import Article
from supportdesk.faq.library import Library
from supportdesk.faq.search import blending, queries, snippets
from supportdesk.faq.search.analysis import FILLER, STOP_WORDS, stem, stems, telling_stems, words
from supportdesk.faq.search.english import English
from supportdesk.faq.search.explanation import Explanation, Word
from supportdesk.faq.search.index import open_reader
from supportdesk.faq.search.meaning import Meaning, Model
from supportdesk.faq.search.ordinary import ordinary_words
from supportdesk.faq.search.ranking import Ranking
from supportdesk.faq.search.spanish import Spanish, spanish_phrases
from supportdesk.faq.search.spelling import Speller
from supportdesk.faq.search.suggestions import Suggestions
from supportdesk.faq.search.synonyms import Synonyms
from supportdesk.faq.search.wordings import Wordings

if TYPE_CHECKING:  # It stands on the search; the search only carries it.
    from supportdesk.faq.judging.judge import Judge


_MANY_WORDS = 10_000
_LONGEST_PHRASE = 300  # Characters; nobody collects a longer one.
_NEAR, _CLOSE = 0.45, 0.75  # Cosines: the first keeps nine questions in ten, the second is hardly ever wrong.
_SHOWN = 0.35  # From here on an article is worth a look, and to be shown below “nothing fits”.
_ENOUGH = 0.5  # Of what a question is about; with less, its best hit shares a word with it and no more.
# Where we know how people ask: how much is enough then, and how many times an even share has to be the best hit’s.
_ENOUGH_AND_ALIKE, _ALIKE, _MOST_ALIKE = 0.4, 3.75, 0.5


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
        self,
        library: Library,
        ranking: Ranking,
        meaning: Meaning | None,
        english: English,
        former: "SearchIndex | None" = None,
    ) -> None:
        self.library = library
        self.ranking = ranking
        self.meaning = meaning  # None where that extra is not installed.
        self.english = english  # Rightly spelled, whether or not an article holds it.
        self.judge: Judge | None = None  # Set once, before the index is shared; of the library before while it learns.
        self._synonyms = Synonyms(library.synonyms)
        filing = former.speller.filing if former else None
        ordinary = FILLER | ordinary_words(shipped("content") / "faq")
        known = partial(_is_known, ordinary, english, ranking, meaning)
        sure = _sure(ranking.vocabulary())
        self.speller: Speller = Speller(sure, known, said=library.lessons.vocabulary, filing=filing)
        self._spanish = Spanish(
            spanish_phrases(shipped("content") / "faq"), lambda word: word in ordinary or word in english
        )
        self._suggestions = Suggestions(library.articles.values())
        lines = {slug: (article.title, *article.also_asked_as) for slug, article in library.articles.items()}
        self._wordings = Wordings(lines)
        self._collected: dict[str, str] = {}  # The words of a title or phrase -> slug.
        for slug, said in lines.items():
            for text in said:
                self._collected.setdefault(_wording(text), slug)

    @classmethod
    def open(
        cls, library: Library, folder: Path, model: Model | None = None, former: "SearchIndex | None" = None
    ) -> "SearchIndex":
        """From the index in `folder`, which is built where it is missing or damaged; quicker after a `former` one."""
        meaning = Meaning(model, library, folder / "vectors") if model else None
        english = former.english if former else English.open(folder / "english")
        ranking = Ranking(open_reader(library, folder), order=tuple(library.articles))
        return cls(library, ranking, meaning, english, former)

    def search(self, query: str, limit: int = 10, *, exactly: bool = False) -> SearchResult:
        """What answers the query, its spelling mended; `exactly` takes it as it was typed."""
        query = queries.clean(query)
        english = None if exactly else self._in_english(query)
        corrected = None if exactly or english else self._corrected(query)
        asked = english or corrected or query
        telling, shares = telling_stems(asked), self._shares(asked)
        scored = self._scored(asked, telling, shares, limit)
        hits = tuple(self._hit(slug, score, telling) for slug, score in scored)
        fits = bool(hits) and self._fits(hits[0].article.slug, asked, telling, shares)
        return SearchResult(query, corrected, hits, fits)

    def articles(self, query: str, limit: int) -> tuple[Article, ...]:
        """What `search` finds, for whoever shows no passages: those are most of its work where the text is long."""
        query = queries.clean(query)
        asked = self._in_english(query) or self._corrected(query) or query
        scored = self._scored(asked, telling_stems(asked), self._shares(asked), limit)
        return tuple(self.library.articles[slug] for slug, _ in scored)

    def _scored(
        self, asked: str, telling: frozenset[str], shares: Mapping[str, float], limit: int
    ) -> list[tuple[str, float]]:
        first = self._collecting(asked)  # What an editor collected finds its article first.
        return self._ranked(asked, shares, limit, first) if telling else self._by_phrase(asked, limit, first)

    def explain(self, found: SearchResult, slug: str) -> Explanation:
        """Why the article ranks where it does."""
        asked = found.corrected or self._in_english(found.query) or found.query
        words = (Word(stem, weight, self.ranking.explain(stem, slug)) for stem, weight in self._weights(asked).items())
        return Explanation(
            words=tuple(word for word in words if word.fields),
            is_collected=self._collecting(asked) == slug,
            share=self._shares(asked).get(slug, 0.0),
            likeness=self.meaning.likeness(asked)[slug] if self.meaning else None,
        )

    def _fits(self, slug: str, asked: str, telling: frozenset[str], shares: Mapping[str, float]) -> bool:
        if self.meaning is None:
            return self._answers(slug, telling, shares)
        near = self.meaning.nearness(asked)[slug]
        return near >= _CLOSE or (near >= _NEAR and self._answers(slug, telling, shares))

    def _answers(self, slug: str, telling: frozenset[str], shares: Mapping[str, float]) -> bool:
        if not shares:
            return self._covers(slug, telling, _ENOUGH)
        return self._covers(slug, telling, _ENOUGH_AND_ALIKE) and shares[slug] >= min(_ALIKE / len(shares), _MOST_ALIKE)

    def _covers(self, slug: str, telling: frozenset[str], enough: float) -> bool:
        """Whether the article holds enough of what the question is about, rare words counting most."""
        if not telling:
            return True
        held = frozenset(stem for stem in telling if self._holds(slug, stem))
        weights = {stem: self.ranking.rarity(stem) for stem in telling}
        return sum(weights[stem] for stem in held) >= enough * sum(weights.values())

    def _holds(self, slug: str, stem: str) -> bool:
        return any(self.ranking.holds(slug, word) for word in (stem, *self._synonyms.of([stem])))

    def _collecting(self, query: str) -> str | None:
        """The article that has this as its title or as a phrase, whatever the order of the words."""
        return self._collected.get(_wording(query)) if len(query) <= _LONGEST_PHRASE else None

    def _corrected(self, query: str) -> str | None:
        """The query as it was likely meant; None where it seems right as it is."""
        if self._collecting(query):
            return None
        typed = words(query)
        meant = self._mended(typed)
        return " ".join(meant) if meant != typed else None

    def _mended(self, typed: list[str]) -> list[str]:
        return self.speller.correct(typed[: queries.MOST_MENDED]) + typed[queries.MOST_MENDED :]

    def _in_english(self, query: str) -> str | None:
        """A Spanish question as our articles would say it; None where it is none, or a collected phrase as it is."""
        if self._collecting(query):
            return None
        said = self._spanish.in_english(words(query)[: queries.MOST_WORDS])
        return None if said is None else " ".join(self._mended(said)) or query

    def suggest(self, prefix: str, limit: int = 5) -> list[Article]:
        """Articles for a half-typed query."""
        typed = words(queries.clean(prefix))[: queries.MOST_MENDED]
        slugs = self._suggestions.of(typed, limit) or self._suggestions.of(self.speller.correct(typed), limit)
        return [self.library.articles[slug] for slug in slugs]

    def _ranked(
        self, query: str, shares: Mapping[str, float], limit: int, first: str | None
    ) -> list[tuple[str, float]]:
        most = len(self.library.articles) if self.meaning or shares else limit
        found = dict(self.ranking.best(self._weights(query), most, first))
        scores = blending.by_words(found, shares, first)
        if self.meaning:
            scores = self._with_meaning(self.meaning, query, scores, shares, first)
        return heapq.nlargest(limit, scores.items(), key=lambda scored: scored[1])

    def _with_meaning(
        self, meaning: Meaning, query: str, scores: Mapping[str, float], shares: Mapping[str, float], first: str | None
    ) -> dict[str, float]:
        """An article near neither by words nor by meaning is left out."""
        near, like = meaning.nearness(query), meaning.likeness(query)
        shown = {slug: like[slug] for slug in near if near[slug] >= _SHOWN or slug in scores}
        return blending.by_meaning(shown, scores, shares, first)

    def _shares(self, query: str) -> Mapping[str, float]:
        """Of who tells a story, none: it is worded as stories are, whatever it asks."""
        said = words(query)
        return self._wordings.shares(said) if len(said) <= queries.TALK else {}

    def _weights(self, query: str) -> dict[str, float]:
        """The stems that rank, each with its weight: 1 for a word that was asked."""
        said = words(query)
        passed_over = FILLER if len(said) > queries.TALK else STOP_WORDS
        asked = list(dict.fromkeys(stem(word) for word in said if word not in passed_over))[: queries.MOST_WORDS]
        return dict.fromkeys(asked, 1.0) | dict(self._synonyms.of(asked))

    def _by_phrase(self, query: str, limit: int, first: str | None) -> list[tuple[str, float]]:
        """For "who are you", which has no word that tells: titles and phrases that are worded so."""
        slugs = self._suggestions.of(words(query)[: queries.MOST_MENDED], limit)
        best = dict.fromkeys([first, *slugs] if first else slugs)
        return [(slug, 1 / place) for place, slug in enumerate(best, start=1)][:limit]

    def _hit(self, slug: str, score: float, telling: frozenset[str]) -> Hit:
        article = self.library.articles[slug]
        title = snippets.highlight(article.title, telling)
        return Hit(article, score, title, snippets.snippet(self.library.text(article), article.summary, telling))


def _is_known(
    ordinary: Collection[str], english: English, ranking: Ranking, meaning: Meaning | None, word: str
) -> bool:
    """Of a word that is spelled rightly, whether or not an article holds it: “weak” is not a slip of “week”.

    No method: the speller would hold the index that holds it, and a former index would wait for the collector.
    """
    if word in ordinary or word in english or ranking.knows(stem(word)):
        return True
    return meaning is not None and meaning.knows(word)


def _sure(vocabulary: Mapping[str, int]) -> Mapping[str, int]:
    """Among many words, one that a single article holds may itself be a slip."""
    least = 2 if len(vocabulary) > _MANY_WORDS else 1
    return {word: count for word, count in vocabulary.items() if count >= least}


def _wording(text: str) -> str:
    """The same for texts of the same words, whatever their order."""
    return " ".join(sorted(set(stems(text) if telling_stems(text) else words(text))))
