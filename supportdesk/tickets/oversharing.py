"""What a message should not hold: numbers and passwords that help a thief and never help the desk.  Pure.

Each pattern is bounded, so that a hostile text takes time that grows with its length and no faster.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from supportdesk.tickets.private import Kind

__all__ = ["Kind", "Passage", "passages", "passages_of", "without"]


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """A stretch of a text that says too much; its words are not in its repr, as that gets logged."""

    kind: Kind
    start: int
    end: int
    text: str


def passages(text: str) -> list[Passage]:
    """What `text` should not hold, in its order; where two readings overlap, the surer one wins."""
    typed = text.translate(_AS_TYPED)
    read = small if len(small := typed.lower()) == len(typed) else typed  # A place in one is a place in the other.
    found: list[Passage] = []
    for kind, find in _FINDERS.items():
        for start, end in find(read, typed):
            if all(end <= other.start or other.end <= start for other in found):
                found.append(Passage(kind, start, end, text[start:end]))
    return sorted(found, key=lambda passage: passage.start)


def passages_of(texts: Iterable[str]) -> list[Passage]:
    """What any of `texts` should not hold, each of the same words once."""
    return list({passage.text: passage for text in texts for passage in passages(text)}.values())


def without(text: str, gone: Iterable[Passage], instead: Callable[[Passage], str]) -> str:
    """`text` with what `instead` says in the place of each passage."""
    for passage in sorted(gone, key=lambda passage: passage.start, reverse=True):
        text = text[: passage.start] + instead(passage) + text[passage.end :]
    return text


# One character for one, so that places stay what they are: wide digits, the many dashes, spaces that do not break.
_AS_TYPED = {0xFF10 + digit: str(digit) for digit in range(10)}
_AS_TYPED |= {0x0660 + digit: str(digit) for digit in range(10)}
_AS_TYPED |= dict.fromkeys(map(ord, "‐‑‒–—−﹣－"), "-") | dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")

_MOST = 100  # Of what may begin a passage of one kind; nobody means more, and each takes a look.

_BEGINS = r"(?<![\w-])"  # Not within a word or a longer number, such as a reference or a phone number.
_ENDS = r"(?![\w]|-\w)"
_SAYS = r"(?:\s?(?:is|was|are|es|number|num|no|nr|numero|número)\b\.?|\s?[:=#]){0,3}\s{0,3}"  # “number is: ”

# Names stand in small letters, as the text is read so; what follows a name is looked at from its end on.
_SSN = re.compile(rf"{_BEGINS}(?!000|666)[0-8]\d\d([ .-])(?!00)\d\d\1(?!0000)\d{{4}}{_ENDS}")
_SSN_NAME = re.compile(r"\b(?:ssn|ss ?#|social(?: security)?|soc ?sec|seguro social)")
_SSN_NAMED = re.compile(rf"{_SAYS}(\d(?:[ .-]?\d){{8}}){_ENDS}")
_SSN_LAST = re.compile(r"\blast (?:4|four)(?: digits)?(?: of| on)?(?: my| his| her| the)? (?:ssn|social(?: security)?)")
_FOUR = re.compile(rf"{_SAYS}(\d{{4}}){_ENDS}")

_CARD = re.compile(
    r"(?<![\w.])(?=\d{4})(?=("
    r"\d{13,19}"
    r"|\d{4}([ .-]{1,3})\d{4}\2\d{4}\2\d{4}(?:\2\d{3})?"
    r"|3\d{3}([ .-]{1,3})\d{6}\3\d{4,5}"
    r")(?!\d|[.-]\d))"
)
_ISSUERS = (  # How the numbers of a brand begin, and how long they are.
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"30[0-5]|3[689]"), {14}),
    (re.compile(r"6011|64[4-9]|65|62|35"), {16, 17, 18, 19}),
)

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-zé]{0,7}"  # In Spanish too.
_DATE = (
    r"(?:\d{1,2}[/. -]{1,2}\d{1,2}[/. -]{1,2}(?:\d{4}|\d\d)"
    r"|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}"
    r"|(?:0[1-9]|1[0-2])[0-3]\d(?:19|20)\d\d"
    rf"|{_MONTH}\.? {{0,2}}\d{{1,2}}(?:st|nd|rd|th)?,? {{0,2}}(?:\d{{4}}|'?\d\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: de| of)? {_MONTH}\.?,?(?: de| del)? {{0,2}}\d{{4}})"
)
_BIRTH = re.compile(
    r"\b(?:d\.?o\.?b\b\.?|date of birth|birth ?date|birthday|b-?day|fecha de nacimiento|born(?: on)?|nac[ií])"
)
_BORN = re.compile(rf"(?=[^\n\d]{{0,32}}\d)[^\n\d]{{0,20}}?(?<!\w)({_DATE})(?!\w|[/-]\d)")
_BORN_BEFORE = re.compile(rf"(?<![\w/-])({_DATE})[,.]? (?:is |was |= ?)?(?:my |his |her |the )?$")
_LONG_AGO = re.compile(
    r"(?<!since )(?<!desde )(?<![\w/.-])(?:0?[1-9]|1[0-2])([/-])(?:0?[1-9]|[12]\d|3[01])\1(?:19[0-8]\d)(?!\w|[/-]\d)"
)

_SECRET = re.compile(r"\b(?:password|passcode|pass word|passwd|pword|pwd?|contraseña|contrasena|clave|pin)\b")
_SECRET_SAID = re.compile(
    r"(?: (?:i|we) (?:use|used|tried|chose|set)| you (?:sent|gave)(?: me)?| for (?:the |my )?\w{1,12})?"
    r"(?: (?:is|was|es)\b ?:?| ?[:=]) {0,3}([\"“'‘]?)((?!\[)[^\s\"”“]{3,40})",
    re.IGNORECASE,
)
_SECRET_BARE = re.compile(r" ()((?=[A-Za-z])(?=\S{0,30}\d)[^\s,;]{6,30})")
_NO_SECRETS = """
a about accepted added again all also already always an and any asked at bad because been before being blank blocked
broken but by cannot cant can't can’t case changed correct current denied deleted different disabled doesnt doesn't
doesn’t done easy email emailed empty expired expiring failed failing fine forgot forgotten for from getting gone
good hard help here his her i if in incorrect ignored invalid it its it's it’s just last link locked lost mandatory
me missing my needed never new no none nor not nothing now off ok okay old on one only or our out outdated over
please possible private prompt protected refused rejected required reset restored right safe saved secret secure
sent set short simple so something still strong stuck taking temporary that the their them then there this
to too unknown unrecognized unsafe updated useless valid weak what when where which why with without wrong you your
working yet
correcta equivocada incorrecta inválida invalida la mala muy no nueva una vieja vencida
"""
_NO_SECRET = frozenset(_NO_SECRETS.split())  # How a sentence about a password goes on.
_PLAIN_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]{1,2})?")

_RECORD_NAME = re.compile(
    r"\b(?:mrn|m\.r\.n\.?|(?:medical record|med(?:ical)? rec|health record|chart|patient)(?= ?(?:id\b|num|no\b|nr\b|#))"
    r"(?: ?id\b)?|(?:numero|número) de expediente)"
)
_RECORD = re.compile(rf"{_SAYS}([a-z]{{0,4}}-?\d[\w-]{{3,18}})(?!\w)")


def _ssns(text: str, _typed: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in islice(_SSN.finditer(text), _MOST))
    yield from _named(text, _SSN_NAME, _SSN_NAMED)
    yield from _named(text, _SSN_LAST, _FOUR)


def _named(text: str, name: re.Pattern[str], value: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where `value` follows `name`."""
    for found in islice(name.finditer(text), _MOST):
        if match := value.match(text, found.end()):
            yield match.span(1)


def _cards(text: str, _typed: str) -> Iterator[tuple[int, int]]:
    for match in islice(_CARD.finditer(text), _MOST):
        digits = re.sub(r"\D", "", match[1])
        if any(begins.match(digits) and len(digits) in long for begins, long in _ISSUERS) and _luhn(digits):
            yield match.span(1)


def _luhn(digits: str) -> bool:
    """Whether the last digit is the one that card numbers end in; nine in ten other numbers fail."""
    numbers = [int(digit) for digit in reversed(digits)]
    doubled = sum(sum(divmod(2 * number, 10)) for number in numbers[1::2])
    return len(set(digits)) > 1 and (sum(numbers[::2]) + doubled) % 10 == 0


def _birth_dates(text: str, _typed: str) -> Iterator[tuple[int, int]]:
    yield from _named(text, _BIRTH, _BORN)
    for found in islice(_BIRTH.finditer(text), _MOST):
        if match := _BORN_BEFORE.search(text[: found.start()], max(0, found.start() - 45)):
            yield match.span(1)
    yield from (match.span() for match in islice(_LONG_AGO.finditer(text), _MOST))


def _passwords(text: str, typed: str) -> Iterator[tuple[int, int]]:
    """Looks at what was typed: big letters are what tells a password from a word."""
    for found in islice(_SECRET.finditer(text), _MOST):
        for pattern in (_SECRET_SAID, _SECRET_BARE):
            if match := pattern.match(typed, found.end()):
                secret = match[2].rstrip(".,;:!?)'’")
                end = match.start(2) + len(secret)
                if len(secret) > 2 and (match[1] or _looks_secret(secret, typed[end : end + 2])):  # noqa: PLR2004
                    yield match.start(2), end
                break


def _looks_secret(secret: str, after: str) -> bool:
    """A password, and not the rest of a sentence about one: “is Sunny-4”, but not “is wrong” or “is taking ages”."""
    if not _PLAIN_WORD.fullmatch(secret):
        return any(letter.isalnum() for letter in secret) and not secret.lower().startswith(("nc-", "http", "www."))
    if secret.lower() in _NO_SECRET or secret.lower().endswith(("ing", "ed", "ly", "n't", "n’t")):
        return False
    ends = not after.strip(" ") or after[0] in ".,;!?)\n"
    return ends or not (secret.islower() or secret.istitle())


def _record_numbers(text: str, _typed: str) -> Iterator[tuple[int, int]]:
    for start, end in _named(text, _RECORD_NAME, _RECORD):
        if sum(map(str.isdigit, text[start:end])) > 3:  # noqa: PLR2004
            yield start, end


_FINDERS: dict[Kind, Callable[[str, str], Iterator[tuple[int, int]]]] = {
    Kind.SSN: _ssns,
    Kind.CARD: _cards,
    Kind.RECORD_NUMBER: _record_numbers,
    Kind.PASSWORD: _passwords,
    Kind.BIRTH_DATE: _birth_dates,
}
