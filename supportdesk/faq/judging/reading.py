"""The lessons of a content folder: safety cards, examples, kinds of words.  For a broken one its last good copy serves.

A desk with content of its own, but no safety cards in it, shows ours: nobody in an emergency is left waiting.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from supportdesk.config import shipped
from supportdesk.faq import safety, source
from supportdesk.faq.copies import Copies
from supportdesk.faq.front_matter import ArticleError
from supportdesk.faq.judging import kinds, lessons
from supportdesk.faq.judging.lessons import Example, Lessons
from supportdesk.faq.judging.signs import parts
from supportdesk.faq.safety import Card

CARDS = "safety"
EXAMPLES = "guidance/examples.jsonl"
KINDS = "guidance/words.txt"

_LARGEST = 2_000_000  # Bytes of a file; our examples have 100,000.


@dataclass(frozen=True, slots=True)
class Taught:
    lessons: Lessons
    unreadable: tuple[str, ...]
    mistakes: tuple[str, ...]  # In what could be read.
    said: tuple[tuple[str, str], ...]  # The texts it was made of: where they are the same, so is it.

    @property
    def problems(self) -> tuple[str, ...]:
        return self.unreadable + self.mistakes


def signature(content: Path | None) -> source.Signature:
    """What changes whenever one of the files comes, goes or is written."""
    root = _root(content)
    names = (KINDS, EXAMPLES, *_card_files(root))
    return tuple(source.stamp(root, name) for name in names)


def read(content: Path | None, last_good: Path | None, former: Taught | None = None) -> Taught:
    """The lessons in the folder `content`, or in ours where it has no safety cards."""
    return _Reading(_root(content), Copies(last_good)).taught(former)


def _root(content: Path | None) -> Path:
    return content if content and (content / CARDS).is_dir() else shipped("content")


def _card_files(root: Path) -> tuple[str, ...]:
    try:
        return tuple(name for name in source.listed(root) if name.startswith(f"{CARDS}/"))
    except OSError:
        return ()


_card = lru_cache(maxsize=20)(safety.parse)  # YAML is slow, and most changes are to articles.


@lru_cache(maxsize=4)
def _examples(text: str, cards: tuple[str, ...]) -> tuple[tuple[Example, ...], tuple[ArticleError, ...]]:
    examples, errors = lessons.parse_examples(EXAMPLES, text, cards)
    return tuple(examples), tuple(errors)


class _Reading:
    def __init__(self, root: Path, copies: Copies) -> None:
        self._root = root
        self._copies = copies
        self._problems: list[str] = []
        self._good: dict[str, str] = {}

    def taught(self, former: Taught | None) -> Taught:
        names = _card_files(self._root)
        if not names:  # A folder that was emptied is an accident, not the wish to have no cards.
            self._problems.append(f"{CARDS}: the safety cards are gone; put them back")
            names = tuple(name for name in self._copies.names() if name.startswith(f"{CARDS}/"))
        texts = {name: text for name in (KINDS, EXAMPLES, *names) if (text := self._text(name)) is not None}
        said = tuple(texts.items())
        if former and former.said == said:
            return replace(former, unreadable=tuple(self._problems))
        unreadable = tuple(self._problems)
        found = Lessons(*self._parsed(names, texts))
        self._copies.keep(self._good, names)
        return Taught(found, unreadable, tuple(self._problems[len(unreadable) :]), said)

    def _text(self, name: str) -> str | None:
        try:
            return source.read(self._root, name, largest=_LARGEST)
        except ArticleError as error:
            self._problems.append(str(error))
            return self._copies.recall(name)

    def _parsed(
        self, names: Iterable[str], texts: dict[str, str]
    ) -> tuple[tuple[Card, ...], tuple[kinds.Line, ...], tuple[Example, ...]]:
        lines = self._kinds(texts.get(KINDS, ""))
        known = {name for name, _words in lines}
        cards = [card for name in names if name in texts and (card := self._card(name, texts[name], known))]
        cards.sort(key=lambda card: (card.order, card.emergency.name))
        examples, errors = _examples(texts.get(EXAMPLES, ""), tuple(safety.name_of(name) for name in names))
        self._problems += map(str, errors)
        if examples and not errors:
            self._good[EXAMPLES] = texts[EXAMPLES]
        return tuple(cards), lines, examples

    def _kinds(self, text: str) -> tuple[kinds.Line, ...]:
        lines, wrong = kinds.parse(text)
        self._problems += [f"{KINDS}:{number}: write “kind: word, word”" for number in wrong]
        self._problems += [
            f"{KINDS}: the group “{group}” names “{kind}”, which is no kind of words"
            for group, kind in kinds.strangers(lines)
        ]
        if lines and not wrong:
            self._good[KINDS] = text
        return lines

    def _card(self, name: str, text: str, known: set[str]) -> Card | None:
        try:
            card = _card(name, text)
        except ArticleError as error:
            self._problems.append(str(error))
            return self._former(name)
        self._problems += [
            f"{name}: the sign “{sign}” names {part}, which is no kind of words in {KINDS}"
            for sign in (*card.signs, *card.not_signs)
            for part in parts(sign)
            if part.startswith("{") and part[1:-1] not in known
        ]
        self._good[name] = text
        return card

    def _former(self, name: str) -> Card | None:
        """The card's last good copy, or ours of that name."""
        text = self._copies.recall(name)
        try:
            return _card(name, source.read(shipped("content"), name) if text is None else text)
        except ArticleError:
            return None
