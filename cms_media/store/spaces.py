"""Spaces that were added while the bridge ran: kept, changed and removed by their URI."""

import logging
import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import Executable

from cms_media.base.errors import RequestError, ResourceError
from cms_media.conference.space import Space
from cms_media.layout.types import LayoutName, SelfPane
from cms_media.store.database import open_database, ours_only
from cms_media.store.tables import SPACES

Choice = TypeVar("Choice", bound=StrEnum)

log = logging.getLogger(__name__)

MAX_SPACES = 100_000
"""What one bridge loads at start; about 50 MB of values."""


class SpaceStore:
    """The table of spaces. For the event loop's thread; every method may raise ResourceError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    async def open(cls, url: str) -> "SpaceStore":
        """Opens the database and brings it up to date. Close it in the end."""
        return cls(await open_database(url))

    async def close(self) -> None:
        """Idempotent."""
        await self._engine.dispose()

    async def load(self) -> tuple[Space, ...]:
        """All of them, by name."""
        statement = select(SPACES).order_by(SPACES.c.name, SPACES.c.uri_key).limit(MAX_SPACES)
        with ours_only():
            async with self._engine.connect() as connection:
                return tuple(_space(row) for row in await connection.execute(statement))

    async def add(self, space: Space) -> None:
        """Raises RequestError when the URI or the call id is taken."""
        await self._write(space, insert(SPACES).values(id=str(uuid.uuid4()), **_values(space)))

    async def change(self, uri: str, space: Space) -> None:
        """Puts `space` in place of the one that has `uri`. Raises RequestError: none has it, or taken."""
        statement = update(SPACES).where(SPACES.c.uri_key == uri.casefold()).values(**_values(space))
        if not await self._write(space, statement):
            raise _missing(uri)

    async def remove(self, uri: str) -> None:
        """Raises RequestError when there is none."""
        with ours_only():
            async with self._engine.begin() as connection:
                done = await connection.execute(delete(SPACES).where(SPACES.c.uri_key == uri.casefold()))
        if not done.rowcount:
            raise _missing(uri)

    async def _write(self, space: Space, statement: Executable) -> int:
        try:
            with ours_only():
                async with self._engine.begin() as connection:
                    done = await connection.execute(statement)
                    return done.rowcount
        except ResourceError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise _taken(space, error.__cause__) from None
            raise


def _values(space: Space) -> Mapping[str, str | None]:
    return {
        "name": space.name,
        "uri": space.uri,
        "uri_key": space.uri.casefold(),
        "call_id": space.call_id or None,
        "passcode": space.passcode,
        "layout": space.layout.value,
        "self_pane": space.self_pane.value,
    }


def _space(row: Row[tuple[str, ...]]) -> Space:
    return Space(
        row.name,
        row.uri,
        row.call_id or "",
        row.passcode,
        _known("layout", row.layout, LayoutName.ALL_EQUAL),
        _known("self_pane", row.self_pane, SelfPane.SKIP),
    )


def _known(column: str, text: str, default: Choice) -> Choice:
    """What this version does not know becomes the default: the space matters more than its picture."""
    known = {member.value: member for member in type(default)}
    if text not in known:
        log.warning("unknown value in the database %s=%s", column, text)
    return known.get(text, default)


def _taken(space: Space, error: IntegrityError) -> RequestError:
    if "call_id" in str(error.orig):
        return RequestError("duplicateCoSpaceId", f"call id {space.call_id} is taken")
    return RequestError("duplicateCoSpaceUri", f"uri {space.uri} is taken")


def _missing(uri: str) -> RequestError:
    return RequestError("coSpaceDoesNotExist", f"no space has the uri {uri}", status=404)
