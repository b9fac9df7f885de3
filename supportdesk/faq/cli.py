"""Commands about articles: check, index, search."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

faq = AppGroup("faq", help="The help centre’s articles.")


@faq.command("check")
def check() -> None:
    """Read every article and say what is wrong with which file."""
    library = current_app.extensions["shelf"].current()
    for problem in library.problems:
        click.echo(problem)
    click.echo(f"{len(library.articles)} articles, {len(library.problems)} problems.")
    sys.exit(1 if library.problems else 0)


@faq.command("index")
def build_index() -> None:
    """Build the search index of what the articles say now; does nothing where it is there already."""
    index = current_app.extensions["searcher"].current()
    click.echo(f"The index is ready: {len(index.library.articles)} articles.")


@faq.command("search")
@click.argument("words")
def search(words: str) -> None:
    """Print what a search for WORDS finds, best first."""
    for hit in current_app.extensions["searcher"].current().search(words).hits:
        click.echo(f"{hit.score:8.3f}  {hit.article.slug:32} {hit.article.title}")
