"""The control socket with a real socket, and its client."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cms_media.api.commands import Commands
from cms_media.api.control_client import ask
from cms_media.api.control_socket import MAX_CONNECTIONS, SOCKET_NAME, ControlSocket
from cms_media.api.request import MAX_LINE_BYTES
from cms_media.api.space_book import SpaceBook
from cms_media.base.errors import RequestError, SettingsError
from cms_media.conference.space import Space
from tests.conference.world import World


class Keeper:
    """Spaces on paper that can burn."""

    def __init__(self) -> None:
        self.kept: dict[str, Space] = {}
        self.burning = False

    async def add(self, space: Space) -> None:
        self._look()
        self.kept[space.uri] = space

    async def remove(self, uri: str) -> None:
        self._look()
        self.kept.pop(uri, None)

    def _look(self) -> None:
        if self.burning:
            raise OSError("disk full")


class Server:
    """A world behind a control socket."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.world = World(Space("Fixed", "fixed"))
        self.keeper = Keeper()
        self.book = SpaceBook(self.world.bridge.directory, self.keeper)
        commands = Commands(self.world.bridge, self.book, self._status)
        self.socket = ControlSocket(directory / SOCKET_NAME, commands.table())

    async def ask(self, command: str, **parameters: str) -> dict[str, object]:
        return await asyncio.to_thread(ask, self.directory, command, **parameters)

    async def refused(self, command: str, **parameters: str) -> str:
        with pytest.raises(RequestError) as caught:
            await self.ask(command, **parameters)
        return caught.value.failure

    async def raw(self, data: bytes) -> list[dict[str, object]]:
        reader, writer = await asyncio.open_unix_connection(str(self.directory / SOCKET_NAME))
        writer.write(data)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return [json.loads(line) for line in answer.splitlines()]

    async def _status(self) -> dict[str, object]:
        return self.world.bridge.snapshot()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    made = Server(tmp_path)
    await made.socket.start()
    yield made
    await made.socket.stop()


async def test_only_its_owner_may_use_it(server: Server) -> None:
    mode = (server.directory / SOCKET_NAME).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


async def test_status(server: Server) -> None:
    server.world.join("ann", "fixed")
    status = await server.ask("status")
    assert status["calls"][0]["legs"][0]["name"] == "ANN"


async def test_call_and_hang_up(server: Server) -> None:
    leg = (await server.ask("call", space="fixed", uri="bob@example.net"))["leg"]
    assert server.world.bridge.knows(leg)
    assert await server.ask("hang_up", leg=leg) == {}
    assert not server.world.bridge.knows(leg)
    assert await server.refused("hang_up", leg=leg) == "callLegDoesNotExist"


async def test_spaces_are_added_kept_and_removed(server: Server) -> None:
    await server.ask("space_add", name="New", uri="new", call_id="77", passcode="1", layout="speakeronly")
    assert server.keeper.kept["new"] == Space("New", "new", "77", "1", server.keeper.kept["new"].layout)
    listed = (await server.ask("space_list"))["spaces"]
    assert [(space["uri"], space["configured"], space["has_passcode"]) for space in listed] == [
        ("fixed", False, False),
        ("new", False, True),
    ]
    assert "1" not in json.dumps(listed[1]).replace("77", "")
    assert await server.refused("space_add", name="Again", uri="NEW") == "duplicateCoSpaceUri"
    await server.ask("space_remove", uri="NEW")
    assert server.keeper.kept == {}
    assert await server.refused("space_remove", uri="new") == "coSpaceDoesNotExist"


async def test_a_space_that_could_not_be_kept_is_not_there(server: Server) -> None:
    server.keeper.burning = True
    assert await server.refused("space_add", name="New", uri="new") == "internalError"
    assert server.world.bridge.directory.find("new") is None


async def test_configured_spaces_are_removed_in_the_configuration() -> None:
    world = World(Space("Other", "other"))
    book = SpaceBook(world.bridge.directory, Keeper())
    book.load([Space("Demo", "Demo")], [Space("Old", "DEMO"), Space("Kept", "kept")])
    assert [(space.name, configured) for space, configured in book.all()] == [
        ("Demo", True),
        ("Kept", False),
        ("Other", False),
    ]
    with pytest.raises(RequestError, match="in the configuration"):
        await book.remove("demo")


async def test_bad_requests_are_refused_by_name_and_the_connection_goes_on(server: Server) -> None:
    answers = await server.raw(b'{}\nnonsense\n{"command": "fly"}\n{"command": "space_list"}\n')
    assert [answer.get("failure", "") for answer in answers] == ["parameterError"] * 3 + [""]
    assert "fly" in str(answers[2]["message"])
    assert server.socket.refused == 3


async def test_a_line_without_end_ends_the_connection(server: Server) -> None:
    answers = await server.raw(b"x" * (2 * MAX_LINE_BYTES))
    assert answers == [] or answers[0]["failure"] == "parameterError"
    assert (await server.ask("space_list"))["spaces"]


async def test_connections_are_bounded(server: Server) -> None:
    path = str(server.directory / SOCKET_NAME)
    held = [await asyncio.open_unix_connection(path) for _ in range(MAX_CONNECTIONS)]
    for reader, writer in held:
        writer.write(b'{"command": "space_list"}\n')
        await reader.readline()
    assert await server.refused("space_list") == "notRunning"
    for _, writer in held:
        writer.close()
        await writer.wait_closed()


async def test_without_a_bridge(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no bridge is running"):
        ask(tmp_path, "status")


async def test_stop_removes_the_socket_and_may_be_repeated(server: Server) -> None:
    await server.socket.stop()
    await server.socket.stop()
    assert not (server.directory / SOCKET_NAME).exists()


async def test_a_path_too_long_for_a_socket_is_the_configurations_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"data\.directory"):
        await ControlSocket(tmp_path / ("d" * 100) / SOCKET_NAME, {}).start()
