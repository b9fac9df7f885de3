"""deploy/, held against the program: settings that exist, units that systemd takes and that leave little open."""

import re
import shutil
import subprocess

import pytest
import yaml

from supportdesk.settings import SETTINGS
from tests.conftest import ROOT, unavailable

DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
KNOWN = {f"SUPPORTDESK_{setting.name}" for setting in SETTINGS} | {"DATABASE_URL"}


def analyze(*words):
    if not shutil.which("systemd-analyze"):
        unavailable("systemd-analyze is not installed here; type: apt-get install systemd")
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr


def test_the_environment_file_names_only_settings_that_exist():
    text = (DEPLOY / "desk.env").read_text(encoding="utf-8")

    assert set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) <= KNOWN


def test_no_secret_has_a_value_in_what_is_shipped():
    text = (DEPLOY / "desk.env").read_text(encoding="utf-8")

    assert not re.findall(r"^[A-Z_]*(?:PASSWORD|SECRET|TOKEN|KEY)=.+", text, re.MULTILINE)


def test_the_compose_file_names_only_settings_that_exist():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]

    for name in ("public", "desk", "delivery"):
        assert set(services[name]["environment"]) <= KNOWN


def test_the_public_container_holds_no_key_that_opens_anything():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    public = yaml.safe_load(text)["services"]["public"]

    assert public["environment"]["SUPPORTDESK_ROLE"] == "public"
    assert not any(volume.startswith("keys:") for volume in public["volumes"])


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_unit(unit):
    said = analyze("verify", str(DEPLOY / unit))

    assert [line for line in said.splitlines() if "is not executable" not in line] == []


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_leaves_little_open(unit):
    said = analyze("security", "--offline=yes", "--no-pager", str(DEPLOY / unit))

    assert float(re.search(r"exposure level for \S+ (\d+\.\d)", said)[1]) < 2.0


def test_the_dockerfile_copies_everything_the_desk_needs_and_installs_by_hash():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")

    copied = {word for line in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]}
    assert copied == {
        "requirements/run.txt",
        "wsgi.py",
        "gunicorn.conf.py",
        "supportdesk",
        "templates",
        "static",
        "content",
    }
    assert "--require-hashes" in text
