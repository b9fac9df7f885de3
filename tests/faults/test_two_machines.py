"""Two web nodes and two deliveries behind nginx, on one PostgreSQL and one Redis: one desk, half of which may fail."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.conftest import close, make_app
from tests.faults.kept import whole_texts
from tests.faults.machines import two_machines
from tests.people import REQUEST, hidden, reference_on
from tests.post_office import PLAIN, PostOffice
from tests.server import Visitor, until

pytestmark = pytest.mark.slow

CLIENTS, EACH = 4, 10


@pytest.fixture(scope="module")
def database(cluster):
    return cluster.create_database()


@pytest.fixture(scope="module")
def post():
    """The mail server of both."""
    with PostOffice() as post:
        yield post


@pytest.fixture(scope="module")
def machines(database, post, tmp_path_factory):
    settings = {"SEARCHES_PER_MINUTE": 300} | post.settings | PLAIN
    with two_machines(tmp_path_factory.mktemp("machines"), database, **settings) as running:
        yield running


@pytest.fixture
def ask(database):
    def rows(statement):
        with psycopg.connect(database) as connection:
            return connection.execute(statement).fetchall()

    return rows


def mails_about(post, reference):
    """What either delivery has sent about a ticket."""
    return [mail for mail in post.delivered if reference in mail.letter["Subject"]]


def test_a_patient_behind_nginx_sends_and_sees_the_thank_you_page_from_whichever_node(machines):
    assert machines.proxy.send().startswith("NC-")


def test_each_mail_goes_out_once_though_two_deliver(machines, post, ask):
    references = [machines.proxy.send() for _ in range(6)]
    until(lambda: not ask("select 1 from outbox where state <> 'sent'"), "the outbox to be empty")

    for reference in references:
        mails = mails_about(post, reference)
        to_both = sorted(mail.recipients[0] for mail in mails)
        assert to_both == ["support@navigatingcare.com", REQUEST["email"]]
        assert len({mail.letter["Message-ID"] for mail in mails}) == 2
    assert [node.delivery.poll() for node in machines.nodes] == [None, None]


def test_nodes_count_an_address_together(machines):
    stranger = {"X-Forwarded-For": "203.0.113.7"}
    answers = [machines.nodes[n % 2].get("/search.json?q=password", headers=stranger).status for n in range(301)]

    assert answers == [200] * 300 + [429]


def test_an_address_that_a_client_makes_up_is_not_believed_behind_nginx(machines):
    for number in range(3):
        machines.proxy.get("/search.json?q=password", headers={"X-Forwarded-For": f"203.0.113.{number}"})

    assert all("X-Forwarded-For" not in node.log() for node in machines.nodes)


def test_a_changed_article_reaches_both_nodes(machines):
    article = machines.folder / "content" / "faq" / "general" / "cost.md"
    changed = article.with_name(".cost.tmp")
    changed.write_text(article.read_text(encoding="utf-8") + "\nThe quokka pays nothing.\n", encoding="utf-8")
    changed.replace(article)

    for number, node in enumerate(machines.nodes):
        looker = {"X-Forwarded-For": f"198.51.100.{number}"}
        until(lambda: "quokka" in node.get("/articles/cost", headers=looker).text, "the change to arrive")  # noqa: B023


def test_a_message_too_long_is_refused_by_nginx_before_it_reaches_a_node(machines):
    assert machines.proxy.post("/requests/new", {"message": "x" * 600_000}).status == 413


def test_nginx_shows_neither_the_figures_nor_the_troubles_of_a_node(machines):
    assert [machines.proxy.get(path).status for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 200]


@pytest.fixture(scope="module")
def dana(machines):
    """Signed in at the first node."""
    visitor = Visitor(machines.nodes[0])
    visitor.sign_in("dana@example.org", machines.nodes[0].add_agent("dana@example.org", "Dana Kim"))
    return visitor


def test_who_signed_in_at_one_node_works_and_saves_at_the_other(machines, dana):
    reference = machines.proxy.send()
    ticket = f"/desk/tickets/{reference}"
    dana.server = machines.nodes[0]
    page = dana.ask("GET", ticket).text
    form = {name: hidden(page, name) for name in ("csrf_token", "version")}
    dana.server = machines.nodes[1]
    assert dana.ask("POST", f"{ticket}/reply", form | {"body": "From the other node.", "then": "pending"}).status == 303
    dana.server = machines.proxy

    assert "From the other node." in dana.ask("GET", ticket).text


def test_who_signs_out_at_one_node_is_out_at_the_other(machines, dana):
    elsewhere = Visitor(machines.nodes[1])
    form = elsewhere.fill_in("/desk/sign-in", email="dana@example.org", password="a long night of quiet seas")
    assert elsewhere.ask("POST", "/desk/sign-in", form).status == 303
    kept = dict(elsewhere.cookies)
    elsewhere.server = machines.nodes[0]
    assert elsewhere.ask("GET", "/desk/").status == 200
    assert elsewhere.ask("POST", "/desk/sign-out", elsewhere.fill_in("/desk/")).status == 303
    elsewhere.server, elsewhere.cookies = machines.nodes[1], kept

    assert elsewhere.ask("GET", "/desk/").status == 303


def test_wrong_passwords_are_counted_together(machines):
    email, answers = "priya@example.org", []
    machines.nodes[0].add_agent(email, "Priya Nair")
    for number in range(6):
        guesser = Visitor(machines.nodes[number % 2])
        form = guesser.fill_in("/desk/sign-in", email=email, password=f"wrong guess {number}")
        answers.append(guesser.ask("POST", "/desk/sign-in", form).status)

    assert answers == [422] * 5 + [429]


def test_who_is_at_a_node_when_it_is_killed_goes_on_at_the_other_and_mail_goes_out(machines, dana, ask):
    """Nothing is started anew meanwhile: neither the other node nor the proxy."""
    reference = machines.proxy.send()
    dana.server = machines.proxy
    form = dana.fill_in(f"/desk/tickets/{reference}")
    form["version"] = hidden(dana.ask("GET", f"/desk/tickets/{reference}").text, "version")
    machines.nodes[0].kill(machines.nodes[0].web)
    machines.nodes[0].kill(machines.nodes[0].delivery)
    try:
        assert (
            dana.ask("POST", f"/desk/tickets/{reference}/reply", form | {"body": "Hello.", "then": "pending"}).status
            == 303
        )
        assert all("Hello." in dana.ask("GET", f"/desk/tickets/{reference}").text for _ in range(4))
        assert machines.proxy.send().startswith("NC-")
        until(lambda: not ask("select 1 from outbox where state = 'queued'"), "the other delivery to send all mail")
    finally:
        machines.nodes[0].start_web()
        machines.nodes[0].start_delivery()


def test_a_node_that_is_killed_loses_nothing_and_the_other_goes_on(machines, database, tmp_path):
    told, dead = {}, threading.Event()

    def patient(client):
        for number in range(EACH):
            if (client, number) == (0, EACH // 3):
                machines.nodes[0].kill(machines.nodes[0].web)
                dead.set()
            message = f"Client {client}, message {number}. " + "All of it has to arrive. " * 40 + "The end."
            form = machines.proxy.fill_in(message=message)
            answer = machines.proxy.post("/requests/new", form)
            assert answer.status == 303
            told[reference_on(machines.proxy.get(answer.location).text)] = message

    with ThreadPoolExecutor(CLIENTS) as crowd:
        for work in [crowd.submit(patient, client) for client in range(CLIENTS)]:
            work.result()

    assert dead.is_set()
    assert len(told) == CLIENTS * EACH
    app = make_app(tmp_path / "data", DATABASE_URL=database, KEYS_FOLDER=machines.folder / "keys")
    assert whole_texts(app, told) == told
    close(app)
    machines.nodes[0].start_web()
