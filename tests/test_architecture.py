"""The shape of the house, read from its sources: who may import whom, who may write, who may ask what time it is.

Each rule takes sources by path and returns a sentence for each breach.  Beside it stands a house that breaks it, so
that every rule is seen to fail once.  It sees direct imports only: a reminder for honest people, not a wall.
"""

import ast
from pathlib import Path, PurePath

import pytest

from tests.conftest import ROOT

OURS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("supportdesk/**/*.py"))
}

THE_WHOLE = {"", "prepare"}  # What builds the application, and what readies it to run.
MAY_USE = {"faq": set(), "agents": set(), "mail": set(), "tickets": {"faq", "agents", "mail"}}

ROLES = {"views", "cli", "forms", "services", "queries", "models"}
BY_OTHER_NAMES = {"tickets.intake": "services", "mail.compose": "services", "tickets.reports": "queries"}
BY_OTHER_NAMES |= {"tickets.guidance_report": "queries"}
BY_OTHER_NAMES |= {"tickets.own_page.door": "services"}
BY_OTHER_NAMES |= {"tickets.finding.terms": "services", "tickets.finding.scan": "queries"}
BY_OTHER_NAMES |= {"tickets.keeping.export": "queries"}
BY_OTHER_NAMES |= {"faq.search.queries": None}  # What a person typed, and not what a database is asked.
PURE = {
    "hours",
    "holidays",
    "sealing",
    "clock",
    "tickets.sla",
    "tickets.ranks",
    "tickets.clocks.policy",
    "tickets.clocks.arithmetic",
    "tickets.mentions.names",
    "tickets.references",
    "tickets.oversharing",
    "tickets.shown",
    "faq.articles",
    "faq.markup",
}

ABOVE = {  # What stands higher than each, and so is not its business.
    "forms": {"views", "cli", "services", "queries"},
    "services": {"views", "cli", "forms"},
    "queries": {"views", "cli", "forms", "services"},
    "models": {"views", "cli", "forms", "services", "queries"},
}
THE_WEB = {"request", "render_template", "redirect", "abort", "session", "url_for", "make_response", "flash", "g"}
HOMES = {  # A library, and the only place that names it, or the two.
    "whoosh": "faq.search",
    "markdown": "faq.markup",
    "flask_mail": "mail.delivery",
    "cryptography": "sealing",
    "argon2": "agents.passwords",
    "zxcvbn": "agents.guessable or faq.search.english",
    "segno": "agents.codes",
}
WRITING = {"add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects"}
WRITERS = {"services", "intake", "compose", "door", "terms"}
THE_TIME = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
NOBODYS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "handler", "handlers"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 40


def dotted(path):
    """“supportdesk/tickets/models.py” is tickets.models; a package is named like its folder."""
    parts = PurePath(path).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def role(module):
    name = "views" if module.endswith("_views") else module.rpartition(".")[2]
    return BY_OTHER_NAMES.get(module, name if name in ROLES else None)


def imported(source):
    """Every name a module imports, in full: `from flask import g` is both flask and flask.g."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def ours(source):
    """The modules of ours that it imports, without the package's name."""
    return {name.removeprefix("supportdesk.") for name in imported(source) if name.startswith("supportdesk.")}


def libraries(source):
    return {name.partition(".")[0] for name in imported(source)}


def attributes(source):
    """Each `a.b` in a source as (a, b); of `x.a.b` too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            yield getattr(owner, "attr", getattr(owner, "id", "")), node.attr


def functions(source):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]


def inside(module, home):
    return module == home or module.startswith(f"{home}.")


def features_keep_to_themselves(sources):
    for path, source in sources.items():
        mine = dotted(path).partition(".")[0]
        for name in ours(source):
            theirs = name.partition(".")[0]
            if dotted(path) not in THE_WHOLE and theirs in MAY_USE.keys() - MAY_USE.get(mine, set()) - {mine}:
                yield f"{path} knows {name}"


def imports_are_absolute(sources):
    for path, source in sources.items():
        yield from (f"{path} imports {name}" for name in imported(source) if name.startswith("."))


def imports_point_down(sources):
    for path, source in sources.items():
        above = ABOVE.get(role(dotted(path)), set())
        yield from (f"{path} looks up to {name}" for name in ours(source) if role(name) in above)


def services_know_no_web(sources):
    web = {f"flask.{name}" for name in THE_WEB} | {"flask_wtf", "wtforms", "werkzeug"}
    for path, source in sources.items():
        if role(dotted(path)) == "services":
            yield from (f"{path} imports {name}" for name in sorted(web & set(imported(source))))


def models_and_queries_know_no_flask(sources):
    for path, source in sources.items():
        if role(dotted(path)) in {"models", "queries"} and libraries(source) & {"flask", "werkzeug"}:
            yield f"{path} imports flask"


def views_hold_no_sql(sources):
    for path, source in sources.items():
        sql = libraries(source) & {"sqlalchemy", "flask_sqlalchemy"} or {"database"} & ours(source)
        if sql and role(dotted(path)) == "views":
            yield f"{path} holds SQL"


def pure_modules_are_pure(sources):
    for path, source in sources.items():
        if dotted(path) in PURE:
            impure = {name for name in libraries(source) if name.startswith(("flask", "sqlalchemy"))}
            impure |= {name for name in ours(source) if role(name) or inside(name, "database")}
            yield from (f"{path} imports {name}" for name in sorted(impure))


def each_library_has_one_home(sources):
    for path, source in sources.items():
        for library, home in HOMES.items():
            if library in libraries(source) and not any(inside(dotted(path), one) for one in home.split(" or ")):
                yield f"{path} names {library}, which belongs to {home}"


def only_services_write(sources):
    for path, source in sources.items():
        verbs = {verb for owner, verb in attributes(source) if owner == "session" and verb in WRITING}
        verbs |= {f"sqlalchemy.{verb}" for verb in ("insert", "update", "delete")} & set(imported(source))
        if dotted(path).rpartition(".")[2] not in WRITERS:
            yield from (f"{path} writes: {verb}" for verb in sorted(verbs))


def no_function_commits_twice(sources):
    for path, source in sources.items():
        for function in functions(source):
            text = ast.unparse(function)
            if text.count(".commit(") + text.count(" _commit(") - text.startswith("def _commit(") > 1:
                yield f"{path} {function.name} commits twice"


def only_config_reads_the_environment(sources):
    for path, source in sources.items():
        read = {("os", "environ"), ("os", "getenv")} & set(attributes(source))
        if (read or {"os.environ", "os.getenv"} & set(imported(source))) and dotted(path) != "config":
            yield f"{path} reads the environment"


def only_the_clock_knows_the_time(sources):
    for path, source in sources.items():
        asked = (THE_TIME & set(attributes(source))) or {"time.time"} & set(imported(source))
        if asked and dotted(path) != "clock":
            yield f"{path} asks {asked}"


def what_decides_is_told_the_time(sources):
    for path, source in sources.items():
        decides = role(dotted(path)) in {"models", "queries", "forms"} or dotted(path) in PURE - {"clock"}
        if decides and "clock" in ours(source):
            yield f"{path} asks the clock itself"


def files_are_short(sources):
    for path, source in sources.items():
        if len(source.splitlines()) > LONGEST_FILE:
            yield f"{path} has {len(source.splitlines())} lines"


def functions_are_short(sources):
    for path, source in sources.items():
        if not path.startswith("supportdesk/migrations/versions/"):  # A table is as long as its columns are many.
            for function in functions(source):
                length = function.end_lineno - function.lineno + 1
                if length > LONGEST_FUNCTION:
                    yield f"{path} {function.name} has {length} lines"


def every_file_is_about_something(sources):
    yield from (path for path in sources if PurePath(path).stem in NOBODYS)


def every_module_says_what_it_is_for(sources):
    yield from (path for path, source in sources.items() if not ast.get_docstring(ast.parse(source)))


DOC = '"""A module."""\n'
BREAKS = [  # Each rule, and what breaks it.
    (features_keep_to_themselves, "supportdesk/faq/views.py", "from supportdesk.tickets import queries"),
    (features_keep_to_themselves, "supportdesk/agents/auth.py", "import supportdesk.mail.compose"),
    (features_keep_to_themselves, "supportdesk/mail/models.py", "from supportdesk import faq"),
    (features_keep_to_themselves, "supportdesk/health.py", "from supportdesk.tickets.models import Ticket"),
    (imports_are_absolute, "supportdesk/faq/views.py", "from ..tickets import queries"),
    (imports_point_down, "supportdesk/tickets/models.py", "from supportdesk.tickets.queries import queue_page"),
    (imports_point_down, "supportdesk/tickets/intake.py", "from supportdesk.tickets import forms"),
    (imports_point_down, "supportdesk/tickets/queries.py", "from supportdesk.tickets import services"),
    (imports_point_down, "supportdesk/tickets/services.py", "from supportdesk.tickets.desk_views import desk"),
    (imports_point_down, "supportdesk/agents/forms.py", "from supportdesk.agents.services import sign_in"),
    (services_know_no_web, "supportdesk/tickets/services.py", "from flask import current_app, request"),
    (services_know_no_web, "supportdesk/tickets/intake.py", "from flask import render_template"),
    (models_and_queries_know_no_flask, "supportdesk/agents/queries.py", "from flask import current_app"),
    (views_hold_no_sql, "supportdesk/tickets/desk_views.py", "from sqlalchemy import select"),
    (views_hold_no_sql, "supportdesk/faq/views.py", "from supportdesk.database import db"),
    (pure_modules_are_pure, "supportdesk/hours.py", "from flask import current_app"),
    (pure_modules_are_pure, "supportdesk/tickets/sla.py", "from supportdesk.tickets.models import Ticket"),
    (each_library_has_one_home, "supportdesk/faq/views.py", "from whoosh.fields import Schema"),
    (each_library_has_one_home, "supportdesk/faq/library.py", "import markdown"),
    (each_library_has_one_home, "supportdesk/mail/services.py", "from flask_mail import Message"),
    (each_library_has_one_home, "supportdesk/keys.py", "from cryptography.fernet import Fernet"),
    (only_services_write, "supportdesk/tickets/queries.py", "def f(row):\n    db.session.add(row)"),
    (only_services_write, "supportdesk/tickets/desk_views.py", "def f():\n    db.session.commit()"),
    (only_services_write, "supportdesk/mail/queries.py", "from sqlalchemy import select, update"),
    (
        no_function_commits_twice,
        "supportdesk/tickets/services.py",
        "def f(t):\n    db.session.commit()\n    tell(t)\n    db.session.commit()",
    ),
    (no_function_commits_twice, "supportdesk/tickets/services.py", "def f():\n    _commit()\n    _commit()"),
    (only_config_reads_the_environment, "supportdesk/keys.py", "import os\nFOLDER = os.environ['KEYS']"),
    (only_config_reads_the_environment, "supportdesk/keys.py", "from os import getenv"),
    (only_the_clock_knows_the_time, "supportdesk/opening.py", "def f():\n    return datetime.now(UTC)"),
    (only_the_clock_knows_the_time, "supportdesk/opening.py", "def f():\n    return dt.datetime.now(UTC)"),
    (only_the_clock_knows_the_time, "supportdesk/faq/shelf.py", "import time\nBEGUN = time.time()"),
    (what_decides_is_told_the_time, "supportdesk/tickets/models.py", "from supportdesk import clock"),
    (files_are_short, "supportdesk/faq/views.py", DOC + "x = 1\n" * 300),
    (functions_are_short, "supportdesk/faq/views.py", "def f():\n" + "    x = 1\n" * 40),
    (every_file_is_about_something, "supportdesk/tickets/utils.py", DOC),
    (every_module_says_what_it_is_for, "supportdesk/faq/views.py", "x = 1"),
]
RULES = list(dict.fromkeys(rule for rule, _path, _source in BREAKS))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_our_house_keeps_the_rule(rule):
    assert list(rule(OURS)) == []


@pytest.mark.parametrize(
    ("rule", "path", "source"), BREAKS, ids=[f"{rule.__name__}-{n}" for n, (rule, _, _) in enumerate(BREAKS)]
)
def test_a_house_that_breaks_the_rule_is_seen(rule, path, source):
    assert list(rule({path: source}))


def test_what_the_rules_allow_is_not_held_against_anyone():
    house = {
        "supportdesk/__init__.py": DOC + "from supportdesk import agents, faq, mail, tickets",
        "supportdesk/tickets/desk_views.py": DOC + "from supportdesk.agents.queries import active_agents",
        "supportdesk/tickets/services.py": DOC + "from flask import current_app\nfrom supportdesk import clock",
        "supportdesk/faq/shelf.py": DOC + "import time\nSTART = time.monotonic()\nseen = set()\nseen.add(1)",
        "supportdesk/faq/search/index.py": DOC + "from whoosh.index import Index",
        "supportdesk/tickets/queries.py": DOC + "from sqlalchemy import select",
    }
    assert [breach for rule in RULES for breach in rule(house)] == []


def test_every_module_of_ours_was_read():
    assert {Path("supportdesk/__init__.py"), Path("supportdesk/tickets/services.py")} <= {Path(path) for path in OURS}
    assert {dotted(path) for path in OURS} > PURE
