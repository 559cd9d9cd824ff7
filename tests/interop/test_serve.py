"""`cms-media serve` as a process: calls by sipp, commands by the command line, and how it starts and stops."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cms_media.api.control_client import ask
from cms_media.bench.bridge_process import COMMAND
from tests.interop import sipp
from tests.interop.bridge import Bridge, Dialler, running_bridge
from tests.interop.sipp import Sipp

pytestmark = pytest.mark.interop

PATIENCE_S = 10.0


def command(bridge: Bridge, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *words, "--config", str(bridge.config)], capture_output=True, text=True, timeout=15
    )


def until(what: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory):
    # `called` looks for alice in From: the space calls under its own name.
    alice = '[[space]]\nname = "Alice"\nuri = "alice"'
    with running_bridge(tmp_path_factory.mktemp("bridge"), alice) as running:
        yield running


@pytest.mark.parametrize(
    ("scenario", "user"),
    [
        ("call_with_offer", "demo"),
        ("call_with_offer", "1000"),
        ("call_with_offer", "DEMO"),
        ("call_without_offer", "demo"),
        ("ack_without_answer", "demo"),
        ("reliable_provisional", "demo"),
        ("timer_refresh_by_peer", "demo"),
        ("add_video", "demo"),
        ("reinvite_without_offer", "demo"),
        ("broken_reinvite", "demo"),
        ("update_with_offer", "demo"),
        ("update_adds_video", "demo"),
        ("options_inside", "demo"),
        ("info_dtmf", "demo"),
        ("info_fast_update", "demo"),
        ("refused_404", "nobody"),
    ],
)
def test_calls_of_every_kind(bridge: Bridge, tmp_path: Path, scenario: str, user: str) -> None:
    Sipp(scenario, tmp_path, f"127.0.0.1:{bridge.udp_port}", user).finish()
    bridge.wait_for_legs(0)


def test_a_peer_that_holds_us_is_told_so(
    bridge: Bridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sipp, "_SCENARIOS", Path(__file__).with_name("sipp_serve"))
    Sipp("held_by_peer", tmp_path, f"127.0.0.1:{bridge.udp_port}", "demo").finish()
    bridge.wait_for_legs(0)


@pytest.mark.parametrize(("scenario", "transport"), [("call_with_offer", "t1"), ("add_video", "t1")])
def test_over_tcp(bridge: Bridge, tmp_path: Path, scenario: str, transport: str) -> None:
    Sipp(scenario, tmp_path, f"127.0.0.1:{bridge.tcp_port}", "demo", transport).finish()
    bridge.wait_for_legs(0)


def test_the_bridge_calls_and_hangs_up(bridge: Bridge, tmp_path: Path) -> None:
    peer = Sipp("called", tmp_path)
    uri = f"sip:bob@127.0.0.1:{peer.port}"
    called = command(bridge, "call", uri, "--space", "alice", "--header", "X-Tenant: seven")
    assert called.returncode == 0, called.stderr
    until(lambda: [leg["state"] for leg in bridge.legs()] == ["connected"], "not connected")
    leg = bridge.legs()[0]
    assert (leg["id"], leg["direction"], leg["name"]) == (called.stdout.strip(), "outgoing", "bob")
    assert command(bridge, "hang-up", leg["id"]).returncode == 0
    peer.finish()
    bridge.wait_for_legs(0)


def test_the_bridge_offers_video_to_a_call_without(bridge: Bridge, tmp_path: Path) -> None:
    peer = Sipp("video_from_bridge", tmp_path, f"127.0.0.1:{bridge.udp_port}", "demo")
    until(lambda: [leg["state"] for leg in bridge.legs()] == ["connected"], "not connected")
    assert ask(bridge.folder / "data", "renegotiate", leg=bridge.legs()[0]["id"]) == {"offered": True}
    peer.finish()
    bridge.wait_for_legs(0)


def test_a_busy_callee_leaves_nothing_behind(bridge: Bridge, tmp_path: Path) -> None:
    peer = Sipp("called_busy", tmp_path)
    assert command(bridge, "call", f"sip:bob@127.0.0.1:{peer.port}", "--space", "demo").returncode == 0
    peer.finish()
    bridge.wait_for_legs(0)
    assert bridge.status()["calls"] == []


def test_a_space_added_at_run_time_can_be_dialled(bridge: Bridge, tmp_path: Path) -> None:
    assert command(bridge, "space", "add", "fresh", "--call-id", "77").returncode == 0
    Sipp("call_with_offer", tmp_path, f"127.0.0.1:{bridge.udp_port}", "77").finish()
    assert command(bridge, "space", "remove", "fresh").returncode == 0
    Sipp("refused_404", tmp_path, f"127.0.0.1:{bridge.udp_port}", "fresh").finish()


def test_at_capacity_callers_are_told_to_come_back(tmp_path: Path) -> None:
    # The scenario wants to hear of seven seconds.
    with running_bridge(tmp_path, "[conference]\nmax_legs = 1\nretry_after_s = 7") as small:
        staying = Sipp("bye_from_bridge", tmp_path, f"127.0.0.1:{small.udp_port}", "demo")
        small.wait_for_legs(1)
        Sipp("refused_503", tmp_path, f"127.0.0.1:{small.udp_port}", "demo").finish()
        assert command(small, "hang-up", small.legs()[0]["id"]).returncode == 0
        staying.finish()


def test_at_the_load_limit_callers_are_told_to_come_back(tmp_path: Path) -> None:
    # One audio leg is 77 units.
    with running_bridge(tmp_path, "load_limit = 100\n[conference]\nretry_after_s = 7") as small:
        staying = Sipp("bye_from_bridge", tmp_path, f"127.0.0.1:{small.udp_port}", "demo")
        small.wait_for_legs(1)
        Sipp("refused_503", tmp_path, f"127.0.0.1:{small.udp_port}", "demo").finish()
        load = {"media_processing_load": 77, "limit": 100, "percent": 77.0, "overloaded": False}
        assert small.status()["load"] == load
        assert "no room" in command(small, "call", "sip:bob@127.0.0.1", "--space", "demo").stderr
        assert command(small, "hang-up", small.legs()[0]["id"]).returncode == 0
        staying.finish()
        Sipp("call_with_offer", tmp_path, f"127.0.0.1:{small.udp_port}", "demo").finish()


def test_a_killed_worker_is_replaced_and_its_legs_get_media_back(tmp_path: Path) -> None:
    with running_bridge(tmp_path) as wounded:
        peers = [
            Dialler(wounded.uri(), "--audio", f"tone:{tone}", "--seconds", "9") for tone in ("500", "900")
        ]
        wounded.wait_for_legs(2)
        worker = wounded.status()["workers"][0]["pid"]
        time.sleep(2)
        os.kill(worker, signal.SIGKILL)
        reports = [peer.report() for peer in peers]
        assert "event=worker_replaced" in wounded.log()
    for report, heard in zip(reports, (900, 500), strict=True):
        assert report["ended_by"] == "local"
        assert report["audio"]["tones_hz"] == [heard]
        assert report["audio"]["longest_gap_ms"] < 3000


def test_sigterm_says_bye_and_ends_in_time(tmp_path: Path) -> None:
    with running_bridge(tmp_path) as stopping:
        peer = Sipp("bye_from_bridge", tmp_path, f"127.0.0.1:{stopping.udp_port}", "demo")
        stopping.wait_for_legs(1)
        stopping.process.send_signal(signal.SIGTERM)
        assert stopping.process.wait(6) == 0, stopping.log()
        peer.finish()
        assert not (tmp_path / "data" / "control.sock").exists()


def test_a_second_bridge_is_refused_by_directory_and_by_port(bridge: Bridge, tmp_path: Path) -> None:
    same = command(bridge, "serve")
    assert same.returncode == 1
    assert f"in use by another bridge (pid {bridge.process.pid})" in same.stderr
    config = tmp_path / "c.toml"
    config.write_text(
        f'[data]\ndirectory = "{tmp_path}/d"\n[sip]\naddress = "127.0.0.1"\nudp_port = {bridge.udp_port}\n'
    )
    ports = subprocess.run(
        [COMMAND, "serve", "--config", str(config)], capture_output=True, text=True, timeout=15
    )
    assert ports.returncode == 1
    assert f"UDP port {bridge.udp_port} is in use by " in ports.stderr
    assert f"(pid {bridge.process.pid})" in ports.stderr


def test_what_was_added_is_there_after_a_restart(tmp_path: Path) -> None:
    with running_bridge(tmp_path) as first:
        assert command(first, "space", "add", "kept", "--layout", "speakerOnly").returncode == 0
    with running_bridge(tmp_path) as second:
        assert "kept" in command(second, "space", "list", "--json").stdout


def test_media_ports_that_are_all_taken_are_named(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1] // 2 * 2
    held = []
    try:
        for number in range(port, port + 4):
            held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            held[-1].bind(("127.0.0.1", number))
    except OSError:
        pass
    config = tmp_path / "c.toml"
    config.write_text(
        f'[data]\ndirectory = "{tmp_path}/d"\n[sip]\naddress = "127.0.0.1"\nudp_port = 0\ntcp_port = 0\n'
        f'tls_port = 0\n[media]\naddress = "127.0.0.1"\nport_min = {port}\nport_max = {port + 3}\n'
    )
    run = subprocess.run(
        [COMMAND, "serve", "--config", str(config)], capture_output=True, text=True, timeout=15
    )
    for each in held:
        each.close()
    assert run.returncode == 1
    assert "media.port_min" in run.stderr
