"""Set-up under load: sipp makes 40 audio calls a second for a minute, 500 stand at a time, their RTP echoed."""

import argparse
import csv
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cms_media.bench.processes import Usage, usage
from cms_media.endpoint.free_port import free_port
from tests.interop.bridge import Bridge, running_bridge

_SCENARIO = Path(__file__).with_suffix(".xml")
_RETRANSMISSIONS, _FAILED, _SUCCESSFUL = "Retransmissions(C)", "FailedCall(C)", "SuccessfulCall(C)"
_RESPONSE = "ResponseTime1(C)"


def generate(
    bridge: Bridge, folder: Path, rate: int, seconds: int, held: int, media_port: int
) -> subprocess.Popen[bytes]:
    """Starts sipp: RTP that comes to its media port goes back to the sender."""
    hold_ms = held * 1000 // rate
    return subprocess.Popen(
        [
            *("sipp", f"127.0.0.1:{bridge.udp_port}", "-i", "127.0.0.1", "-sf", str(_SCENARIO), "-nostdin"),
            *("-r", str(rate), "-m", str(rate * seconds), "-l", str(held * 2), "-d", str(hold_ms)),
            *(
                "-rtp_echo",
                "-mp",
                str(media_port),
                "-trace_stat",
                "-stf",
                str(folder / "stat.csv"),
                "-fd",
                "1",
            ),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )


def packets_dropped_at(port: int) -> int:
    """What the kernel dropped because the owner of that UDP port did not read in time (proc_net_udp: drops)."""
    rows = Path("/proc/net/udp").read_text().splitlines()[1:]
    return sum(int(row.split()[-1]) for row in rows if int(row.split()[1].rpartition(":")[2], 16) == port)


def last_statistics(path: Path) -> dict[str, str]:
    """The last line of sipp's statistics file."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))[-1]


def engines(workers: Sequence[Mapping[str, int]], key: str) -> int:
    """Sum of a counter of all workers' engines."""
    return sum(worker[f"engine_{key}"] for worker in workers)


def measure(rate: int, seconds: int, held: int) -> dict[str, object]:
    """Runs it all; the figures as JSON values."""
    with (
        tempfile.TemporaryDirectory() as name,
        running_bridge(Path(name), media_ports=4 * held) as bridge,
    ):
        folder = Path(name)
        media_port = free_port(socket.SOCK_DGRAM)
        generator = generate(bridge, folder, rate, seconds, held, media_port)
        samples: list[Usage] = []
        most_legs = generator_drops = 0
        workers: Sequence[Mapping[str, int]] = ()
        while generator.poll() is None:
            time.sleep(2)
            samples.append(usage(bridge.process.pid))
            status = bridge.status()
            most_legs = max(most_legs, sum(len(call["legs"]) for call in status["calls"]))
            workers = status["workers"]
            generator_drops = max(generator_drops, packets_dropped_at(media_port))
        statistics = last_statistics(folder / "stat.csv")
        left = len(bridge.legs())
    cpu_s = samples[-1].cpu_s - samples[0].cpu_s
    return {
        "scenario": "setup",
        "rate_per_s": rate,
        "calls": int(statistics[_SUCCESSFUL]),
        "failed": int(statistics[_FAILED]),
        "retransmissions": int(statistics[_RETRANSMISSIONS]),
        "response": statistics[_RESPONSE],
        "held_legs": most_legs,
        "legs_left": left,
        "rtp_sent": engines(workers, "packets_out"),
        "rtp_received": engines(workers, "packets_in"),
        "rtp_dropped_by_generator": generator_drops,
        "late_ticks": engines(workers, "late_ticks"),
        "skipped_ticks": engines(workers, "skipped_ticks"),
        "seconds": round(samples[-1].at_s - samples[0].at_s, 1),
        "cpu_s": round(cpu_s, 2),
        "memory_mb": round(max(sample.memory_mb for sample in samples)),
    }


def main() -> None:
    """Command line: rate, seconds, held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=40)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--held", type=int, default=500)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.rate, arguments.seconds, arguments.held)))


if __name__ == "__main__":
    main()
