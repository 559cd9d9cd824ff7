"""What an idle bridge costs: percent of a core and memory, all processes together."""

import json
import tempfile
import time
from pathlib import Path

from cms_media.bench.processes import usage
from tests.interop.bridge import running_bridge

SECONDS = 20.0


def main() -> None:
    """Prints cpu_percent and memory_mb."""
    with tempfile.TemporaryDirectory() as folder, running_bridge(Path(folder)) as bridge:
        time.sleep(2)
        before = usage(bridge.process.pid)
        time.sleep(SECONDS)
        after = usage(bridge.process.pid)
    cpu_percent = 100 * (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s)
    print(
        json.dumps(
            {"scenario": "idle", "cpu_percent": round(cpu_percent, 2), "memory_mb": round(after.memory_mb)}
        )
    )


if __name__ == "__main__":
    main()
