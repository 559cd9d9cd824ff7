"""A 1 kHz tone through the bridge for a minute: gaps, lost packets and tones heard, one line per codec."""

import argparse
import json
import tempfile
from pathlib import Path

from tests.interop.bridge import Dialler, running_bridge

CODECS = ("PCMU", "G722", "opus")


def main() -> None:
    """Command line: seconds. All codecs at once, each pair in a call of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, running_bridge(Path(folder), _spaces()) as bridge:
        listeners = {}
        for codec in CODECS:
            common = ("--codec", codec, "--seconds", str(seconds + 2), "--settle", "2")
            Dialler(bridge.uri(f"tone-{codec}"), "--audio", "tone:1000", "--linger", "3", *common)
            listeners[codec] = Dialler(bridge.uri(f"tone-{codec}"), "--audio", "tone:300", *common)
        for codec, listener in listeners.items():
            heard = listener.report(seconds + 30)["audio"]
            print(json.dumps({"scenario": "tone", "seconds": seconds, **heard, "codec": codec}))


def _spaces() -> str:
    tables = (f'[[space]]\nname = "{c}"\nuri = "tone-{c}"\ncall_id = "9{i}"\n' for i, c in enumerate(CODECS))
    return "".join(tables)


if __name__ == "__main__":
    main()
