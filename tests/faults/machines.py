"""A desk on two machines, as deploy/ has it: nginx before two web nodes, one PostgreSQL, one Redis, two deliveries."""

import getpass
import re
import shutil
import socket
import subprocess
from contextlib import ExitStack, closing, contextmanager

from tests.conftest import ROOT, unavailable
from tests.desks import bring_what_was_learned
from tests.post_office import Authority
from tests.server import Server, free_port, until

NGINX = "daemon off; user {user}; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
NGINX += "events {{}}\nhttp {{ {temporary} include {folder}/supportdesk.conf; }}\n"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def program(name, package):
    """The path of a program that Debian packages; where it is missing, say what to type."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin")
    return found or unavailable(f"{name} is not installed here; type: apt-get install {package}")


class Proxy(Server):
    """nginx with the configuration of deploy/, on a port of its own, with a certificate made on the spot."""

    def __init__(self, folder, nodes, changes=None):
        super().__init__(folder)
        self._nodes, self._https = nodes, free_port()
        self._changes = changes or {}  # Of the text of deploy/nginx.conf, for what would take a test too long.

    def start_web(self):
        (self.folder / "supportdesk.conf").write_text(self._site(), encoding="utf-8")
        temporary = " ".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY)
        main = NGINX.format(user=getpass.getuser(), folder=self.folder, temporary=temporary)
        (self.folder / "nginx.conf").write_text(main, encoding="utf-8")
        Authority(self.folder).server_context("127.0.0.1", days=1)  # Writes server.pem: certificate and key.
        nginx = program("nginx", "nginx")
        with (self.folder / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                [nginx, "-c", self.folder / "nginx.conf", "-p", self.folder], stdout=log, stderr=log
            )
        until(self._answers, f"nginx to answer; it said: {self.log()}")

    def _answers(self):
        """That it can't reach the desk is an answer too."""
        assert self.web.poll() is None, f"nginx has ended: {self.log()}"
        with closing(socket.socket()) as attempt:
            return attempt.connect_ex(("127.0.0.1", self.port)) == 0

    def _site(self):
        """deploy/nginx.conf with our ports, nodes and certificate, and a limit that one busy client does not meet."""
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for before, after in self._changes.items():
            assert before in text
            text = text.replace(before, after)
        nodes = "".join(f"    server 127.0.0.1:{node.port} max_fails=1 fail_timeout=5s;\n" for node in self._nodes)
        text = re.sub(r"(?:    server 10\.\S+ .*\n)+", nodes, text)
        text = text.replace("listen 80;\n", f"listen 127.0.0.1:{free_port()};\n", 1)
        text = text.replace(
            "listen 443 ssl http2;", f"listen 127.0.0.1:{self._https} ssl http2;\n    listen {self.port};"
        )
        text = re.sub(r"/etc/ssl/supportdesk/\w+\.pem", f"{self.folder}/server.pem", text)
        text = text.replace("/var/log/nginx", str(self.folder))
        text = text.replace("/etc/nginx/supportdesk-pages", str(ROOT / "deploy" / "pages"))
        return text.replace("HELP.EXAMPLE.ORG", "127.0.0.1").replace("rate=50r/s", "rate=5000r/s")


@contextmanager
def redis(folder):
    """A Redis of the test's own; its address."""
    port = free_port()
    command = [program("redis-server", "redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (folder / "redis.log").open("ab") as log:
        process = subprocess.Popen([*command, "--appendonly", "no", "--dir", folder], stdout=log, stderr=log)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(30)


class Machines:
    """`nodes` serve, `proxy` stands before them, `nodes[n].delivery` sends what patients are told."""

    def __init__(self, folder, nodes, proxy):
        self.folder, self.nodes, self.proxy = folder, nodes, proxy


@contextmanager
def two_machines(folder, database, **settings):
    with ExitStack() as stack:
        shutil.copytree(ROOT / "content", folder / "content")
        shared = {
            "DATABASE_URL": database,
            "REDIS_URL": stack.enter_context(redis(folder)),
            "CONTENT_FOLDER": folder / "content",
            "KEYS_FOLDER": folder / "keys",
            "TRUSTED_PROXIES": 1,
        }
        nodes = [Server(folder / name, **shared | settings) for name in ("first", "second")]
        for node in nodes:
            bring_what_was_learned(node.data)
            stack.callback(node.stop_all)
        nodes[0].flask("db", "upgrade")
        for node in nodes:
            node.start_web()
            node.start_delivery()
        proxy = Proxy(folder / "proxy", nodes)
        stack.callback(proxy.stop_all)
        proxy.start_web()
        yield Machines(folder, nodes, proxy)
