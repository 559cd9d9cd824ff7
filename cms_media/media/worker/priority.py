"""How urgent the worker's two threads are to the kernel: sound before pictures, both before the rest of the machine.

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
_REAL_TIME_PRIORITY = 10
"""What the native thread takes, see native/engine/engine.cpp: RLIMIT_RTPRIO may allow some and not others."""

log = logging.getLogger(__name__)


def be_urgent() -> None:
    """Before any other thread is started: they inherit it."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, URGENT)
    except OSError:
        log.warning("event=not_permitted what=niceness wanted=%d effect=no_head_start", URGENT)


def may_be_real_time() -> bool:
    """Whether threads of this process may have SCHED_FIFO: tried on this thread, and taken back."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_REAL_TIME_PRIORITY))
    except OSError:
        return False
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return True


def step_back_behind_sound() -> None:
    """After the native thread was started: puts this thread behind it where the kernel does not do so already."""
    if may_be_real_time():
        return
    niceness = os.getpriority(os.PRIO_PROCESS, 0) + STEP_BACK
    os.setpriority(os.PRIO_PROCESS, 0, niceness)
    log.warning("event=not_permitted what=real_time effect=pictures_step_back niceness=%d", niceness)


def check_pinning(cpu: int) -> None:
    """Says when the processor for the native thread (-1: any) is not ours to use: the kernel then chooses."""
    if cpu >= 0 and cpu not in os.sched_getaffinity(0):
        log.warning("event=not_permitted what=pinning cpu=%d effect=not_pinned", cpu)
