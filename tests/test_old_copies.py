"""Copies of the database that an update made are deleted after a month: what was erased meanwhile is in them still."""

from datetime import timedelta

import pytest

from supportdesk import chores, clock
from supportdesk.prepare import copy_database


@pytest.fixture
def desk(desk_with):
    return desk_with()


def copies(desk):
    return sorted(path.name for path in (desk.config["DATA_FOLDER"] / "backups").iterdir())


def tend(desk, days):
    """What the delivery process does again and again, so many days from now."""
    with desk.app_context(), clock.pretend(clock.now() + timedelta(days=days)):
        for chore in desk.extensions["chores"]:
            chore.due = None
        chores.do_due(clock.now())


def copy(desk, revision):
    with desk.app_context():
        return copy_database(desk.config["DATA_FOLDER"] / "backups", revision).name


def test_a_copy_is_kept_for_thirty_days_and_no_longer(desk):
    old = copy(desk, "0001_first_tables")
    with clock.pretend(clock.now() + timedelta(days=20)):
        young = copy(desk, "0022_was_it_helpful")

    tend(desk, days=29)
    assert copies(desk) == [old, young]
    tend(desk, days=31)
    assert copies(desk) == [young]
    tend(desk, days=51)
    assert copies(desk) == []


def test_what_somebody_else_put_there_stays(desk):
    copy(desk, "0001_first_tables")
    for name in ("desk-20200101T000000Z.backup", "before-lunch.sqlite3", "before-x-20200101.sqlite3"):
        (desk.config["DATA_FOLDER"] / "backups" / name).touch()

    tend(desk, days=100)
    assert copies(desk) == ["before-lunch.sqlite3", "before-x-20200101.sqlite3", "desk-20200101T000000Z.backup"]


def test_where_there_was_never_a_copy_nothing_is_done(desk, caplog):
    tend(desk, days=100)

    assert "old copies" not in caplog.text
