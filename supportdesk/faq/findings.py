"""Every finding about the articles as they stand now: for `faq check` and for the agents' pages."""

from datetime import date
from pathlib import Path

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from supportdesk.faq import lint
from supportdesk.faq.search import SearchIndex


def look(index: SearchIndex, today: date) -> list[lint.Finding]:
    """Takes most of a second, as each phrase is searched for."""
    by_words = SearchIndex(index.library, index.ranking, None, index.english)  # Found where meaning is off, too.
    return lint.findings(current_app.config["CONTENT_FOLDER"] / "faq", by_words, _is_ours, today)


def remembered(index: SearchIndex, today: date) -> list[lint.Finding]:
    """The same, looked for once for each state of the articles and day."""
    seen = current_app.extensions.get("findings")
    if seen is None or seen[0] is not index.library or seen[1] != today:
        seen = current_app.extensions["findings"] = (index.library, today, look(index, today))
    found: list[lint.Finding] = seen[2]
    return found


def _is_ours(path: str) -> bool:
    """Whether a page or a file answers at this address, without sending people elsewhere."""
    try:
        endpoint, values = current_app.url_map.bind("").match(path)
    except (HTTPException, RequestRedirect):
        return False
    return endpoint != "static" or Path(current_app.static_folder or "", values["filename"]).is_file()
