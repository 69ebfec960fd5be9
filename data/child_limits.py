"""Limits a reading process puts on itself before it opens anything. Imports nothing: what reads large files loads its libraries afterwards."""

from __future__ import annotations

import sys


def limit(memory: int, cpu: int, file: int = 0) -> None:
    """Put limits on this process that it cannot raise again.

    Args:
        memory: bytes of address space.
        cpu: seconds of processor time. The kernel sends the signal that the parent knows at these, and kills a second later.
        file: bytes of the largest file it may write.
    """
    import resource

    wanted = {"RLIMIT_AS": (memory, memory), "RLIMIT_CPU": (cpu, cpu + 1), "RLIMIT_FSIZE": (file, file), "RLIMIT_CORE": (0, 0)}
    for name, soft_and_hard in wanted.items():
        try:
            resource.setrlimit(getattr(resource, name), soft_and_hard)
        except (ValueError, OSError):
            if sys.platform == "linux":  # elsewhere some limits cannot be set; the clock of the parent still holds
                raise
