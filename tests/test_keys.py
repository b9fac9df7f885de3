"""The key files: made once, for their owner's eyes, and refused with one clear line where something is wrong."""

import os
import shutil
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from supportdesk import keys
from supportdesk.database import db
from supportdesk.exceptions import Sealed, SettingsError
from supportdesk.sealing import DataKey
from supportdesk.tickets.queries import ticket_for_agent
from tests.conftest import ROOT, make_app

FILES = ("public", "private", "hashing", "secret")


@pytest.fixture
def folder(tmp_path):
    """The key files of a desk that has run once."""
    return make_app(tmp_path / "data").config["KEYS_FOLDER"]


def start(folder, **settings):
    """Start a desk with these keys; returns its keyring."""
    return make_app(folder.parent, **settings).extensions["keyring"]


def refusal(folder, **settings):
    """The one line with which a desk with these keys refuses to start."""
    with pytest.raises(SettingsError) as refused:
        start(folder, **settings)
    message = str(refused.value)
    assert "\n" not in message
    return message


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_run_makes_keys_that_only_their_owner_can_read(tmp_path):
    before = os.umask(0)
    try:
        folder = make_app(tmp_path / "new" / "data").config["KEYS_FOLDER"]
    finally:
        os.umask(before)

    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert mode(folder) == mode(folder.parent) == 0o700


def test_a_second_run_keeps_them(folder):
    before = [(folder / name).read_text() for name in FILES]

    assert start(folder).key_id == before[0].split()[0]
    assert [(folder / name).read_text() for name in FILES] == before


def test_every_desk_has_keys_of_its_own(tmp_path):
    first, second = (make_app(tmp_path / name) for name in ("one", "two"))

    assert first.extensions["keyring"].public != second.extensions["keyring"].public
    assert first.extensions["keyring"].hashing != second.extensions["keyring"].hashing
    assert first.config["SECRET_KEY"] != second.config["SECRET_KEY"]
    assert len(first.config["SECRET_KEY"]) >= 64


@pytest.mark.parametrize("attempt", range(10))
def test_of_several_first_starts_at_once_all_keep_one_set(tmp_path, attempt):
    folder = tmp_path / "data" / "keys"
    together = threading.Barrier(8)

    def first_start(_):
        together.wait()
        keys.make(folder)
        return keys.load(folder, with_private=True)

    with ThreadPoolExecutor(8) as crowd:
        rings = list(crowd.map(first_start, range(8)))

    assert len({(ring.key_id, ring.hashing, *ring.private.values()) for ring in rings}) == 1
    assert list(folder.parent.iterdir()) == [folder], "what the others made is gone"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("others", [0o040, 0o004, 0o020], ids=oct)
def test_a_key_that_others_can_read_or_write_is_refused(folder, name, others):
    (folder / name).chmod(0o600 | others)
    message = refusal(folder)

    assert str(folder / name) in message
    assert f"chmod 600 {folder / name}" in message


@pytest.mark.parametrize("name", FILES)
def test_a_key_that_is_missing_is_refused(folder, name):
    (folder / name).unlink()

    assert f"{folder / name} is missing" in refusal(folder)


@pytest.mark.parametrize("name", ["public", "private", "hashing"])
@pytest.mark.parametrize("content", ["", "nonsense", "0123456789abcdef AAAA", "\xe4", "A" * 5000], ids=len)
def test_a_key_that_is_damaged_is_refused(folder, name, content):
    (folder / name).write_text(content, encoding="latin-1")

    assert str(folder / name) in refusal(folder)


def test_one_changed_letter_in_the_public_key_is_noticed_even_without_the_private_one(folder):
    """What is sealed to a damaged key, nobody could ever read."""
    key_id, key = (folder / "public").read_text().split()
    (folder / "public").write_text(f"{key_id} {'B' if key[0] == 'A' else 'A'}{key[1:]}\n")

    assert "damaged" in refusal(folder, ROLE="public")
    assert "damaged" in refusal(folder)


def test_a_private_key_of_another_desk_is_refused(folder, tmp_path):
    other = make_app(tmp_path / "other").config["KEYS_FOLDER"]
    shutil.copy(other / "private", folder / "private")

    assert "does not belong to" in refusal(folder)


def test_a_private_key_under_a_borrowed_name_is_refused(folder, tmp_path):
    other = make_app(tmp_path / "other").config["KEYS_FOLDER"]
    key_id = (folder / "public").read_text().split()[0]
    (folder / "private").write_text(f"{key_id} {(other / 'private').read_text().split()[1]}\n")

    assert "does not belong to" in refusal(folder)


def test_keys_that_are_gone_while_the_database_is_there_are_not_replaced(folder):
    (folder.parent / "desk.sqlite3").touch()
    shutil.rmtree(folder)

    assert "missing" in refusal(folder)
    assert not folder.exists()


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    message = refusal(tmp_path / "file" / "data" / "keys")

    assert str(tmp_path / "file" / "data") in message
    assert "SUPPORTDESK_DATA_FOLDER" in message


def test_a_desk_that_refuses_to_start_says_so_in_one_line_and_no_more(folder):
    (folder / "private").chmod(0o644)
    environment = os.environ | {"SUPPORTDESK_DATA_FOLDER": str(folder.parent)}
    result = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert result.returncode == 1
    assert result.stderr == f"desk: {folder}/private can be read by other people. Type: chmod 600 {folder}/private\n"
    assert result.stdout == ""


def test_a_secret_of_the_operators_own_needs_no_file(folder):
    (folder / "secret").unlink()
    app = make_app(folder.parent, SECRET_KEY="a secret of the operator's own, and long enough")

    assert app.config["SECRET_KEY"] == "a secret of the operator's own, and long enough"


@pytest.mark.parametrize("secret", ["dev", "x" * 31])
def test_a_secret_that_can_be_guessed_is_refused(folder, secret):
    assert "SUPPORTDESK_SECRET_KEY can be guessed" in refusal(folder, SECRET_KEY=secret)
    (folder / "secret").write_text(secret)
    assert f"{folder / 'secret'} can be guessed" in refusal(folder)


def test_an_empty_secret_is_refused(folder):
    (folder / "secret").write_text("\n")

    assert "secret can be guessed" in refusal(folder)


def test_the_public_role_makes_no_keys_of_its_own(tmp_path):
    """A request sealed to them could be read at no desk."""
    assert "missing" in refusal(tmp_path / "data" / "keys", ROLE="public")
    assert not (tmp_path / "data" / "keys").exists()


def test_the_public_role_takes_a_request_in_without_the_private_key_and_cannot_open_it(app, tmp_path):
    half = tmp_path / "half"
    shutil.copytree(app.config["KEYS_FOLDER"], half)
    (half / "private").unlink()
    public = make_app(tmp_path / "data", ROLE="public", DATABASE_URL=app.config["DATABASE_URL"], KEYS_FOLDER=half)
    try:
        reference = public.test_client().send(subject="Only for the desk")
        with public.app_context(), pytest.raises(Sealed):
            ticket_for_agent(reference)
        with app.app_context():
            assert ticket_for_agent(reference).subject == "Only for the desk"
    finally:
        with public.app_context():
            db.engine.dispose()


def test_keys_that_vanish_while_the_desk_serves_cost_no_page_and_no_request(desk_with):
    app = desk_with()
    patient, folder = app.test_client(), app.config["KEYS_FOLDER"]
    folder.rename(folder.with_name("elsewhere"))
    pages = [patient.get(path).status_code for path in ("/", "/articles/cost", "/search?q=password", "/requests/new")]
    reference = patient.send(subject="Sent meanwhile")
    folder.with_name("elsewhere").rename(folder)

    assert pages == [200] * 4
    with app.app_context():
        assert ticket_for_agent(reference).subject == "Sent meanwhile"


@pytest.mark.parametrize("role", ["all", "desk"])
def test_who_is_to_read_needs_the_private_key(folder, role):
    (folder / "private").unlink()

    assert "private is missing" in refusal(folder, ROLE=role)


def test_what_was_sealed_to_an_older_key_still_opens(folder, tmp_path):
    older, key = start(folder), DataKey()
    sealed = older.seal_key(key, "ticket|key|1")
    newer = make_app(tmp_path / "newer").config["KEYS_FOLDER"]
    (newer / "private").write_text((newer / "private").read_text() + (folder / "private").read_text())

    assert start(newer).open_key(sealed, older.key_id, "ticket|key|1") == key
    assert start(newer).key_id != older.key_id


def test_a_keyring_shows_nothing(folder):
    ring = start(folder)
    shown = f"{ring!r}{ring!s}{[ring]}"

    for name in FILES:
        for word in (folder / name).read_text().split():
            assert word not in shown
