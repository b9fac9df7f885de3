"""The documentation, held against the program: settings, their defaults, commands, and what is done by itself."""

import re
from datetime import timedelta

import click
import pytest

from supportdesk.settings import SETTINGS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
FLASKS_OWN = {"run", "shell", "routes", "db"}


def rows(page, pattern):
    """First cell -> second cell of each table row whose first cell is code of that pattern."""
    return dict(re.findall(rf"^\| `({pattern})` \| ([^|]*) \|", page, re.MULTILINE))


def settings_in(page):
    return {name: "" if cell == "*empty*" else cell.strip("`") for name, cell in rows(page, "[A-Z_]+").items()}


def commands_in(page):
    return set(rows(page, "[a-z]+(?: [a-z]+)?"))


def commands_of(group, before=""):
    """Every command below `group`, in full: “faq check”."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield before + name


def test_every_setting_is_documented_with_its_default():
    assert settings_in(PAGE) == {setting.name: setting.default for setting in SETTINGS}


def test_every_command_is_documented(app):
    ours = {command for command in commands_of(app.cli) if command.partition(" ")[0] not in FLASKS_OWN}

    assert commands_in(PAGE) == ours | {"db upgrade"}


def test_every_chore_is_documented_by_the_name_in_the_log_and_how_often_it_is_done(app):
    units = {timedelta(minutes=1): "minute", timedelta(hours=1): "hour", timedelta(days=1): "day"}
    ours = {chore.name: units[chore.every] for chore in app.extensions["chores"]}

    assert rows(section(OPERATING, "What happens by itself"), "[a-z ]+") == ours


def section(page, title):
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("command", ["run", "demo", "backup", "restore", "doctor", "test", "check", "bench"])
def test_every_desk_command_is_documented_and_there(command):
    assert f"| `./desk {command}` |" in PAGE
    assert re.search(
        rf"^(?:\w+ \| )*{command}(?: \| \w+)*\) ", (ROOT / "desk").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_a_setting_left_out_a_wrong_default_and_a_lost_command_are_seen():
    right = settings_in(PAGE)

    assert settings_in(PAGE.replace("| `PORT` |", "| PORT |")) != right
    assert settings_in(PAGE.replace("| `8000` |", "| `8080` |")) != right
    assert "faq check" not in commands_in(PAGE.replace("| `faq check` |", ""))


def test_no_setting_is_written_about_that_does_not_exist():
    written = set(re.findall(r"SUPPORTDESK_([A-Z_]+)", PAGE)) - {"CONFIG"}
    in_files = set(re.findall(r"^([a-z_]+) = ", PAGE, re.MULTILINE))

    assert written | {name.upper() for name in in_files} <= {setting.name for setting in SETTINGS}


def test_each_test_that_a_page_names_is_there():
    pages = (ROOT / "docs").glob("*.md")
    named = {
        name for page in pages for name in re.findall(r"`((?:[a-z]+/)?test_\w+)`", page.read_text(encoding="utf-8"))
    }
    files = {str(path.relative_to(ROOT / "tests"))[:-3] for path in (ROOT / "tests").rglob("test_*.py")}
    names = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }

    assert sorted(named - files - names) == []
