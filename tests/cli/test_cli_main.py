"""The command line against a bridge between fakes, behind a real control socket."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cms_media.api.commands import Commands
from cms_media.api.control_socket import SOCKET_NAME, ControlSocket
from cms_media.api.space_book import SpaceBook
from cms_media.api.status import StatusPage
from cms_media.cli.main import COMMANDS, build_parser, main
from tests.conference.world import World

LOAD = {"media_processing_load": 77, "limit": 154, "percent": 50.0}


class Keeper:
    async def add(self, space: object) -> None: ...

    async def remove(self, uri: str) -> None: ...


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World()
    book = SpaceBook(made.bridge.directory, Keeper())
    worker = {"place": 0, "pid": 4711, "legs": 2, "cpu_s": 1.0}
    status = StatusPage(
        "1.2", lambda: made.now, made.bridge, lambda: {"workers": [worker], "load": LOAD}, dict
    )

    async def current() -> dict[str, object]:
        return status.values()

    socket = ControlSocket(tmp_path / SOCKET_NAME, Commands(made.bridge, book, current).table())
    await socket.start()
    yield made
    await socket.stop()


async def run(directory: Path, *words: str) -> int:
    return await asyncio.to_thread(main, [*words, "--data", str(directory)])


async def test_status_json(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.join("ann")
    assert await run(tmp_path, "status", "--json") == 0
    status = json.loads(capsys.readouterr().out)
    assert status["calls"][0]["legs"][0]["name"] == "ANN"
    assert status["workers"][0]["pid"] == 4711


async def test_status_tables_obey_no_markup_of_peers(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.join("[red]")
    assert await run(tmp_path, "status") == 0
    shown = capsys.readouterr().out
    assert "[RED]" in shown
    assert "Demo (demo), allEqual" in shown
    assert "load 77 of 154 (50.0 %)" in shown
    assert "4711" in shown


async def test_call_and_hang_up(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(tmp_path, "call", "sip:bob@example.net", "--space", "demo") == 0
    leg = capsys.readouterr().out.strip()
    assert world.bridge.knows(leg)
    assert await run(tmp_path, "hang-up", leg) == 0
    assert not world.bridge.knows(leg)
    assert await run(tmp_path, "hang-up", leg) == 1
    assert "no leg has the id" in capsys.readouterr().err


async def test_spaces(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(tmp_path, "space", "add", "new", "--name", "New one", "--layout", "speakerOnly") == 0
    assert await run(tmp_path, "space", "add", "new") == 1
    assert "already dialled" in capsys.readouterr().err
    assert await run(tmp_path, "space", "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["spaces"]
    assert ("new", "New one", "speakerOnly") in [(row["uri"], row["name"], row["layout"]) for row in listed]
    assert await run(tmp_path, "space", "list") == 0
    assert "New one" in capsys.readouterr().out
    assert await run(tmp_path, "space", "remove", "new") == 0
    assert world.bridge.directory.find("new") is None


def test_without_a_bridge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(tmp_path)]) == 1
    assert "no bridge is running" in capsys.readouterr().err


def test_the_bridge_is_found_by_its_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.toml").write_text(f'[data]\ndirectory = "{tmp_path / "d"}"\n')
    assert main(["status", "--config", str(tmp_path / "c.toml")]) == 1
    assert str(tmp_path / "d") in capsys.readouterr().err


def test_a_wrong_configuration_is_refused_by_key_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.toml").write_text("[sip]\nudp_prot = 1\n")
    assert main(["serve", "--config", str(tmp_path / "c.toml")]) == 1
    assert "c.toml:2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (("audio", "--legs", "1"), "--legs 1"),
        (("audio", "--legs", "100", "--per-call", "1"), "--per-call 1"),
        (("audio", "--legs", "100", "--per-call", "101"), "--per-call 101"),
        (("setup", "--seconds", "1"), "--seconds 1.0"),
    ],
)
def test_a_bench_that_can_not_be_run_is_refused_by_argument(
    words: tuple[str, ...], argument: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *words]) != 0
    assert f"{argument}: expected" in capsys.readouterr().err


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert name.replace("_", "-") in shown
    assert build_parser().prog == "cms-media"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from cms_media.cli.main import build_parser; build_parser();"
        "print(*sorted({'av', 'numpy', 'pjsua2', 'sqlalchemy', 'rich', 'asyncio'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() in ("", "asyncio")
