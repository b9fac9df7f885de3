"""Safety cards of content/safety: what to do right now, and the signs in a person's words that call for one.

Pure: text in, a `Card` out.
"""

import re
from dataclasses import dataclass

from supportdesk.faq.front_matter import Fields, split

__all__ = ["Call", "Card", "Emergency", "name_of", "parse"]

_KEYS = ("heading", "order", "calls", "spanish", "mail", "signs", "not_signs")
_NEVER = "never"
_NUMBER = re.compile(r"\d(?:[\d-]*\d)?")
_COUNTRY = "+1"
_WITH_AREA = 10  # Digits; 911 and 988 are dialed as they are.


@dataclass(frozen=True, slots=True)
class Call:
    """One way to reach somebody now."""

    label: str  # Such as “Call or text 988”; it holds the number.
    url: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """A card of content/safety: what to do right now, instead of waiting for a reply."""

    name: str  # The file's, such as "medical"; recorded with a ticket.
    heading: str
    text: str  # Plain paragraphs with an empty line between them, fit for a page and a mail.
    calls: tuple[Call, ...] = ()  # The first is the one to make now.
    spanish: str = ""  # The same in one sentence.
    is_mailed: bool = True  # Not where somebody else who reads the mail may do harm.

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(" ".join(block.split()) for block in self.text.split("\n\n") if block.strip())


@dataclass(frozen=True, slots=True)
class Card:
    """An emergency, and what people write who are in it."""

    emergency: Emergency
    order: int  # Of two that fit equally well, the first is shown.
    signs: tuple[str, ...]
    not_signs: tuple[str, ...]  # What only sounds like it.


def parse(name: str, text: str) -> Card:
    """The card in the file `name`, or an ArticleError."""
    matter, body, _line = split(name, text, _KEYS)
    emergency = Emergency(
        name=name_of(name),
        heading=matter.line("heading"),
        text=body,
        calls=tuple(_call(matter, label) for label in matter.texts("calls")),
        spanish=matter.line("spanish") if "spanish" in matter else "",
        is_mailed=_is_mailed(matter),
    )
    if not emergency.calls:
        raise matter.refuse("calls", "name at least one number to call, like “Call 911”")
    return Card(emergency, matter.number("order"), matter.texts("signs"), matter.texts("not_signs"))


def _is_mailed(matter: Fields) -> bool:
    if "mail" not in matter:
        return True
    if matter.line("mail") != _NEVER:
        raise matter.refuse("mail", f"write “mail: {_NEVER}”, or leave it out")
    return False


def name_of(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".md")


def _call(matter: Fields, label: str) -> Call:
    found = _NUMBER.search(label)
    if not found:
        raise matter.refuse("calls", f"“{label}” has no number in it; write it like “Call 911”")
    digits = found[0].replace("-", "").removeprefix("1") if "-" in found[0] else found[0]
    number = f"{_COUNTRY}{digits}" if len(digits) == _WITH_AREA else digits
    return Call(label, f"{'sms' if label.startswith('Text') else 'tel'}:{number}")
