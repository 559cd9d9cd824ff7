"""What the kernel grants the real-time thread, and that the engine says so and works either way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cms_media.native import Engine

NO_SUCH_PROCESSOR = 1023
"""The last that the kernel's mask of processors has room for."""

_TELL = f"""
import json
from cms_media.native import Engine
engine = Engine(port_min=29400, port_max=29401, pin_cpu={NO_SUCH_PROCESSOR})
engine.start()
engine.open_transport("127.0.0.1")
print(json.dumps(engine.snapshot()))
engine.stop()
"""


def _real_time_thread() -> int:
    tasks = Path("/proc/self/task").iterdir()
    return next(int(one.name) for one in tasks if (one / "comm").read_text() == "cms-media-rt\n")


def test_the_snapshot_says_what_the_kernel_says_of_the_thread() -> None:
    cpu = min(os.sched_getaffinity(0))
    engine = Engine(port_min=29400, port_max=29401, pin_cpu=cpu)
    assert (engine.snapshot()["realtime"], engine.snapshot()["pinned"]) == (False, False)
    engine.start()
    try:
        thread = _real_time_thread()
        assert engine.snapshot()["realtime"] == (os.sched_getscheduler(thread) == os.SCHED_FIFO)
        assert engine.snapshot()["pinned"] is True
        assert os.sched_getaffinity(thread) == {cpu}
    finally:
        engine.stop()


def test_without_permission_it_starts_all_the_same_and_says_so() -> None:
    bounded = ["setpriv", "--bounding-set", "-sys_nice"] if os.geteuid() == 0 else []
    command = [*bounded, "prlimit", "--rtprio=0", sys.executable, "-c", _TELL]
    told = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    if bounded and "setpriv" in told.stderr:
        pytest.skip("this root may not give up a capability")
    snapshot = json.loads(told.stdout)
    assert (snapshot["realtime"], snapshot["pinned"]) == (False, False)
