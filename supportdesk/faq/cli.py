"""Commands about articles: check, index, search, report."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from supportdesk import opening
from supportdesk.faq.articles import ArticleError
from supportdesk.faq.findings import look
from supportdesk.faq.learning.queries import SearchReport, search_report
from supportdesk.faq.learning.services import FEWEST_VISITORS
from supportdesk.faq.search import Searcher, SearchIndex
from supportdesk.logs import unsaid

faq = AppGroup("faq", help="The help centre’s articles.")


@faq.command("check")
def check() -> None:
    """Read every article: say what is wrong with which file, and what would make it better.

    Fails where something is wrong; advice alone is no failure.
    """
    with unsaid("supportdesk.faq"):
        index = _index(Searcher.without_guidance)
    found = look(index, opening.today())
    for line in (*index.library.problems, *found):
        click.echo(line)
    problems = len(index.library.problems) + sum(finding.is_error for finding in found)
    advice = sum(not finding.is_error for finding in found)
    click.echo(f"{len(index.library.articles)} articles, {problems} problems, {advice} pieces of advice.")
    sys.exit(1 if problems else 0)


@faq.command("index")
def build_index() -> None:
    """Build the search index of what the articles say now; does nothing where it is there already."""
    click.echo(f"The index is ready: {len(_index(Searcher.current).library.articles)} articles.")


@faq.command("search")
@click.argument("words")
@click.option("--explain", is_flag=True, help="Say what each word adds to each score.")
def search(words: str, *, explain: bool) -> None:
    """Print what a search for WORDS finds, best first."""
    index = _index(Searcher.without_guidance)
    found = index.search(words)
    if explain and found.corrected:
        click.echo(f"Searched as: {found.corrected}")
    if explain and not found.fits:
        click.echo("Patients are told first that we may not have an answer to this.")
    for hit in found.hits:
        click.echo(f"{hit.score:8.3f}  {hit.article.slug:32} {hit.article.title}")
        for line in index.explain(found, hit.article.slug).lines() if explain else ():
            click.echo(f"    {line}")


@faq.command("report")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="Up to today.")
def report(days: int) -> None:
    """Print how searches went, and the words that many people searched and did not find."""
    last = opening.today()
    first = last - timedelta(days=days - 1)
    click.echo(f"{first:%B %-d, %Y} to {last:%B %-d, %Y}")
    for line in _report_lines(search_report(first, last)):
        click.echo(line)


def _report_lines(said: SearchReport) -> Iterator[str]:
    yield f"{said.searches:8,}  searches"
    yield f"{said.no_answer:8,}  had no answer{_share(said.no_answer, said.searches)}"
    yield f"{said.went_to_form:8,}  went on to the message form{_share(said.went_to_form, said.searches)}"
    opened = sum(said.clicks.values())
    yield f"{opened:8,}  results were opened"
    for rank, number in said.clicks.items():
        yield f"{number:8,}      at rank {rank}{_share(number, opened)}"
    yield f"Searched and not found by {FEWEST_VISITORS} visitors or more:{'' if said.words else ' nothing'}"
    for words, visitors in said.words:
        yield f"{visitors:8,}  {words}"


def _share(part: int, whole: int) -> str:
    return f", {part / whole:.1%}" if whole else ""


def _index(opened: Callable[[Searcher], SearchIndex]) -> SearchIndex:
    try:
        index = opened(current_app.extensions["searcher"])
    except ArticleError as error:
        raise click.ClickException(str(error)) from None
    return index
