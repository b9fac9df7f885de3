"""What the judge sees of a message: in each sentence its words, pairs of neighbours, kinds of words, signs, and what
stands around it.

Bounded: a message of 20,000 characters is looked at whole, but each word of it only so often.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from supportdesk.faq.judging.contexts import KIND, Contexts
from supportdesk.faq.judging.kinds import Kinds
from supportdesk.faq.judging.lessons import Lessons
from supportdesk.faq.judging.mending import Mender
from supportdesk.faq.judging.signs import Signs
from supportdesk.faq.judging.tokens import clauses, sentences, words

_NEAR = 6  # Words between two kinds that are seen as a pair.
_MOST_KINDS = 40  # Of a sentence; only a list of words made to keep us busy has more.
_MOST_SENTENCES, _FIRST, _LAST = 22, 6, 4
_MOST_PAIRED = 12  # Sentences of a message that are also seen together with the next, and clause by clause.
_OFTEN = 3  # Examples; a word that stands in so many is not a slip.
COUNTER, SIGN, NOT_SIGN = "counter", "sign", "not a sign"


def says_something(sentence: Collection[str]) -> bool:
    """Whether any of its words is of a kind we know."""
    return any(feature.startswith(KIND) for feature in sentence)


class Features:
    def __init__(self, lessons: Lessons, ordinary: Collection[str]) -> None:
        self._kinds = Kinds(lessons.kinds)
        self._contexts = Contexts(self._kinds)
        cards = [(card.emergency.name, card) for card in lessons.cards]
        self._signs = Signs((name, sign) for name, card in cards for sign in card.signs)
        self._not_signs = Signs((name, sign) for name, card in cards for sign in card.not_signs)
        self._counters = Signs((COUNTER, phrase) for phrase in lessons.counter_phrases)
        self._ordinary = frozenset(ordinary)
        counts = Counter(word for example in lessons.examples for word in words(example.says))
        self._often = frozenset(word for word, count in counts.items() if count >= _OFTEN)
        self._telling = self._signs.words | self._kinds.words_of(self._signs.kinds)
        self._mender = Mender(self._kinds.vocabulary | self._signs.words | self._often)

    def of(self, text: str) -> list[set[str]]:
        """The features of each sentence, of each two that follow each other, and of the clauses of each."""
        said = self._most_telling(sentences(text)) or [[]]
        mended = self._mended(said)
        said = [[mended.get(word, word) for word in sentence] for sentence in said]
        each = [self._of_sentence(sentence) for sentence in said]
        if len(said) > _MOST_PAIRED:
            return self._contexts.added(each)
        parts = (clause for sentence in said for clause in clauses(sentence))
        pairs = (one | other for one, other in pairwise(each))
        return self._contexts.added([*each, *pairs, *map(self._of_sentence, parts)])

    def _most_telling(self, said: list[list[str]]) -> list[list[str]]:
        """Of very many sentences the first, the last, and those with most words that signs are made of."""
        if len(said) <= _MOST_SENTENCES:
            return said
        first, rest, last = said[:_FIRST], said[_FIRST:-_LAST], said[-_LAST:]
        rest.sort(key=lambda sentence: len(self._telling.intersection(sentence)), reverse=True)
        return [*first, *rest[: _MOST_SENTENCES - _FIRST - _LAST], *last]

    def _knows(self, word: str) -> bool:
        return word in self._ordinary or word in self._often or self._kinds.knows(word)

    def _is_any_number(self, word: str) -> bool:
        """Unlike 911, 988 or a temperature: 14 says no more than 15."""
        return word.isdigit() and not self._kinds.knows(word)

    def _mended(self, said: Sequence[Sequence[str]]) -> dict[str, str]:
        every = {word for sentence in said for word in sentence}
        return {word: self._mender.mended(word) for word in every if not self._knows(word)}

    def _of_sentence(self, sentence: Sequence[str]) -> set[str]:
        kinds = self._kinds.found(sentence)[: _MOST_KINDS * 2]
        plain = ["0" * min(len(word), 4) if self._is_any_number(word) else word for word in sentence]
        found = {f"w {word}" for word in plain}
        found.update(map(" ".join, zip(["^", *plain], [*plain, "$"], strict=True)))
        found.update(f"{KIND}{kind}" for _place, kind in kinds)
        found.update(_pairs(kinds))
        found.update(self._of_signs(sentence, kinds))
        return found

    def _of_signs(self, sentence: Sequence[str], kinds: Sequence[tuple[int, str]]) -> Iterator[str]:
        present = {kind for _place, kind in kinds}
        for name in self._signs.found(sentence, kinds):
            yield from (f"{SIGN} {name}", SIGN)
            yield from (f"{SIGN}+{kind}" for kind in present)
        for name in self._not_signs.found(sentence, kinds):
            yield from (f"not {name}", NOT_SIGN)
        yield from self._counters.found(sentence, kinds)


def _pairs(kinds: Sequence[tuple[int, str]]) -> Iterator[str]:
    for number, (place, kind) in enumerate(kinds):
        for later in range(number + 1, len(kinds)):
            where, other = kinds[later]
            if where - place > _NEAR:
                break
            if other != kind:
                yield f"{kind}+{other}" if kind < other else f"{other}+{kind}"
