"""Spaces that can be added and removed while the bridge runs, and stay over a restart."""

import logging
from collections.abc import Iterable
from typing import Protocol

from cms_media.base.errors import RequestError
from cms_media.conference.directory import Directory
from cms_media.conference.space import Space

log = logging.getLogger(__name__)


class SpaceKeeper(Protocol):
    """Where spaces are kept; `store` has one."""

    async def add(self, space: Space) -> None: ...

    async def remove(self, uri: str) -> None: ...


class SpaceBook:
    """The directory that calls are looked up in, and behind it the keeper."""

    def __init__(self, directory: Directory, keeper: SpaceKeeper) -> None:
        self._directory = directory
        self._keeper = keeper
        self._configured: set[str] = set()

    def load(self, configured: Iterable[Space], kept: Iterable[Space]) -> None:
        """At start. The configuration wins; a kept space that dials the same is passed over, and logged."""
        for space in configured:
            self._directory.add(space)
            self._configured.add(space.uri.casefold())
        for space in kept:
            try:
                self._directory.add(space)
            except RequestError as error:
                log.warning("space passed over uri=%s reason=%s", space.uri, error)

    def all(self) -> list[tuple[Space, bool]]:
        """By URI; True: it is in the configuration."""
        return [(space, space.uri.casefold() in self._configured) for space in self._directory.all()]

    async def add(self, space: Space) -> None:
        """Raises RequestError when its values are wrong or taken."""
        self._directory.add(space)
        try:
            await self._keeper.add(space)
        except BaseException:
            self._directory.remove(space.uri)
            raise

    async def remove(self, uri: str) -> None:
        """A running call in it goes on. Raises RequestError when there is none or it is in the configuration."""
        if uri.casefold() in self._configured:
            raise RequestError("invalidOperation", f"{uri} is in the configuration: remove it there")
        space = self._directory.remove(uri)
        try:
            await self._keeper.remove(space.uri)
        except BaseException:
            self._directory.add(space)
            raise
