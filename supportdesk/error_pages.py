"""From what went wrong to a status and one calm page that says what to do, without a word of a patient's."""

import sys
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from supportdesk import exceptions
from supportdesk.logs import way_to

STATUS_OF = {
    exceptions.NotFound: 404,
    exceptions.TicketChanged: 409,
    exceptions.TooLate: 409,
    exceptions.TicketClosed: 409,
    exceptions.CannotMerge: 409,
    exceptions.VisitOver: 403,
    exceptions.TooOften: 429,
    exceptions.TooManyTries: 429,
    exceptions.TooBusy: 503,
    exceptions.DatabaseDown: 503,
    exceptions.Sealed: 503,
}
RETRY_SECONDS = 30
_WORTH_SAYING = {"Allow", "Retry-After"}  # Of the headers that a fault brings along.

SAYS: dict[int, tuple[Any, Any]] = {
    400: (
        _("We could not read that"),
        _("Go back one page and try again. What you typed should still be there."),
    ),
    403: (_("This page is not open to you"), _("Go back one page, reload it and try again.")),
    404: (
        _("We can’t find that page"),
        _("It may have moved. Search for what you need, or look through all questions."),
    ),
    405: (_("That does not work here"), _("Go to the start page and try from there.")),
    409: (_("Someone else was faster"), _("Go back to the request and look at what is new.")),
    411: (_("We could not read that"), _("Your browser did not say how long it is. Go back one page and try again.")),
    413: (
        _("That is too long to send"),
        _("It was not sent. Go back one page: what you typed should be there. Make it shorter and send it again."),
    ),
    429: (
        _("Please wait a minute"),
        _("Too much came from your network at once. Then go back and try again."),
    ),
    500: (
        _("Something went wrong on our side"),
        _("Please wait a minute and try again. If you sent something, it was not sent."),
    ),
    503: (
        _("We can’t do that right now"),
        _("Something on our side is not working. Please try again in a minute. What you sent has not arrived."),
    ),
}

DESK_SAYS: dict[int, tuple[Any, Any]] = {  # Where agents are told something else than patients.
    404: ("We can’t find that", "There is no such page or request. Check the reference, or go to the queue."),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(SecurityError, _show_wrong_host)
    app.register_error_handler(SQLAlchemyError, _show_database_error)
    app.register_error_handler(exceptions.SupportDeskError, _show_desk_error)
    app.register_error_handler(exceptions.NotSignedIn, _send_to_sign_in)
    app.register_error_handler(CSRFError, _show_old_form)
    app.log_exception = _log_without_words  # type: ignore[method-assign]


def error_page(status: int) -> Response:
    at_desk = request.path.startswith("/desk") and current_app.config["ROLE"] != "public"
    says = SAYS | DESK_SAYS if at_desk else SAYS
    title, cure = says.get(status, says[500 if status >= 500 else 400])  # noqa: PLR2004
    if request.path.endswith(".json"):
        response = jsonify(error=str(title), cure=str(cure))
    else:
        layout = "desk/bare.html" if at_desk else "help/bare.html"
        page = render_template("errors/error.html", title=title, cure=cure, status=status, layout=layout)
        response = make_response(page)
    response.status_code = status
    if status == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004
        return error.get_response()
    response = error_page(error.code)
    said = error.get_response().headers
    for name in _WORTH_SAYING & set(said.keys()):
        response.headers[name] = said[name]
    return response


def _show_wrong_host(_error: SecurityError) -> ResponseReturnValue:
    """Bare text: under a host name that is not ours there is no page to link to, nor a style sheet."""
    return Response("This is not an address of this help center.\n", 400, mimetype="text/plain")


def _show_desk_error(error: exceptions.SupportDeskError) -> ResponseReturnValue:
    return error_page(STATUS_OF.get(type(error), 500))


def _show_database_error(error: SQLAlchemyError) -> ResponseReturnValue:
    _log_without_words((type(error), error, error.__traceback__))
    return error_page(503)


def _send_to_sign_in(_error: exceptions.NotSignedIn) -> ResponseReturnValue:
    going_to = request.full_path.rstrip("?") if request.method == "GET" else _page_of_the_form()
    return redirect(url_for("agents.sign_in", next=going_to), code=303)


def _page_of_the_form() -> str | None:
    """Where a form was filled in: there, what was typed is shown again."""
    try:
        page = urlsplit(request.referrer or "")
    except ValueError:
        return None
    return page.path if page.netloc == request.host and page.path.startswith("/desk/") else None


def _show_old_form(_error: CSRFError) -> ResponseReturnValue:
    return error_page(400)


def _log_without_words(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> None:
    """Log what kind of fault and where, never its message: that may quote what a patient wrote."""
    kind, _error, trace = exc_info if exc_info[0] else sys.exc_info()
    current_app.logger.error("%s in %s: %s", kind.__name__ if kind else "fault", request.endpoint, way_to(trace))
