"""Applications for tests, and what one has after its first start, made once as it takes longer than most tests."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import flask_migrate
from jinja2 import FileSystemBytecodeCache

from supportdesk import create_app
from supportdesk.database import db
from tests.people import Browser


def make_app(data, more=(), **settings):
    usual = {"TESTING": True, "PROPAGATE_EXCEPTIONS": False, "SEARCH_BY_MEANING": "off", "SEARCH_COUNT_SECONDS": 3600}
    usual |= {
        "REQUESTS_PER_HOUR": 0,
        "REQUESTS_PER_DAY": 0,
        "OWN_PAGE_PER_MINUTE": 0,
        "COMMENTS_PER_HOUR": 0,
        "ACKNOWLEDGEMENTS_PER_HOUR": 0,
        "ACKNOWLEDGEMENTS_PER_DAY": 0,
    }  # All tests have one address, and most patients too.
    usual |= {"UNDO_SECONDS": 0}  # Mail goes out at once, but where a test is about taking it back.
    usual |= {"ONE_TIME_CODES": "off"}  # A phone at every sign-in is for the tests that are about it.
    app = create_app({"DATA_FOLDER": data} | usual | settings, more)
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = compiled_templates()
    return app


def close(app):
    """Write what its process would write at its end, while there is a database."""
    if notebook := app.extensions.get("search notebook"):
        notebook.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@cache
def compiled_templates():
    """Templates as Python, for all applications of this process: to compile them takes longer than most tests."""
    return FileSystemBytecodeCache(temporary_folder("templates"))


@cache
def first_start():
    """The data folder of a desk that was started once: its keys and tables, its index, and what guidance learned."""
    folder = Path(temporary_folder("first-start"))
    app = make_app(folder)
    with app.app_context():
        flask_migrate.upgrade()
    app.extensions["searcher"].current()
    close(app)
    return folder


def temporary_folder(name):
    folder = tempfile.mkdtemp(prefix=f"desk-{name}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def bring_what_was_learned(data):
    """Into the data folder of a desk that is yet to start."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kept in ("index", "judges"):
        shutil.copytree(first_start() / kept, data / kept, dirs_exist_ok=True)
