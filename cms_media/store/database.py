"""Opening the database: the file made private, its tables brought up to date, an async engine over it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cms_media.base.errors import ResourceError

BUSY_TIMEOUT_S = 5
"""How long a statement waits for another process, a backup say, that holds the file."""


async def open_database(url: str) -> AsyncEngine:
    """An engine whose tables are as this version of the program wants them. Raises ResourceError."""
    with ours_only():
        _make_private(url)
        engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(engine.sync_engine, "connect", _on_connect)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
        except BaseException:
            await engine.dispose()
            raise
        return engine


def upgrade(connection: Connection) -> None:
    """Runs the migrations that are missing. A database of a later version is refused, not guessed at."""
    config = Config()
    config.set_main_option("script_location", "cms_media.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def ours_only() -> Iterator[None]:
    """Foreign exceptions leave as ResourceError."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, CommandError, OSError, UnicodeError) as error:
        raise ResourceError(f"database: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Without the statement and its parameters, which hold passcodes."""
    original = getattr(error, "orig", None)
    return str(original or error).splitlines()[0]


def _make_private(url: str) -> None:
    """SQLite would make the file readable for all; passcodes are in it."""
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).touch(mode=0o600)


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    """Readers do not block the writer, and a lost power supply loses at most the last second."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
