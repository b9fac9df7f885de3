"""Who may open what: every endpoint is guarded or stands in the list of public ones, and the guard holds."""

import pytest

from tests.people import REQUEST, hidden, newcomer

PUBLIC = {
    "agents.sign_in",  # The door.
    "faq.article",
    "faq.home",
    "faq.search",
    "faq.search_json",
    "faq.suggest_json",
    "health.healthz",
    "health.readyz",
    "learning.clicked",
    "outside.all_questions",
    "outside.opensearch",
    "outside.robots",
    "outside.sitemap",
    "requests.new",
    "requests.send",
    "requests.sent",
    "static",
}
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:1"},
    {"Origin": "http://evil@localhost"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://["},
]
OURS = [
    {},  # A browser too old to say.
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "https://LOCALHOST"},  # Behind a proxy that ends HTTPS.
]
ACTS = ("reply", "note", "take", "solve", "reopen", "details", "clinic")


def unguarded(app):
    """The endpoints that anyone can open."""
    return {
        endpoint
        for endpoint, view in app.view_functions.items()
        if not hasattr(view, "guarded") and not hasattr(app.blueprints.get(endpoint.rpartition(".")[0]), "guarded")
    }


def doors(app, method):
    """The addresses of every guarded endpoint that answers to `method`."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PUBLIC and method in rule.methods:
            yield rule.build(dict.fromkeys(rule.arguments, "NC-7HK4-92QX"))[1]


def test_every_endpoint_is_guarded_or_listed_as_public(app):
    assert unguarded(app) == PUBLIC


def test_a_new_endpoint_that_is_neither_would_be_noticed(desk_with):
    app = desk_with()
    app.add_url_rule("/desk/secrets", "secrets", lambda: "all of them")

    assert unguarded(app) == PUBLIC | {"secrets"}


def test_a_stranger_is_sent_to_the_door_from_every_guarded_page(app, patient):
    pages = list(doors(app, "GET"))
    answers = {path: patient.get(path) for path in pages}

    assert len(pages) >= 6
    for path, answer in answers.items():
        assert (answer.status_code, answer.location) == (303, f"/desk/sign-in?next={path}")


def test_a_stranger_can_do_nothing_with_any_form(app, patient, rows):
    reference = patient.send()
    before = rows("select status, version, assignee_id from ticket")
    acts = [path.replace("NC-7HK4-92QX", reference) for path in doors(app, "POST")]
    answers = {path: patient.post(path, data={"body": "x", "version": "1", "then": "solved"}) for path in acts}

    assert len(acts) >= len(ACTS)
    assert {answer.status_code for answer in answers.values()} == {303}
    assert {answer.location for answer in answers.values()} == {"/desk/sign-in"}
    assert rows("select status, version, assignee_id from ticket") == before


def test_a_one_time_password_opens_only_the_page_that_asks_for_a_new_one(app):
    priya = newcomer(app)

    for path in doors(app, "GET"):
        if path != "/desk/password":
            assert priya.browser.get(path).location == "/desk/password"
    token = hidden(priya.open("/desk/password").text, "csrf_token")
    for path in doors(app, "POST"):
        if path not in {"/desk/password", "/desk/sign-out"}:
            assert priya.browser.post(path, data={"csrf_token": token}).location == "/desk/password"


@pytest.mark.parametrize("act", ACTS)
def test_no_act_is_done_without_the_token_of_ones_own_page(dana, priya, patient, rows, act):
    reference = patient.send()
    whole = dana.form(reference) | {"body": "Hello", "then": "open", "topic": "billing", "outcome": "spam"}
    before = rows("select status, version from ticket")

    for token in ("", "nonsense", priya.form(reference)["csrf_token"], None):
        answers = whole | {"csrf_token": token}
        page = dana.act(reference, act, code=400, form={k: v for k, v in answers.items() if v is not None})
        assert "We could not read that" in page
    assert rows("select status, version from ticket") == before


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_no_form_is_taken_from_another_site(app, dana, patient, rows, headers):
    reference = patient.send()
    form = dana.form(reference) | {"body": "Hello", "then": "open"}

    for answer in (
        patient.post("/requests/new", data=REQUEST, headers=headers),
        dana.browser.post(f"/desk/tickets/{reference}/reply", data=form, headers=headers),
        app.test_client().post(f"/desk/tickets/{reference}/reply", data=form, headers=headers),
        app.test_client().post("/desk/sign-in", headers=headers),
    ):
        assert answer.status_code == 403
        assert "This page is not open to you" in answer.text
    assert rows("select count(*) from ticket") == [(1,)]
    assert rows("select count(*) from message") == [(1,)]


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_our_own_forms_are_taken(patient, headers):
    assert patient.post("/requests/new", data=REQUEST, headers=headers).status_code == 303


def test_reading_is_welcome_from_anywhere(patient):
    assert (
        patient.get("/", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}).status_code == 200
    )


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_no_act_is_done_by_another_method_than_post(dana, patient, rows, method):
    reference = patient.send()
    form = dana.form(reference)
    for act in ("take", "solve", "reopen", "reply", "note", "details"):
        answer = getattr(dana.browser, method)(f"/desk/tickets/{reference}/{act}", data=form)
        assert answer.status_code == 405
    assert rows("select status, version from ticket") == [("new", 1)]


def test_where_the_role_is_public_there_is_no_desk(desk_with):
    whole = desk_with()
    reference = whole.test_client().send()
    stranger = desk_with(ROLE="public").test_client()

    for method in ("GET", "POST"):
        for path in [*doors(whole, method), "/desk/sign-in", "/desk/nothing", f"/desk/tickets/{reference}"]:
            answer = stranger.open(path, method=method)
            assert answer.status_code in {404, 405}, path
            assert "Support desk" not in answer.text
            assert "/desk" not in answer.text
