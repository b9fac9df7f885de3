"""What stands on every answer, whatever its status, and which hosts we answer to."""

import pytest

from supportdesk.web import HEADERS
from tests.people import REQUEST

ANSWERS = [
    ("GET", "/", {}, 200),
    ("GET", "/articles/cost", {}, 200),
    ("GET", "/search?q=password", {}, 200),
    ("GET", "/search.json?q=password", {}, 200),
    ("GET", "/healthz", {}, 200),
    ("GET", "/requests/new", {}, 200),
    ("POST", "/requests/new", {"data": REQUEST}, 303),
    ("GET", "/desk/", {}, 303),
    ("POST", "/requests/new", {"data": {"name": ["one", "two"]}}, 400),
    ("POST", "/requests/new", {"data": REQUEST, "headers": {"Origin": "null"}}, 403),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/nowhere.json", {}, 404),
    ("GET", "/articles/nothing", {}, 404),
    ("GET", "/requests/sent/made-up", {}, 404),
    ("GET", "/static/nothing.css", {}, 404),
    ("PUT", "/search", {}, 405),
    ("POST", "/requests/new", {"data": {"message": "x" * 600_000}}, 413),
    ("POST", "/requests/new", {"data": {"message": "x"}}, 422),
]


KEPT = {"/", "/articles/cost"}  # The same for everybody: a browser may keep them, and asks whether they are still true.


def assert_headers(answer):
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert len(answer.headers) == len(set(answer.headers.keys())), "one of them stands twice"


def how_it_may_be_kept(method, path):
    """Articles by anybody; the empty form by the patient's own browser, for the way back; all else by nobody."""
    if (method, path) == ("GET", "/requests/new"):
        return "private, no-cache"
    return "public, no-cache" if path in KEPT else "no-store"


@pytest.mark.parametrize(("method", "path", "more", "status"), ANSWERS)
def test_every_answer_has_all_headers_and_all_but_articles_ask_to_be_forgotten(patient, method, path, more, status):
    answer = patient.open(path, method=method, **more)

    assert answer.status_code == status
    assert_headers(answer)
    assert answer.headers["Cache-Control"] == how_it_may_be_kept(method, path)
    assert "Set-Cookie" not in answer.headers


def test_a_fault_of_ours_has_them_too(desk_with):
    app = desk_with()
    app.view_functions["faq.home"] = lambda: 1 / 0
    answer = app.test_client().get("/")

    assert answer.status_code == 500
    assert_headers(answer)


def test_pages_of_the_desk_have_them_too(dana, patient):
    reference = patient.send()
    for path in ("/desk/", f"/desk/tickets/{reference}", "/desk/reports", "/desk/reports.csv"):
        answer = dana.open(path)
        assert_headers(answer)
        assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_from_elsewhere_may_run_on_a_page(patient):
    policy = dict(rule.split(" ", 1) for rule in patient.get("/").headers["Content-Security-Policy"].split("; "))

    nothing = {"default-src", "object-src", "base-uri", "frame-ancestors"}
    assert {policy[name] for name in nothing} == {"'none'"}
    assert {rule for name, rule in policy.items() if name.endswith("-src") and name not in nothing} == {"'self'"}
    assert policy["form-action"] == "'self'"


def test_only_a_style_sheet_that_is_there_is_kept_by_the_browser(patient):
    with patient.get("/static/core.css?v=1") as there:
        assert there.status_code == 200
        assert there.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert patient.get("/static/nothing.css").headers["Cache-Control"] == "no-store"


def test_the_public_area_sets_no_cookie_even_where_one_is_sent(app, dana):
    cookie = {"Cookie": f"desk={dana.browser.get_cookie('desk').value}"}
    for method, path, more, status in ANSWERS:
        headers = more.get("headers", {}) | cookie
        answer = app.test_client(use_cookies=False).open(path, method=method, **more | {"headers": headers})
        if not path.startswith("/desk"):
            assert answer.status_code == status
            assert "Set-Cookie" not in answer.headers


def test_https_is_asked_for_where_it_is_spoken(patient):
    assert "Strict-Transport-Security" not in patient.get("/").headers
    assert patient.get("/", base_url="https://localhost").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_agents_cookie_is_for_our_own_pages_only(app):
    [cookie] = app.test_client().get("/desk/sign-in").headers.getlist("Set-Cookie")

    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Expires" not in cookie
    assert "Domain" not in cookie


def test_behind_https_the_cookie_is_bound_to_host_and_https(desk_with):
    browser = desk_with(SECURE_COOKIES="yes").test_client()
    [cookie] = browser.get("/desk/sign-in", base_url="https://localhost").headers.getlist("Set-Cookie")

    assert cookie.startswith("__Host-desk=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["evil.example", "help.example.org.evil.example", "", "[", "help.example.org@evil"])
def test_a_host_that_is_not_ours_gets_a_plain_refusal(desk_with, method, host):
    stranger = desk_with(TRUSTED_HOSTS="help.example.org").test_client()
    answer = stranger.open(
        "/requests/new", method=method, headers={"Host": host}, data=REQUEST if method == "POST" else None
    )

    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert_headers(answer)


def test_a_host_that_is_ours_is_answered(desk_with):
    patient = desk_with(TRUSTED_HOSTS="help.example.org").test_client()

    assert patient.get("/", headers={"Host": "help.example.org"}).status_code == 200
    assert patient.get("/", headers={"Host": "help.example.org:8000"}).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-For",
        "Forwarded",
        "X-Original-URL",
        "X-HTTP-Method-Override",
    ],
)
def test_what_only_a_proxy_may_say_is_not_believed_of_anyone_else(patient, header):
    answer = patient.post("/requests/new", data=REQUEST, headers={header: "https"})

    assert answer.status_code == 303
    assert answer.location.startswith("/requests/sent/")
    assert "Strict-Transport-Security" not in answer.headers


def test_a_proxy_that_is_trusted_is_believed(desk_with):
    patient = desk_with(TRUSTED_PROXIES="1").test_client()
    forwarded = {"X-Forwarded-Host": "help.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"}
    answer = patient.post("/requests/new", data=REQUEST, headers=forwarded | {"Origin": "https://help.example.org"})

    assert answer.status_code == 303
    assert "Strict-Transport-Security" in answer.headers
