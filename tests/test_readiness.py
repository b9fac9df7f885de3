"""/readyz with something really broken: the answer is 503 within seconds, with a sentence, and nothing is stored."""

import shutil
import sqlite3
import time
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text

from supportdesk.database import db
from supportdesk.faq import warm_up
from tests.conftest import ROOT, make_app
from tests.desks import close
from tests.faults.machines import redis
from tests.server import until
from tests.test_doctor import examine, ready

FEW_SECONDS = 10  # Two that it waits for somebody else, and what a busy machine makes of the rest.


def said(app, code=503):
    warm_up(app)
    begun = time.monotonic()
    answer = ready(app, code)
    assert time.monotonic() - begun < FEW_SECONDS
    return answer


def held(app):
    with app.app_context():
        return [db.session.scalar(text(f"select count(*) from {name}")) for name in ("ticket", "message", "event")]


@pytest.fixture
def on_postgresql(desk_with, cluster):
    return desk_with(DATABASE_URL=cluster.create_database())


def test_a_desk_in_order_is_ready_and_stores_nothing_for_the_question(app):
    before = held(app)

    assert ready(app)["database"] == ready(app)["articles"] == ready(app)["content"] == "ok"
    assert held(app) == before


def test_a_sqlite_file_that_another_program_holds(desk_with):
    app = desk_with()
    with closing(sqlite3.connect(app.config["DATA_FOLDER"] / "desk.sqlite3", isolation_level=None)) as other:
        other.execute("begin immediate")
        assert "nothing can be stored (OperationalError): somebody else holds it." in said(app)["database"]
        other.execute("rollback")

    assert said(app, 200)["database"] == "ok"
    assert app.test_client().send()


def test_a_sqlite_file_that_is_replaced_while_the_desk_serves(desk_with, tmp_path):
    app = desk_with()
    patient = app.test_client()
    before = patient.send(subject="Before")
    path = app.config["DATA_FOLDER"] / "desk.sqlite3"
    with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(tmp_path / "copy")) as copy:
        here.backup(copy)
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink()
    (tmp_path / "copy").rename(path)
    after = patient.send(subject="After")

    with closing(sqlite3.connect(path)) as found:
        assert found.execute("select reference from ticket order by id").fetchall() == [(before,), (after,)]
    assert app.test_client().get("/readyz").status_code == 200


def test_a_sqlite_database_that_may_only_be_read(desk_with):
    app = desk_with()
    with app.app_context(), closing(db.engine.raw_connection()) as pooled:
        pooled.driver_connection.execute("pragma query_only = on")

    assert said(app)["database"].startswith("The database can only be read, so nothing can be stored.")
    assert "STOP  database" in examine(app, code=1)


def test_a_postgresql_table_that_another_program_holds(on_postgresql):
    other = create_engine(on_postgresql.config["SQLALCHEMY_DATABASE_URI"])
    with other.connect() as connection:
        connection.execute(text("lock table ticket in share mode"))  # As a new index does.
        assert "somebody else holds it." in said(on_postgresql)["database"]
    other.dispose()

    assert said(on_postgresql, 200)["database"] == "ok"


def test_a_postgresql_that_may_only_be_read(on_postgresql):
    owner = create_engine(on_postgresql.config["SQLALCHEMY_DATABASE_URI"], isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text(f'alter database "{owner.url.database}" set default_transaction_read_only = on'))
    owner.dispose()
    with on_postgresql.app_context():
        db.engine.dispose()  # Whoever connects from now on may only read.

    assert said(on_postgresql)["database"].startswith("The database can only be read, so nothing can be stored.")


@pytest.fixture
def content(tmp_path):
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path / "content"


@pytest.mark.parametrize("damage", ["garbled", "gone"])
def test_articles_none_of_which_can_be_read_any_more(desk_with, tmp_path, content, damage):
    assert ready(desk_with(CONTENT_FOLDER=content))["articles"] == "ok"
    if damage == "gone":
        shutil.rmtree(content / "faq")
    else:
        for file in (content / "faq").rglob("*.md"):
            file.write_bytes(b"\xff\x00 no article at all")

    restarted = make_app(tmp_path / "data", CONTENT_FOLDER=content)
    answer = said(restarted)
    assert answer["articles"].startswith("Not one article in the content folder can be read")
    assert restarted.test_client().get("/").status_code == 200
    close(restarted)


def test_one_article_that_is_garbled_is_named_and_can_wait(desk_with, tmp_path, content):
    assert ready(desk_with(CONTENT_FOLDER=content))["content"] == "ok"
    broken = next((content / "faq").rglob("*.md"))
    broken.write_bytes(b"\xff\x00 no article at all")

    restarted = make_app(tmp_path / "data", CONTENT_FOLDER=content)
    assert broken.name in said(restarted, 200)["content"]
    close(restarted)


def test_a_redis_that_is_stopped(desk_with, tmp_path):
    with redis(tmp_path) as url:
        app = desk_with(REDIS_URL=url)
        until(lambda: app.test_client().get("/readyz").status_code == 200, "Redis to be up")
        assert said(app, 200)["limits"] == "ok"

    assert said(app, 200)["limits"].startswith("Redis does not answer"), "patients are served all the same"
    assert url not in str(said(app, 200))
    assert app.test_client().send(), "nobody is kept from sending"


def test_without_a_redis_there_is_no_line_about_it(app):
    assert "limits" not in ready(app)
