"""deploy/compose.yaml, started without Docker: its services by its commands, in its order, on its users and keys.

Names of hosts and folders of a container become ours; everything else is taken as it stands.
"""

import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import yaml

from tests.conftest import ROOT, unavailable
from tests.desks import bring_what_was_learned
from tests.faults.machines import redis
from tests.postgresql import Cluster
from tests.server import PATIENCE, Server, until

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
ASKED_FOR = {"BASE_URL": "http://127.0.0.1", "MAIL_SERVER": "127.0.0.1"} | dict.fromkeys(
    ("OWNER_PASSWORD", "PUBLIC_PASSWORD", "AGENTS_PASSWORD", "DELIVERY_PASSWORD"), "secret"
)


def filled_in(text):
    """A value with what .env says; fails where the file asks for something that its first lines do not tell of."""
    return re.sub(r"\$\{(\w+)(:[?-][^}]*)?\}", lambda found: _asked(*found.groups()), str(text))


def _asked(name, otherwise):
    return ASKED_FOR[name] if otherwise.startswith(":?") else otherwise[2:]


def mounts(service):
    """Volume or path, where, and whether it may only be read."""
    for text in service.get("volumes", ()):
        source, target, *how = text.split(":")
        yield source, target, how == ["ro"]


def test_every_volume_and_file_that_is_mounted_is_there():
    named = {source for service in SERVICES.values() for source, _target, _ro in mounts(service)}
    files = {source for source in named if source.startswith(".")}

    assert named - files == set(COMPOSE["volumes"])
    assert [file for file in files if not (DEPLOY / file).is_file()] == []


def test_every_service_that_is_waited_for_is_there_and_ends_or_is_looked_after():
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            other = SERVICES[name]
            ends = how["condition"] == "service_completed_successfully"
            assert (other.get("restart") == "no") == ends
            assert how["condition"] != "service_healthy" or "test" in other["healthcheck"]


def test_every_image_is_built_from_files_that_are_there():
    for service in OURS.values():
        context = (DEPLOY / service["build"]["context"]).resolve()
        assert (context / service["build"]["dockerfile"]).is_file()
    copied = {word for line in re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]}
    let_in = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))

    assert all((ROOT / name).exists() for name in copied)
    assert {name.partition("/")[0] for name in copied} == let_in


@pytest.mark.parametrize("name", OURS)
def test_the_user_of_a_container_can_write_where_it_has_to(name):
    """A volume belongs to whom the folder belonged to that it was mounted on; a file system in memory to everybody."""
    service = OURS[name]
    made_for_it = {"/var/lib/supportdesk", *re.findall(r"(/\S*keys)\b", DOCKERFILE)}
    written = {target for source, target, is_read_only in mounts(service) if not is_read_only}

    assert service["read_only"]
    assert written <= made_for_it
    assert "/var/lib/supportdesk" in written | set(service["tmpfs"])
    assert "/tmp" in service["tmpfs"]


def test_only_those_who_need_it_can_see_the_private_key():
    sees = {name for name, service in OURS.items() if any(source == "keys" for source, *_ in mounts(service))}

    assert sees == {"begin", "desk", "delivery"}


class Container(Server):
    """A service of ours as a process, on the folders of its volumes."""

    def __init__(self, name, folder, database, redis_url):
        super().__init__(folder / name)
        self.name, self.service = name, OURS[name]
        places = {target: folder / "volumes" / source for source, target, _ in mounts(self.service) if source[0] != "."}
        places |= {target: DEPLOY / source for source, target, _ in mounts(self.service) if source[0] == "."}
        self.places = places | {"/var/lib/supportdesk": self.data}
        for place in self.places.values():
            if place.parent == folder / "volumes":
                place.mkdir(parents=True, exist_ok=True)
        shipped = re.search(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE)[1]
        given = dict(word.split("=", 1) for word in shipped.split()) | self.service["environment"]
        self.environment = {key: text for key, text in self.environment.items() if not key.startswith("SUPPORTDESK_")}
        self.environment |= {key: self._here(filled_in(text), database, redis_url) for key, text in given.items()}
        self.environment |= {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "SUPPORTDESK_HOST": "127.0.0.1"}
        self.environment |= {"SUPPORTDESK_PORT": str(self.port), "SUPPORTDESK_SEARCH_BY_MEANING": "off"}
        self.environment |= {"SUPPORTDESK_WEB_WORKERS": "1", "SUPPORTDESK_TOO_FAST_SECONDS": "0"}
        bring_what_was_learned(self.data)

    def _here(self, text, database, redis_url):
        user = re.match(r"postgresql://(\w+):", text)
        if user:
            return database.replace("//postgres@", f"//{user[1]}@")
        if text.startswith("redis://"):
            return redis_url
        for target, place in self.places.items():
            text = re.sub(rf"^{target}(?=/|$)", str(place), text)
        return text

    def words(self):
        usual = yaml.safe_load(re.search(r"^CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)[1])
        return [str(self.places.get(word, word)) for word in self.service.get("command", usual)]

    def _command(self, *_words):
        return self.words()

    def run_to_its_end(self):
        done = subprocess.run(
            self.words(), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def database_of_compose():
    """PostgreSQL as the database's container makes it, users.sh and all; its address."""
    if Cluster.binaries() is None:
        unavailable("PostgreSQL’s initdb is not installed here; type: apt-get install postgresql")
    service = SERVICES["database"]["environment"]
    with Cluster() as cluster:
        name, owner = service["POSTGRES_DB"], service["POSTGRES_USER"]
        at = {"PGHOST": str(cluster.folder), "PGPORT": "5432", "PATH": f"{cluster.binaries()}:/usr/bin:/bin"}
        for words in (f"createuser -U postgres -s {owner}", f"createdb -U {owner} {name}"):
            subprocess.run(shlex.split(words), env=at, check=True)
        environment = at | {key: filled_in(text) for key, text in service.items()}
        subprocess.run(["sh", DEPLOY / "users.sh"], env=environment, check=True)
        yield f"postgresql://postgres@/{name}?host={cluster.folder}&port=5432"


def waiting_mail(database):
    """How many mails a mail server that is not there made wait again."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("select count(*) from outbox where trouble is not null").fetchall()
    return {number for (number,) in rows}


@pytest.mark.timeout(240)
def test_it_comes_up_and_a_message_is_taken_and_its_mail_opened(tmp_path):
    with database_of_compose() as database, redis(tmp_path) as redis_url:
        containers = {name: Container(name, tmp_path, database, redis_url) for name in OURS}
        said = containers["begin"].run_to_its_end()
        containers["begin"].run_to_its_end()  # Again, as after an update.
        public, desk, delivery = (containers[name] for name in ("public", "desk", "delivery"))
        try:
            public.start_web()
            desk.start_web()
            delivery.start_delivery()
            assert public.send().startswith("NC-")
            until(lambda: waiting_mail(database) == {2}, "the delivery to have tried both mails")
            assert desk.get("/desk/sign-in").status == 200
            assert delivery.delivery.poll() is None
        finally:
            for container in (public, desk, delivery):
                container.stop_all()

    assert "password" in said
    assert not (tmp_path / "volumes/public-keys/desk/private").exists()
