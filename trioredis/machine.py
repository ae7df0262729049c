"""What the operating system says of this process: memory, processor time, the machine that it runs on.

Without psutil: Linux tells what a process takes *now* in `/proc/self/statm`; elsewhere only the peak is known
without a library, and stands in for it.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

from attrs import frozen

_STATM = Path("/proc/self/statm")
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


@frozen
class CpuTimes:
    """Seconds of processor time."""

    system: float
    user: float

    @classmethod
    def of(cls, who: int) -> "CpuTimes":
        """Return the times of one of the `resource.RUSAGE_` constants."""
        usage = resource.getrusage(who)
        return cls(usage.ru_stime, usage.ru_utime)


class Machine:
    """Asks the operating system; a simulated machine overrides these methods."""

    @property
    def system(self) -> str:
        """Name, release and architecture of the operating system."""
        facts = os.uname()
        return f"{facts.sysname} {facts.release} {facts.machine}"

    @property
    def total_memory(self) -> int:
        """Bytes of memory in the machine."""
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

    def resident_memory(self) -> int:
        """Return the bytes of memory that the process takes."""
        try:
            pages = int(_STATM.read_bytes().split()[1])
        except OSError:
            return self.peak_memory()
        return pages * os.sysconf("SC_PAGE_SIZE")

    def peak_memory(self) -> int:
        """Return the most bytes of memory that the process ever took."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT

    def give_back(self) -> None:
        """Give memory that is free back to the system, where the allocator of C keeps it and can be told."""
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

    def open_files(self, wanted: int) -> int:
        """Return how many of `wanted` files the process may have open at once. The limit is the host's business."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)

    def cpu_times(self) -> dict[str, CpuTimes]:
        """Return the times of this process, of its ended children, and where known of this thread."""
        sources = {"process": resource.RUSAGE_SELF, "children": resource.RUSAGE_CHILDREN}
        if hasattr(resource, "RUSAGE_THREAD"):
            sources["thread"] = resource.RUSAGE_THREAD
        return {name: CpuTimes.of(who) for name, who in sources.items()}
