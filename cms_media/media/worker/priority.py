"""How urgent the worker's two threads are, and where they run: sound before pictures, both before the rest.

The native thread takes SCHED_FIFO where it may. Where it may not it is an ordinary thread, which the encoder beside it
would starve: then the thread of pictures, this one, steps back. Where nothing at all is permitted everything works,
later under load, and that is said once. Linux only, as `setpriority` of one thread is.
"""

import logging
import os

URGENT = -5
"""Niceness of the whole worker, where we may: pictures are due 30 times a second, whatever else runs."""
STEP_BACK = 5
"""Of the thread of pictures behind an ordinary thread of sound: a third of its share of a contended core."""

log = logging.getLogger(__name__)


def be_urgent() -> None:
    """Before any other thread is started: they inherit it."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, URGENT)
    except OSError:
        log.warning("event=not_permitted what=niceness wanted=%d effect=no_head_start", URGENT)


def step_back_behind_sound(realtime: bool) -> None:
    """Puts this thread behind the native one where the kernel does not do so already, having made that `realtime`."""
    if realtime:
        return
    niceness = os.getpriority(os.PRIO_PROCESS, 0) + STEP_BACK
    os.setpriority(os.PRIO_PROCESS, 0, niceness)
    log.warning("event=not_permitted what=real_time effect=pictures_step_back niceness=%d", niceness)


def stay_on(cpu: int) -> bool:
    """Keeps this thread on a processor (-1: any); False when the kernel does not permit it, or goes on choosing."""
    if cpu < 0:
        return False
    try:
        os.sched_setaffinity(0, {cpu})
    except OSError:
        return False
    return True


def check_pinning(cpu: int, pinned: bool) -> None:
    """Says when a thread did not get the processor meant for it (-1: any): the kernel then chooses."""
    if cpu >= 0 and not pinned:
        log.warning("event=not_permitted what=pinning cpu=%d effect=not_pinned", cpu)
