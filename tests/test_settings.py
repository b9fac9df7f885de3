"""Settings: read from four places, each of its type, and every mistake told at once in a line of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from supportdesk import config
from supportdesk.exceptions import SettingsError
from tests.conftest import ROOT, make_app


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch):
    """What the person who runs the tests has set is not what we ask about."""
    for name in [name for name in os.environ if name.startswith("SUPPORTDESK_") or name in {"PORT", "DATABASE_URL"}]:
        monkeypatch.delenv(name)


@pytest.fixture
def environment(monkeypatch):
    """Set variables: `environment(PORT="9000", SUPPORTDESK_HOST="::1")`."""

    def put(**variables):
        for name, text in variables.items():
            monkeypatch.setenv(name, text)

    return put


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Write the settings' file: `file('phone = "1-800-555-0199"')`."""

    def write(text):
        path = tmp_path / "desk.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("SUPPORTDESK_CONFIG", str(path))
        return path

    return write


def refusal(**given):
    with pytest.raises(SettingsError) as refused:
        config.read(given)
    return str(refused.value).splitlines()


def test_without_a_word_every_setting_has_its_default():
    found = config.read({})

    assert found["PHONE"] == "1-800-925-4456"
    assert (found["PORT"], found["SECURE_COOKIES"], found["TRUSTED_HOSTS"]) == (8000, False, ())
    assert found["DATA_FOLDER"] == Path("instance")


def test_a_setting_is_read_from_the_environment(environment):
    environment(SUPPORTDESK_PORT="9000", SUPPORTDESK_SECURE_COOKIES="yes", SUPPORTDESK_TRUSTED_HOSTS="a.org, b.org")
    found = config.read({})

    assert (found["PORT"], found["SECURE_COOKIES"], found["TRUSTED_HOSTS"]) == (9000, True, ("a.org", "b.org"))


def test_a_setting_is_read_from_the_file_in_the_files_own_types(file):
    file('port = 9000\nsecure_cookies = true\ntrusted_hosts = ["a.org", "b.org"]\nPHONE = "1-800-555-0199"')
    found = config.read({})

    assert (found["PORT"], found["SECURE_COOKIES"], found["TRUSTED_HOSTS"]) == (9000, True, ("a.org", "b.org"))
    assert found["PHONE"] == "1-800-555-0199"


def test_later_places_win_over_earlier_ones(environment, file, tmp_path):
    file('host = "file"\nphone = "file"\nemail = "file@example.org"')
    environment(SUPPORTDESK_PHONE="environment", SUPPORTDESK_EMAIL="environment@example.org")
    app = make_app(tmp_path / "data", EMAIL="overrides@example.org")

    assert app.config["TIMEZONE_NAME"] == "Pacific"
    assert app.config["HOST"] == "file"
    assert app.config["PHONE"] == "environment"
    assert app.config["EMAIL"] == "overrides@example.org"


def test_what_hosting_services_set_is_honoured_and_our_own_names_win(environment):
    environment(PORT="7000", DATABASE_URL="postgres://ada@db.example.org/desk")
    found = config.read({})
    assert (found["PORT"], found["DATABASE_URL"]) == (7000, "postgresql://ada@db.example.org/desk")

    environment(SUPPORTDESK_PORT="7001", SUPPORTDESK_DATABASE_URL="sqlite:///here.sqlite3")
    found = config.read({})
    assert (found["PORT"], found["DATABASE_URL"]) == (7001, "sqlite:///here.sqlite3")


def test_hosting_services_that_set_nothing_change_nothing(environment):
    environment(PORT="", DATABASE_URL="")

    assert config.read({})["PORT"] == 8000


def test_only_the_scheme_of_a_database_address_is_mapped(environment):
    environment(DATABASE_URL="postgres://ada:postgres://@db.example.org/desk")

    assert config.read({})["DATABASE_URL"] == "postgresql://ada:postgres://@db.example.org/desk"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("PORT", "eighty", "write a whole number, not “eighty”"),
        ("PORT", "80.5", "write a whole number, not “80.5”"),
        ("WEB_WORKERS", "0", "write 1 or more, not “0”"),
        ("MAIL_TIMEOUT", "0", "write 1 or more, not “0”"),
        ("QUEUE_PAGE_SIZE", "-1", "write 1 or more, not “-1”"),
        ("TRUSTED_PROXIES", "-1", "write 0 or more, not “-1”"),
        ("SECURE_COOKIES", "perhaps", "write yes or no, not “perhaps”"),
        ("ROLE", "god", "write one of all, public, desk, delivery, not “god”"),
        ("MAIL_MODE", "pigeon", "write one of files, smtp, not “pigeon”"),
        ("MAIL_TLS", "maybe", "write one of starttls, tls, none, not “maybe”"),
        ("BASE_URL", "help.example.org", "begin it with http:// or https://, not “help.example.org”"),
        ("DATABASE_URL", "mysql://ada:secret@db", "write postgresql://user:password@host/name"),
    ],
)
def test_a_mistake_names_the_setting_and_how_to_write_it(name, text, says):
    [line] = refusal(**{name: text})

    assert line.startswith(f"SUPPORTDESK_{name}: {says}")


@pytest.mark.parametrize("address", ["mysql://ada:secret@db", "postgresql://ada:secret@db:port/desk", "secret"])
def test_a_refused_database_address_is_not_repeated(tmp_path, address):
    with pytest.raises(SettingsError) as refused:
        make_app(tmp_path / "data", DATABASE_URL=address)

    assert "SUPPORTDESK_DATABASE_URL" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["yes", "Yes", " true ", "on", "1"])
def test_there_are_several_ways_to_say_yes(text):
    assert config.read({"SECURE_COOKIES": text})["SECURE_COOKIES"] is True
    assert config.read({"SECURE_COOKIES": "off"})["SECURE_COOKIES"] is False


def test_every_mistake_is_told_at_once(environment, file):
    path = file('web_workers = "many"\nfavourite_colour = "blue"')
    environment(SUPPORTDESK_PORT="eighty", SUPPORTDESK_ROLE="god", SUPPORTDESK_PROT="80")

    assert refusal(MAIL_TLS="maybe") == [
        f"{path}: no such setting: favourite_colour.",
        "No such setting: SUPPORTDESK_PROT. docs/configuration.md lists them all.",
        "SUPPORTDESK_PORT: write a whole number, not “eighty”",
        "SUPPORTDESK_WEB_WORKERS: write a whole number, not “many”",
        "SUPPORTDESK_ROLE: write one of all, public, desk, delivery, not “god”",
        "SUPPORTDESK_MAIL_TLS: write one of starttls, tls, none, not “maybe”",
    ]


@pytest.mark.parametrize("text", ["port = ", "port 80", "\x00", "[port]\nhttp = 80\n[port]"])
def test_a_file_that_cannot_be_read_is_named(file, text):
    path = file(text)
    [line] = refusal()

    assert line.startswith(f"SUPPORTDESK_CONFIG: {path} can’t be read: ")


def test_a_file_that_is_missing_is_named(environment, tmp_path):
    environment(SUPPORTDESK_CONFIG=str(tmp_path / "nowhere.toml"))

    assert refusal()[0].startswith(f"SUPPORTDESK_CONFIG: {tmp_path}/nowhere.toml can’t be read: ")


@pytest.mark.parametrize(("name", "text"), [("OPENING_HOURS", "all day"), ("HOLIDAYS", "tuesdays")])
def test_hours_that_cannot_be_read_are_refused(tmp_path, name, text):
    with pytest.raises(SettingsError, match=f"SUPPORTDESK_{name}"):
        make_app(tmp_path / "data", **{name: text})


@pytest.mark.parametrize("command", [["-c", "import wsgi"], ["-m", "flask", "--app", "wsgi", "agents", "list"]])
def test_a_desk_that_refuses_to_start_says_why_in_one_line_and_shows_no_traceback(tmp_path, command):
    refused = start(command, SUPPORTDESK_DATA_FOLDER=str(tmp_path / "data"), SUPPORTDESK_PORT="eighty")

    assert refused.returncode == 1
    assert refused.stderr == "desk: SUPPORTDESK_PORT: write a whole number, not “eighty”\n"
    assert refused.stdout == ""
    assert not (tmp_path / "data").exists(), "nothing is made before the settings are right"


def test_a_misspelt_name_stops_the_desk(tmp_path):
    refused = start(
        ["-c", "import wsgi"], SUPPORTDESK_DATA_FOLDER=str(tmp_path / "data"), SUPPORTDESK_TRUSTED_HOST="help.org"
    )

    assert refused.returncode == 1
    assert refused.stderr == "desk: No such setting: SUPPORTDESK_TRUSTED_HOST. docs/configuration.md lists them all.\n"


def test_a_desk_whose_settings_are_right_starts_without_a_word(tmp_path):
    started = start(["-W", "error", "-c", "import wsgi"], SUPPORTDESK_DATA_FOLDER=str(tmp_path / "data"))

    assert (started.returncode, started.stderr, started.stdout) == (0, "", "")


def start(command, **variables):
    environment = os.environ | {"PYTHONUTF8": "1"} | variables
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_cookies_are_locked_down_and_more_so_behind_https(tmp_path):
    plain = make_app(tmp_path / "plain").config
    secure = make_app(tmp_path / "secure", SECURE_COOKIES="yes").config

    for settings in (plain, secure):
        assert settings["SESSION_COOKIE_HTTPONLY"] is True
        assert settings["SESSION_COOKIE_SAMESITE"] == "Strict"
    assert secure["SESSION_COOKIE_NAME"] == "__Host-desk"
    assert secure["SESSION_COOKIE_SECURE"] is True


def test_every_setting_says_what_it_is_for_and_reads_its_own_default():
    assert len({setting.name for setting in config.SETTINGS}) == len(config.SETTINGS)
    for setting in config.SETTINGS:
        assert setting.help.endswith(".")
        setting.read(setting.default)


@pytest.mark.parametrize("text", ["Mars/Olympus", "Pacific", "", "../../etc/passwd", "America/", "x" * 300, "a\tb"])
def test_a_time_zone_that_nobody_knows_is_named_in_one_line(tmp_path, text):
    with pytest.raises(SettingsError, match="SUPPORTDESK_TIMEZONE: write a time zone such as America") as refused:
        make_app(tmp_path, TIMEZONE=text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("zone", ["Pacific", "Mars/Olympus"])
def test_a_command_in_such_a_zone_ends_with_that_line_and_no_traceback(tmp_path, zone):
    command = ["-m", "flask", "--app", "wsgi", "doctor"]
    refused = start(command, SUPPORTDESK_DATA_FOLDER=str(tmp_path / "data"), SUPPORTDESK_TIMEZONE=zone)

    assert refused.returncode == 1
    said = f"write a time zone such as America/Los_Angeles, not “{zone}”"
    assert refused.stderr == f"desk: SUPPORTDESK_TIMEZONE: {said}\n"
