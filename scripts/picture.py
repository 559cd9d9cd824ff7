"""Makes the README's picture: nine endpoints call a real bridge, the last one keeps what it saw.

Usage: scripts/picture.py FILE.png
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.interop.bridge import Dialler, running_bridge

NAMES = ("Ada", "Alan", "Barbara", "Donald", "Edsger", "Grace", "Margaret", "Radia", "Viewer")
JOIN_S, TALK_S = 8.0, 3.0


def main() -> None:
    """Everybody sends 640x360; the viewer takes 1280x720."""
    target = sys.argv[1]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running_bridge(Path(folder)) as bridge:
        diallers = []
        for number, name in enumerate(NAMES):
            left_s = JOIN_S - (time.monotonic() - started)
            wanted = ("--receive-size", "1280x720", "--snapshot", target) if name == "Viewer" else ()
            diallers.append(
                Dialler(
                    bridge.uri(),
                    *("--name", name, "--video", f"pattern:{number + 1}", "--size", "640x360", *wanted),
                    *(
                        "--audio",
                        f"tone:{300 + 100 * number}",
                        "--seconds",
                        f"{left_s + TALK_S:.1f}",
                        "--linger",
                        "6",
                    ),
                )
            )
            time.sleep(0.3)
        for dialler in diallers:
            print(dialler.report())


if __name__ == "__main__":
    main()
