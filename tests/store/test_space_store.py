"""Spaces in a real SQLite file: kept, unique, private, and of the right shape."""

import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from cms_media.base.errors import RequestError, ResourceError
from cms_media.conference.space import Space
from cms_media.layout.types import LayoutName, SelfPane
from cms_media.store.database import open_database
from cms_media.store.spaces import SpaceStore
from cms_media.store.tables import METADATA

DEMO = Space("Demo", "demo", "1000", "1234", LayoutName.SPEAKER_ONLY, SelfPane.BLANK)
PLAIN = Space("Plain", "plain")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/test.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[SpaceStore]:
    opened = await SpaceStore.open(url)
    yield opened
    await opened.close()


async def test_what_was_added_is_there_after_a_restart(url: str) -> None:
    first = await SpaceStore.open(url)
    await first.add(PLAIN)
    await first.add(DEMO)
    await first.close()
    second = await SpaceStore.open(url)
    assert await second.load() == (DEMO, PLAIN)
    await second.close()
    await second.close()


async def test_change_and_remove_by_uri_in_any_case(store: SpaceStore) -> None:
    await store.add(DEMO)
    changed = Space("New", "new", "1000")
    await store.change("DEMO", changed)
    assert await store.load() == (changed,)
    await store.remove("NEW")
    assert await store.load() == ()


@pytest.mark.parametrize(
    ("space", "failure"),
    [
        (Space("x", "DEMO"), "duplicateCoSpaceUri"),
        (Space("x", "other", "1000"), "duplicateCoSpaceId"),
    ],
)
async def test_taken_values_are_refused_by_name(store: SpaceStore, space: Space, failure: str) -> None:
    await store.add(DEMO)
    await store.add(PLAIN)
    with pytest.raises(RequestError) as caught:
        await store.add(space)
    assert caught.value.failure == failure
    with pytest.raises(RequestError):
        await store.change("plain", space)
    assert await store.load() == (DEMO, PLAIN)


async def test_uris_are_one_whatever_their_case_in_any_alphabet(store: SpaceStore) -> None:
    await store.add(Space("a", "stra\u00dfe"))
    with pytest.raises(RequestError):
        await store.add(Space("b", "STRASSE"))


async def test_several_spaces_may_have_no_call_id(store: SpaceStore) -> None:
    await store.add(PLAIN)
    await store.add(Space("Other", "other"))
    assert len(await store.load()) == 2


async def test_what_is_not_there(store: SpaceStore) -> None:
    with pytest.raises(RequestError, match="no space has the uri x"):
        await store.remove("x")
    with pytest.raises(RequestError):
        await store.change("x", DEMO)


async def test_the_file_is_private(store: SpaceStore, tmp_path: Path) -> None:
    await store.add(DEMO)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


async def test_the_migrations_make_the_tables_that_the_code_uses(url: str) -> None:
    engine = await open_database(url)

    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), METADATA)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_layout_of_a_later_version_becomes_the_default(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = await SpaceStore.open(url)
    await store.add(DEMO)
    engine = await open_database(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE spaces SET layout = 'hologram'"))
    await engine.dispose()
    assert (await store.load())[0].layout is LayoutName.ALL_EQUAL
    assert "layout=hologram" in caplog.text
    await store.close()


async def test_spaces_of_the_first_shape_stay(url: str) -> None:
    path = url.partition("///")[2]
    engine = await open_database(url)
    async with engine.begin() as connection:
        await connection.run_sync(_downgrade, "0001")
    await engine.dispose()
    with sqlite3.connect(path) as file:
        file.execute("INSERT INTO spaces VALUES ('1', 'Old', 'old', 'old', NULL, '', 'speakerOnly')")
    file.close()
    store = await SpaceStore.open(url)
    assert await store.load() == (Space("Old", "old", "", "", LayoutName.SPEAKER_ONLY, SelfPane.SKIP),)
    await store.close()


def _downgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "cms_media.store:migrations")
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


async def test_a_database_of_a_later_version_is_refused(url: str) -> None:
    engine = await open_database(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(ResourceError, match="9999"):
        await SpaceStore.open(url)


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test.db").write_bytes(b"not a database" * 100)
    with pytest.raises(ResourceError, match="not a database"):
        await SpaceStore.open(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    with pytest.raises(ResourceError, match="No such file"):
        await SpaceStore.open(f"sqlite+aiosqlite:///{tmp_path}/none/test.db")


async def test_no_passcode_in_an_error(store: SpaceStore, url: str) -> None:
    engine = await open_database(url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE spaces"))
    await engine.dispose()
    with pytest.raises(ResourceError, match="no such table") as caught:
        await store.add(Space("x", "y", "", "4711"))
    assert "4711" not in str(caught.value)


async def test_text_that_is_none_is_refused(store: SpaceStore) -> None:
    with pytest.raises(ResourceError):
        await store.add(Space("x", "\udcff"))
