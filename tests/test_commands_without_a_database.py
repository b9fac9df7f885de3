"""Commands on a desk that was never made, or whose database is away: a sentence that says what to type."""

import pytest

from tests.conftest import make_app
from tests.server import free_port

COMMANDS = (
    "faq report",
    "agents list",
    "audit verify",
    "outbox list",
    "keys check",
    "tickets erase NC-7K3-4MQ",
    "demo load",
)


@pytest.fixture
def say(tmp_path):
    def said(command, **settings):
        app = make_app(tmp_path / "data", **settings)
        done = app.test_cli_runner().invoke(args=command.split())
        assert done.exit_code == 1, done.output
        assert isinstance(done.exception, SystemExit), done.exception
        return done.output

    return said


@pytest.mark.parametrize("command", COMMANDS)
def test_where_nothing_was_made_yet_each_says_what_to_type(say, command):
    said = say(command)

    assert said.endswith(
        "Error: The database was not made yet, or not brought up to date. Type: flask --app wsgi prepare\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_where_the_database_is_away_each_says_so_and_quotes_nothing(say, command):
    said = say(command, DATABASE_URL=f"postgresql://desk:secret@127.0.0.1:{free_port()}/desk")

    assert "Error: The database can’t be used just now (" in said
    assert said.endswith("). Type: ./desk doctor\n")
    assert not {"secret", "7K3"} & set(said.replace("@", " ").split())


def test_nothing_is_backed_up_where_there_is_nothing(say, tmp_path):
    said = say(f"backup {tmp_path / 'desk.backup'}")

    assert "There is nothing to back up: the database was not made yet." in said
    assert not (tmp_path / "desk.backup").exists()
