"""What a half-typed question may become: titles and people's own phrases, matched word by word.  Pure."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from supportdesk.faq.articles import Article
from supportdesk.faq.search.analysis import FILLER, stem, words

_Holders = dict[str, set[str]]


class Suggestions:
    def __init__(self, articles: Iterable[Article]) -> None:
        self._place: dict[str, int] = {}
        self._titles: dict[str, Sequence[str]] = {}
        self._wordings: dict[str, str] = {}  # Title and phrases, a line each, every word after a blank.
        self._by_word: _Holders = defaultdict(set)
        self._by_stem: _Holders = defaultdict(set)
        for place, article in enumerate(articles):
            wordings = [words(text) for text in (article.title, *article.also_asked_as)]
            self._place[article.slug] = place
            self._titles[article.slug] = wordings[0]
            self._wordings[article.slug] = "\n".join(f" {' '.join(wording)}" for wording in wordings)
            for word in {word for wording in wordings for word in wording}:
                self._by_word[word].add(article.slug)
                self._by_stem[stem(word)].add(article.slug)
        self._vocabulary = sorted(self._by_word)

    def of(self, typed: Sequence[str], limit: int) -> list[str]:
        """Slugs for the words typed so far, the last of them perhaps unfinished.

        Only what matches the most of them, and at least half.  Best first: titles that begin so, titles with
        these words, titles and phrases with these words in a row, other phrases.
        """
        if not typed or limit <= 0:
            return []
        before = list(dict.fromkeys(typed[:-1]))
        asked = [word for word in before if word not in FILLER] or before
        matched = Counter(slug for word in asked for slug in self._by_stem.get(stem(word), ()))
        matched.update(self._with_prefix(typed[-1]))
        most = max(matched.values(), default=0)
        if 2 * most < len(asked) + 1:
            return []
        best = [slug for slug, count in matched.items() if count == most]
        return sorted(best, key=lambda slug: (self._nearness(slug, asked, typed), self._place[slug]))[:limit]

    def _with_prefix(self, prefix: str) -> set[str]:
        found: set[str] = set()
        for place in range(bisect_left(self._vocabulary, prefix), len(self._vocabulary)):
            word = self._vocabulary[place]
            if not word.startswith(prefix):
                break
            found |= self._by_word[word]
        return found

    def _nearness(self, slug: str, asked: Sequence[str], typed: Sequence[str]) -> int:
        title, last = self._titles[slug], typed[-1]
        telling = [word for word in title if word not in FILLER]
        if _begins_so(title, typed) or _begins_so(telling, [*asked, last]):
            return 0
        stems = {stem(word) for word in title}
        if any(word.startswith(last) for word in title) and all(stem(word) in stems for word in asked):
            return 1
        return 2 if f" {' '.join(typed)}" in self._wordings[slug] else 3


def _begins_so(title: Sequence[str], typed: Sequence[str]) -> bool:
    *whole, last = typed
    rest = title[len(whole) : len(whole) + 1]
    return list(title[: len(whole)]) == list(whole) and bool(rest) and rest[0].startswith(last)
