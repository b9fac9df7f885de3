"""The web's edge: headers on every answer, which hosts and origins are believed, and how much may be sent."""

from flask import Flask, Request, Response, abort, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",  # Stricter, and browsers send “Origin: null” with our own forms.
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Sessions(SecureCookieSessionInterface):
    """Flask's own, without making ready to read a cookie that nobody sent, as patients send none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
    app.before_request(_refuse_other_origins)
    app.before_request(_refuse_unclear_forms)
    app.after_request(_add_headers)
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _refuse_other_origins() -> None:
    """A form is taken only from our own pages; browsers too old to say where it came from are believed."""
    if request.method in _SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            abort(403)
        return
    origin, host = request.headers.get("Origin"), request.host.lower()
    if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
        abort(403)


def _refuse_unclear_forms() -> None:
    """A form gives one answer for each field, in UTF-8: of anything else we could only guess what was meant.

    Nor is a body without a length: it would be cut off at the limit, and what was cut off would be lost.
    """
    if request.method in _SAFE:
        return
    if "Transfer-Encoding" in request.headers:
        abort(411)
    if request.is_json and not request.path.endswith(".json"):
        abort(400)
    is_unreadable = request.mimetype == "application/x-www-form-urlencoded" and not request.form
    if is_unreadable and request.content_length:
        abort(400)
    if any(len(answers) > 1 for answers in request.form.listvalues()):
        abort(400)


def _add_headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    if request.endpoint == "static" and response.status_code < 400:  # noqa: PLR2004
        is_versioned = "v" in request.args  # A picture that a style sheet names is not: it may be another tomorrow.
        age = "max-age=31536000, immutable" if is_versioned else "max-age=3600"
        response.headers["Cache-Control"] = f"public, {age}"
    else:  # Open or closed is true for this minute only, and a shared computer must not show a ticket again.
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
