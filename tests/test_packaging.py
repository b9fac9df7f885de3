"""The wheel holds everything the desk needs, and nothing else; and the locked lists are what `desk` takes them for."""

import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "instance", "tests", "bench", "docs")
MOVED = ("templates", "static", "content")  # Beside the package here, inside it in the wheel.

FIRST_VISIT = """
from supportdesk import create_app
from flask_migrate import upgrade
import supportdesk

app = create_app()
with app.app_context():
    upgrade()
visitor = app.test_client()
for page in ("/", "/articles/forgot-password", "/search.json?q=password", "/requests/new", "/desk/sign-in", "/readyz"):
    assert visitor.get(page).status_code == 200, page
for sheet in ("core.css", "help.css", "desk.css"):
    assert visitor.get("/static/" + sheet).status_code == 200, sheet
print(supportdesk.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from a copy of the sources, with no network."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copytree(ROOT, folder / "sources", ignore=LEFT_OUT)
    offline = "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"
    command = [sys.executable, "-m", "pip", "wheel", "-q", *offline, "-w", folder / "wheels", folder / "sources"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = (folder / "wheels").glob("*.whl")
    return path


def shipped_files():
    """Every source file by the name it has in the wheel."""
    for folder in ("supportdesk", *MOVED):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                yield f"supportdesk/{name}" if folder in MOVED else name


def test_every_package_is_named_to_whoever_builds_the_wheel():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    named = set(config["options"]["packages"].split())
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "supportdesk").rglob("__init__.py")}
    assert there <= named


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_desk_and_no_other(wheel):
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert names == set(shipped_files())


@pytest.mark.slow
def test_the_wheel_carries_the_licence(wheel):
    with ZipFile(wheel) as archive:
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in archive.namelist())


@pytest.mark.slow
def test_the_desk_runs_from_the_wheel(wheel, tmp_path):
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")

    desk = subprocess.run(
        [sys.executable, "-c", FIRST_VISIT],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert desk.returncode == 0, desk.stderr
    assert desk.stdout.strip() == str(tmp_path / "installed" / "supportdesk" / "__init__.py")


def locked(name):
    """Each line that names a package, with its version and the Pythons it is for."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^[a-z].*(?= \\$)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["test", "bench"])
def test_the_other_lists_contain_the_run_list(name):
    """`desk` counts on it: where the tests can run, so can the desk."""
    assert locked("run")
    assert locked("run") <= locked(name)


def test_the_list_of_the_ready_replacement_is_the_test_list_with_whoosh3_for_whoosh():
    assert locked("whoosh3") == locked("test") - {"whoosh==2.7.4"} | {"whoosh3==3.54.0"}


@pytest.mark.parametrize("name", ["run", "test", "bench", "whoosh3"])
def test_every_locked_package_has_its_hashes_and_the_file_names_no_index(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")

    assert len(locked(name)) == len(re.findall(r"^[a-z].* \\\n    --hash=sha256:", text, re.MULTILINE))
    assert "://" not in text
    assert "--index" not in text
