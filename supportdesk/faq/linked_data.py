"""What search engines are told of articles, in the words of schema.org."""

from collections.abc import Iterable
from typing import Any

from supportdesk.faq.articles import Article
from supportdesk.faq.library import Library
from supportdesk.pages import page_language, public_url


def faq_page(books: Library, articles: Iterable[Article]) -> dict[str, Any]:
    """A page of questions and our answers; a question is known by one address, on however many pages it stands."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": page_language(),
        "mainEntity": [_question(books, article) for article in articles],
    }


def _question(books: Library, article: Article) -> dict[str, Any]:
    url = public_url("faq.article", slug=article.slug)
    return {
        "@type": "Question",
        "@id": url,
        "name": article.title,
        "dateModified": article.reviewed.isoformat(),
        "acceptedAnswer": {"@type": "Answer", "url": url, "text": _answer(books, article)},
    }


def _answer(books: Library, article: Article) -> str:
    """Everything that its page says, a clinic's notice first."""
    first = (article.clinic.heading, article.clinic.why) if article.clinic else (article.summary,)
    return "\n".join((*first, books.text(article)))
