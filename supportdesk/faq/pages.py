"""One good content file: the article, its HTML, and its words."""

from dataclasses import dataclass

from markupsafe import Markup

from supportdesk.faq import articles, markup
from supportdesk.faq.articles import Article, ArticleError


@dataclass(frozen=True, slots=True)
class Page:
    article: Article
    html: Markup
    text: str

    @property
    def file(self) -> str:
        return f"{self.article.category}/{self.article.slug}.md"


def render(name: str, text: str) -> Page:
    """The page of the file `name`, or an ArticleError."""
    article = articles.parse(name, text)
    try:
        html = markup.to_html(article.body)
        return Page(article, html, markup.plain(html))
    except RecursionError:
        raise ArticleError(name, "lists or quotes stand too deep in one another; make them flat") from None
