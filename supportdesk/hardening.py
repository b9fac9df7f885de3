"""What a process that holds patients' words does for itself: no core dump of it, and no other process looks into it.

For serving and for delivery, whoever starts them: `./desk run` and the units of deploy/ say the same from outside.
"""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """Of this process and those it forks.  Where the system has no way to it, as far as it has."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # Else a dump could still be piped to a program, and the same user read all of it.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
