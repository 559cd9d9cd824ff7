"""What can be configured about what is kept."""

from dataclasses import dataclass
from pathlib import Path

from cms_media.base.errors import SettingsError


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Section [store]. Checked when made: raises SettingsError naming the key."""

    url: str = ""
    """Database as SQLAlchemy names it, sqlite+aiosqlite:///FILE; empty: cms_media.db in the data directory."""

    def __post_init__(self) -> None:
        if self.url and not self.url.startswith("sqlite+aiosqlite:///"):
            raise SettingsError("store.url: expected sqlite+aiosqlite:///FILE")

    def database_url(self, data_directory: Path) -> str:
        """The URL to open."""
        return self.url or f"sqlite+aiosqlite:///{data_directory.absolute() / 'cms_media.db'}"
