"""Children that die with their parent. Standard library only."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
PARENT = "TIANZHANG_PARENT"  # the pid of the process that began this one, told by it


def die_with_parent(parent: int | None = None) -> bool:
    """Ask the kernel for SIGTERM when the parent dies, however it dies; False when it is dead already.

    The parent may have died before this process came so far: it is known by the pid that it told, not by
    whose child this one is by now.
    """
    parent = parent or int(os.environ.get(PARENT, 0)) or os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent
