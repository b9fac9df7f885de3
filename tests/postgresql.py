"""A throw-away PostgreSQL: its own folder, its own socket, no port; gone after the tests."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path


class Cluster:
    OPTIONS = "-c fsync=off"  # Nobody misses what a test wrote.

    @staticmethod
    def binaries():
        """The newest installed server's folder of programs, or None."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
        elsewhere = shutil.which("initdb")
        if not found and elsewhere:
            found = [Path(elsewhere).resolve()]
        return found[-1].parent if found else None

    def __init__(self):
        self.number = 0

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="desk-postgresql-"))
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root, so we become its own user.
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()
        shutil.rmtree(self.folder)

    def start(self):
        options = f"-k {self.folder} -p 5432 -c listen_addresses='' -c max_connections=200 {self.OPTIONS}"
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self):
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "stop")

    def create_database(self):
        """A new, empty database; returns its address."""
        self.number += 1
        name = f"desk{self.number}"
        self._run("createdb", "-h", self.folder, "-p", "5432", "-U", "postgres", name)
        return f"postgresql://postgres@/{name}?host={self.folder}&port=5432"

    def _run(self, program, *arguments):
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*become, self.binaries() / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
        )


class DurableCluster(Cluster):
    """For figures: it waits for the disk."""

    OPTIONS = ""
