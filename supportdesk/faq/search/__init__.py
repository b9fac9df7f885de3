"""Search over the library.  Whoosh is named only in this package."""

from supportdesk.faq.search.answering import Hit, SearchIndex, SearchResult, highlight
from supportdesk.faq.search.searcher import Searcher

__all__ = ["Hit", "SearchIndex", "SearchResult", "Searcher", "highlight"]
