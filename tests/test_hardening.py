"""A process that holds patients' words keeps its memory to itself."""

import subprocess
import sys

from tests.conftest import ROOT

ASKED = """
import ctypes, resource
from supportdesk.hardening import keep_memory_private
PR_GET_DUMPABLE = 3
before = ctypes.CDLL(None).prctl(PR_GET_DUMPABLE)
keep_memory_private()
print(before, ctypes.CDLL(None).prctl(PR_GET_DUMPABLE), *resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_neither_a_core_dump_nor_another_process_of_the_same_user_shows_its_memory():
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["1", "0", "0", "0"]
