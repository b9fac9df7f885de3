"""Tables as CSV, in which no spreadsheet finds a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from flask import Response, stream_with_context

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def download(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """An answer that a browser saves as the file `name`."""
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return Response(
        text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"}
    )


def stream(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The same, row by row as they come: however many there are, no more than one is kept in memory."""

    def lines() -> Iterator[str]:
        for row in chain([heads], rows):
            text = io.StringIO()
            csv.writer(text).writerow([_cell(value) for value in row])
            yield text.getvalue()

    return Response(
        stream_with_context(lines()),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _cell(value: object) -> object:
    """A text that a spreadsheet would calculate gets an apostrophe before it: then it is shown as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
