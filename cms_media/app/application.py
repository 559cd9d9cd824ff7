"""Builds every object of the bridge, starts them in order and stops them in reverse.

data directory ─► store ─► bridge ─► media workers ─► SIP ─► control socket ─► ready
"""

import asyncio
import logging
import time
from contextlib import AsyncExitStack

from cms_media.api.commands import Commands
from cms_media.api.control_socket import SOCKET_NAME, ControlSocket
from cms_media.api.space_book import SpaceBook
from cms_media.api.status import SAMPLE_S, StatusPage
from cms_media.app.addresses import local_address_towards
from cms_media.app.data_directory import DataDirectory
from cms_media.app.listening_ports import check_sip_ports
from cms_media.app.settings import Settings
from cms_media.app.version import version
from cms_media.base.clock import MONOTONIC
from cms_media.base.tasks import Tasks
from cms_media.conference.bridge import Bridge, BridgeSettings, Surroundings
from cms_media.conference.directory import Directory
from cms_media.conference.leg import Ports
from cms_media.conference.space import Space
from cms_media.media.plane import MediaPlane
from cms_media.signalling.stack import SipStack
from cms_media.store.spaces import SpaceStore

log = logging.getLogger(__name__)

STOP_S = 5.0
"""A supervisor that stops us waits longer than this before it kills."""
LAST_WORDS_S = 2.0
"""Of these, how long peers may take to answer our BYEs."""
_LOOK_S = 0.05


class Application:
    """The running bridge. `start` once; `stop` at any time, any number of times."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._directory = Directory()
        self._bridge = Bridge(
            self._directory,
            BridgeSettings(
                capabilities=settings.conference.capabilities,
                media_address=settings.media.address,
                max_legs=settings.conference.max_legs,
                retry_after_s=settings.conference.retry_after_s,
            ),
            Surroundings(MONOTONIC, self._address_towards, time.time),
        )
        largest = settings.conference.capabilities.video_send
        self._media = MediaPlane(settings.media, self._bridge, largest)
        self._sip = SipStack(settings.sip, settings.data.path)
        self._bridge.connect(Ports(self._sip, self._media))
        self._tasks = Tasks()
        self._started = AsyncExitStack()

    @property
    def spaces(self) -> list[Space]:
        """That can be dialled, by URI."""
        return self._directory.all()

    async def start(self) -> None:
        """Raises SettingsError or ResourceError; everything that was started is stopped then."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Ends all calls with a BYE, then everything in reverse order. Bounded in time."""
        try:
            async with asyncio.timeout(STOP_S):
                await self._started.aclose()
        except TimeoutError:
            log.error("not everything stopped in time waited_s=%.1f", STOP_S)

    async def _start(self) -> None:
        settings, started = self._settings, self._started
        data = DataDirectory(settings.data.path)
        data.open()
        started.callback(data.close)
        check_sip_ports(settings.sip)

        store = await SpaceStore.open(settings.store.database_url(settings.data.path))
        started.push_async_callback(store.close)
        spaces = SpaceBook(self._directory, store)
        spaces.load(settings.space, await store.load())

        started.push_async_callback(self._media.stop)
        await self._media.start()
        started.push_async_callback(self._sip.stop)
        await self._sip.start(self._bridge)
        started.push_async_callback(self._end_calls)

        await self._open_control(spaces)

    async def _open_control(self, spaces: SpaceBook) -> None:
        status = StatusPage(version(), MONOTONIC, self._bridge, self._media.snapshot, self._sip.snapshot)

        async def fresh_status() -> dict[str, object]:
            await self._media.ask_legs()
            return status.values()

        commands = Commands(self._bridge, spaces, fresh_status)
        control = ControlSocket(self._settings.data.path / SOCKET_NAME, commands.table())
        self._started.push_async_callback(control.stop)
        await control.start()
        self._started.push_async_callback(self._stop_tasks)
        self._tasks.start("housekeeping", self._keep_house(status))

    async def _end_calls(self) -> None:
        self._bridge.stop()
        deadline_s = MONOTONIC() + LAST_WORDS_S
        while self._bridge.leg_count and MONOTONIC() < deadline_s:
            await asyncio.sleep(_LOOK_S)

    async def _stop_tasks(self) -> None:
        await self._tasks.stop(timeout_s=1.0)

    async def _keep_house(self, status: StatusPage) -> None:
        while True:
            status.sample()
            self._bridge.tick()
            await asyncio.sleep(SAMPLE_S)

    def _address_towards(self, host: str) -> str:
        own = self._settings.sip.addresses
        return own[0] if len(own) == 1 and own[0] not in ("0.0.0.0", "::") else local_address_towards(host)  # noqa: S104
