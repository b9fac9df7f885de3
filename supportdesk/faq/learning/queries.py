"""What searches taught us: the figures of a stretch of days, and the words that many asked in vain.  Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from supportdesk.database import db
from supportdesk.faq.learning.models import Counted, SearchCount, SearchWords


@dataclass(frozen=True)
class SearchReport:
    searches: int
    no_answer: int
    went_to_form: int
    clicks: Mapping[int, int]  # By the rank of the result.
    words: Sequence[tuple[str, int]]  # With how many visitors asked them, most first.


def search_report(first: date, last: date) -> SearchReport:
    """Both days are included."""
    times = _counts(first, last)
    clicks = {int(detail): number for (what, detail), number in times.items() if what is Counted.CLICK}
    return SearchReport(
        searches=times[Counted.SEARCH, ""],
        no_answer=times[Counted.NO_ANSWER, ""],
        went_to_form=times[Counted.FORM, ""],
        clicks=dict(sorted(clicks.items())),
        words=_words(first, last),
    )


@dataclass(frozen=True)
class Regard:
    """How an article fared with patients."""

    views: int = 0
    helped: int = 0
    not_helped: int = 0

    @property
    def votes(self) -> int:
        return self.helped + self.not_helped


def regards(first: date, last: date) -> Mapping[str, Regard]:
    """Of each article that was opened or voted on, by its slug; both days are included."""
    times = _counts(first, last)
    told = (Counted.VIEW, Counted.HELPED, Counted.NOT_HELPED)
    slugs = sorted({detail for what, detail in times if what in told})
    return {slug: Regard(*(times[what, slug] for what in told)) for slug in slugs}


def deflected(first: date, last: date) -> Mapping[str, int]:
    """How often somebody left their message for each answer; both days are included."""
    return {detail: number for (what, detail), number in _counts(first, last).items() if what is Counted.DEFLECTED}


def _counts(first: date, last: date) -> Counter[tuple[Counted, str]]:
    rows = db.session.execute(
        select(SearchCount.what, SearchCount.detail, func.sum(SearchCount.times))
        .where(SearchCount.day.between(first, last))
        .group_by(SearchCount.what, SearchCount.detail)
    )
    return Counter({(what, detail): int(times) for what, detail, times in rows})


def _words(first: date, last: date) -> Sequence[tuple[str, int]]:
    visitors = func.sum(SearchWords.visitors)
    rows = db.session.execute(
        select(SearchWords.words, visitors)
        .where(SearchWords.day.between(first, last))
        .group_by(SearchWords.words)
        .order_by(visitors.desc(), SearchWords.words)
    )
    return [(words, int(number)) for words, number in rows]
