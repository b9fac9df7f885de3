"""Passages that show why an article was found.  All text is escaped here; only <mark> is ours."""

from collections.abc import Collection, Sequence

from markupsafe import Markup, escape

from supportdesk.faq.search.analysis import placed_stems

_LENGTH = 200  # Characters: two lines on a phone and a half.
_LEAD = 60  # A sentence that begins this near before the first match is shown from its beginning.
_RUN_UP = 30  # Otherwise this much stands before it.
_MARK, _END_OF_MARK = "<mark>", "</mark>"
_SENTENCE_ENDS = (". ", "? ", "! ", "\n")

_Match = tuple[int, int, str]


def highlight(text: str, wanted: Collection[str]) -> Markup:
    """The text with every word whose stem is `wanted` in <mark>."""
    return marked(text, _matches(text, wanted))


def marked(text: str, matches: Sequence[_Match]) -> Markup:
    return _marked(text, 0, len(text), matches)


def snippet(body: str, summary: str, wanted: Collection[str]) -> Markup:
    """The passage of `body` with the most of the wanted words; the summary where it has none."""
    matches = _matches(body, wanted)
    return passage(body, matches) if matches else highlight(summary, wanted)


def passage(body: str, matches: Sequence[_Match]) -> Markup:
    """The passage of `body` that holds most of the matches: each begins somewhere, ends somewhere, and has a stem."""
    start = _start(body, _best(matches))
    end = _end(body, start)
    before = "" if _begins_sentence(body, start) else "… "
    after = "" if end == len(body) or body.endswith((".", "?", "!"), 0, end) else " …"
    return before + _marked(body, start, end, matches) + after


def _matches(text: str, wanted: Collection[str]) -> list[_Match]:
    return placed_stems(text, wanted) if wanted else []


def _best(matches: Sequence[_Match]) -> int:
    """Where the passage should begin: most different words first, then most words, then earliest."""

    def worth(first: int) -> tuple[int, int, int]:
        begin = matches[first][0]
        inside = [m[2] for m in matches[first : first + _LENGTH] if m[1] <= begin + _LENGTH - _LEAD]
        return len(set(inside)), len(inside), -first

    return matches[max(range(len(matches)), key=worth)][0]


def _start(body: str, match: int) -> int:
    earliest = max(0, match - _LEAD)
    if earliest == 0:
        return 0
    ends = [at + len(mark) for mark in _SENTENCE_ENDS if (at := body.rfind(mark, earliest, match)) >= 0]
    if ends:
        return max(ends)
    return min(_after_blank(body, max(0, match - _RUN_UP)), match)


def _after_blank(body: str, at: int) -> int:
    blank = body.find(" ", at)
    return len(body) if blank < 0 else blank + 1


def _begins_sentence(body: str, start: int) -> bool:
    return start == 0 or body.endswith(_SENTENCE_ENDS, 0, start)


def _end(body: str, start: int) -> int:
    if len(body) - start <= _LENGTH:
        return len(body)
    blank = max(body.rfind(" ", start, start + _LENGTH), body.rfind("\n", start, start + _LENGTH))
    return blank if blank > start else start + _LENGTH


def _marked(text: str, start: int, end: int, matches: Sequence[_Match]) -> Markup:
    pieces = []
    at = start
    for begin, finish, _ in matches:
        if at <= begin and finish <= end:
            pieces += [escape(text[at:begin]), _MARK, escape(text[begin:finish]), _END_OF_MARK]
            at = finish
    pieces.append(escape(text[at:end]))
    return Markup("".join(pieces).replace("\n", " "))  # noqa: S704  # Of escaped text and our own marks.
