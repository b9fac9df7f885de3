"""Who may open what: every endpoint declares it, the table below says it again, and the guard holds everyone to it."""

import pytest
from flask import Blueprint

from supportdesk.access import ANYONE, NEWCOMER, Role, may
from supportdesk.exceptions import SettingsError
from tests.conftest import make_app, signed_in
from tests.people import REQUEST, hidden, newcomer

WHO_MAY = {
    ANYONE: {
        "agents.sign_in",  # The door.
        "faq.article",
        "faq.home",
        "faq.search",
        "faq.search_json",
        "faq.suggest_json",
        "health.healthz",
        "health.readyz",
        "helpful.comment",
        "helpful.send_comment",
        "helpful.thanks",
        "helpful.vote",
        "learning.clicked",
        "metrics.show",  # For whoever knows the token of the setting.
        "outside.all_questions",
        "outside.opensearch",
        "outside.robots",
        "outside.sitemap",
        "requests.check",
        "requests.left",
        "own_page.ask_again",  # A requester's page knows its own visitors: tests/test_own_page.py.
        "own_page.ask_for_code",
        "own_page.code",
        "own_page.end_links",
        "own_page.new_link",
        "own_page.new_link_sent",
        "own_page.open_link",
        "own_page.open_page",
        "own_page.opinion",
        "own_page.page",
        "own_page.send_new_link",
        "own_page.sign_out",
        "own_page.signed_out",
        "own_page.solved",
        "own_page.write",
        "requests.new",
        "requests.portal",
        "requests.send",
        "requests.sent",
        "static",
    },
    NEWCOMER: {"agents.code", "agents.password", "agents.sign_out", "codes.set_up"},
    Role.AGENT: {
        "account.draft",
        "account.end",
        "account.end_others",
        "account.page",
        "account.still_here",
        "clocks.why",
        "codes.again",
        "codes.confirm",
        "desk.clinic",
        "desk.correct_address",
        "desk.details",
        "desk.find",
        "desk.note",
        "desk.let_in",
        "desk.queue",
        "desk.reached_by_phone",
        "desk.reopen",
        "desk.reply",
        "desk.retry_mail",
        "desk.revoke_links",
        "desk.send_to_clinic",
        "desk.solve",
        "desk.take",
        "desk.ticket",
        "bulk.do",
        "bulk.result",
        "bulk.undo",
        "desk.arrived",
        "export.queue",
        "flow.mine",
        "inside.article",
        "inside.articles",
        "inside.preview",
        "inside.remove_comment",
        "presence.here",
        "shortcuts.page",
        "shortcuts.switch",
        "tags.put",
        "mentions.seen",
        "mentions.watch",
        "related.link",
        "related.unlink",
        "splitting.split",
        "undoing.reply",
        "views_saved.every",
        "views_saved.remove",
        "views_saved.save",
        "waiting.end",
        "waiting.wait",
    },
    Role.LEAD: {
        "merging.merge",
        "merging.take_apart",
        "desk.redact",
        "flow.as_csv",
        "flow.page",
        "replies.add",
        "replies.ask",
        "replies.edit",
        "replies.new",
        "replies.page",
        "replies.put_back",
        "replies.save",
        "reports.as_csv",
        "reports.guidance_as_csv",
        "reports.page",
        "tags.every",
        "tags.make",
        "tags.retire",
    },
    Role.ADMIN: {
        "audit.as_csv",
        "audit.page",
        "leaving.hand_on",
        "people.add",
        "people.ask",
        "people.ask_end",
        "people.do",
        "people.end",
        "people.one",
        "people.page",
        "teams.change",
        "teams.every",
        "teams.make",
        "teams.one",
        "teams.retire",
        "teams.use_again",
        "setup.deadlines",
        "setup.mail",
        "setup.page",
    },
}
PUBLIC = WHO_MAY[ANYONE]
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
ACTS = ("reply", "note", "take", "solve", "reopen", "details", "clinic", "links/off")


def doors(app, method):
    """The addresses of every guarded endpoint that answers to `method`."""
    return [path for path, _endpoint in endpoints(app, method) if _endpoint not in PUBLIC]


def endpoints(app, method):
    for rule in app.url_map.iter_rules():
        if method in rule.methods:
            values = {name: 1 if name.endswith("_id") else "NC-7HK4-92QX" for name in rule.arguments}
            yield rule.build(values)[1], rule.endpoint


def declared(app):
    """Who -> the endpoints that say so."""
    said = app.extensions["access"]
    return {who: {endpoint for endpoint, whose in said.items() if whose is who} for who in WHO_MAY}


def test_every_endpoint_declares_who_may_call_it_as_the_table_says(app):
    assert declared(app) == WHO_MAY
    assert set(app.extensions["access"]) == set(app.view_functions)


class Rogue:
    """A part with a page, and on it a word or none about who may see it."""

    def __init__(self, word=lambda view: view, blueprint=lambda blueprint: blueprint):
        self.word, self.blueprint = word, blueprint

    def init_app(self, app):
        rogue = self.blueprint(Blueprint("rogue", __name__))
        rogue.add_url_rule("/desk/secrets", "secrets", self.word(lambda: "all of them"))
        app.register_blueprint(rogue)


def test_the_application_does_not_start_when_an_endpoint_is_silent(tmp_path):
    with pytest.raises(SettingsError, match=r"Nobody said who may call rogue\.secrets"):
        make_app(tmp_path / "data", more=[Rogue()])


@pytest.mark.parametrize(
    ("part", "who"),
    [
        (Rogue(may(Role.LEAD)), Role.LEAD),
        (Rogue(blueprint=may(Role.ADMIN)), Role.ADMIN),
        (Rogue(may(ANYONE), may(Role.ADMIN)), ANYONE),
    ],
    ids=["by its view", "by its blueprint", "by both: the view goes before"],
)
def test_it_starts_when_the_endpoint_says_it(tmp_path, part, who):
    assert make_app(tmp_path / "data", more=[part]).extensions["access"]["rogue.secrets"] is who


def test_an_endpoint_that_came_later_and_says_nothing_is_open_to_nobody(desk_with):
    app = desk_with()
    app.add_url_rule("/desk/secrets", "secrets", lambda: "all of them")
    dana = signed_in(app, "dana@example.org", "Dana Kim")

    assert dana.browser.get("/desk/secrets").status_code == 404
    assert app.test_client().get("/desk/secrets").status_code == 404


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_role_opens_what_it_may_and_nothing_else(app, role, method):
    """Walks every endpoint; where it may, the answer is anything but “not you”: a form without its token is a 400.

    So nothing is done on the way, and the same person can go on to the next.
    """
    signed_in(app, "first@example.org", "First Admin")
    person = signed_in(app, "lee@example.org", "Lee Moreno", role)
    for path, endpoint in endpoints(app, method):
        answer = person.browser.open(path, method=method, buffered=True)  # Read to its end, as a browser would.
        who = app.extensions["access"][endpoint]
        if isinstance(who, Role) and not role.includes(who):
            assert answer.status_code == 403, path
            assert "This page is not open to you" in answer.text
        else:
            at_another_door = {403} if endpoint.startswith("own_page.") else set()  # It lets requesters in, no agents.
            assert answer.status_code in {200, 204, 303, 400, 404, 422} | at_another_door, path
            assert not (answer.location or "").startswith("/desk/sign-in?"), path


def test_only_a_lead_removes_a_passage_and_only_a_lead_is_shown_how(app, dana, patient):
    reference = patient.send(message="My password is hunter2hunter2, and it does not work.")
    agent = signed_in(app, "lee@example.org", "Lee Moreno")
    lead = signed_in(app, "noor@example.org", "Noor Haddad", Role.LEAD)

    assert "Remove what we should not hold" not in agent.ticket(reference)
    agent.act(reference, "redact", code=403, passage="hunter2hunter2", kind="password")
    assert "hunter2hunter2" in agent.ticket(reference)
    assert "Remove what we should not hold" in lead.ticket(reference)
    lead.act(reference, "redact", passage="hunter2hunter2", kind="password")
    assert "hunter2hunter2" not in agent.ticket(reference)


@pytest.mark.parametrize("path", ["/desk/reports", "/desk/reports.csv", "/desk/audit", "/desk/audit.csv"])
def test_a_role_counts_from_the_next_click_on(dana, priya, run, path):
    assert priya.browser.get(path).status_code == 403
    run(f"agents role {priya.email} admin")
    assert priya.browser.get(path).status_code == 200
    run(f"agents role {priya.email} agent")
    assert priya.browser.get(path).status_code == 403


def test_a_stranger_is_sent_to_the_door_from_every_guarded_page(app, patient):
    pages = doors(app, "GET")
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


def test_the_sign_in_is_read_once_for_each_page(dana, patient, statements):
    reference = patient.send()
    for path in ("/desk/", f"/desk/tickets/{reference}", "/desk/reports", "/desk/account/"):
        with statements() as asked:
            dana.open(path)
        assert len([text for text in asked if "FROM sign_in" in text and "token_hash = " in text]) == 1, path


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
