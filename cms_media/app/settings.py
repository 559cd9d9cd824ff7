"""The whole configuration: one field per section of config/cms_media.toml."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cms_media.base.errors import RequestError, SettingsError
from cms_media.base.log import LogSettings
from cms_media.base.settings import read_settings
from cms_media.base.types import MediaKind
from cms_media.codecs.table import CODECS, Codec
from cms_media.conference.directory import Directory
from cms_media.conference.space import Space
from cms_media.media.settings import MediaSettings
from cms_media.sdp.capabilities import Capabilities, Encryption
from cms_media.sdp.plan import VideoLimits
from cms_media.signalling.settings import SipSettings
from cms_media.store.settings import StoreSettings

DEFAULT_FILE = Path("config/cms_media.toml")
_NO_FILE = Path(os.devnull)


class VideoFormat(StrEnum):
    """The largest picture that is sent and taken."""

    P360 = "360p"
    P480 = "480p"
    P720 = "720p"
    P1080 = "1080p"


_MACROBLOCKS = {
    VideoFormat.P360: 40 * 23,
    VideoFormat.P480: 54 * 30,
    VideoFormat.P720: 80 * 45,
    VideoFormat.P1080: 120 * 68,
}
_FRAMES_PER_S = 30


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Section [data]."""

    directory: Path = Path("data")
    """Certificate, database, control socket; one bridge per directory."""

    @property
    def path(self) -> Path:
        """Absolute, with ~ expanded; relative ones count from the working directory."""
        return self.directory.expanduser().absolute()


@dataclass(frozen=True, slots=True)
class ConferenceSettings:
    """Section [conference]. Checked when made: raises SettingsError naming the key."""

    max_legs: int = 1000
    """Participants in all calls together; more are told 503 with Retry-After."""
    retry_after_s: int = 10
    """After how many seconds they may try again."""
    audio_codecs: tuple[Codec, ...] = Capabilities().audio_codecs
    """In our order of preference."""
    video_codecs: tuple[Codec, ...] = Capabilities().video_codecs
    """In our order of preference; empty: audio only."""
    video_format: VideoFormat = VideoFormat.P720
    """The largest picture that is sent and taken, at 30 pictures a second."""
    video_bitrate_bps: int = 2_000_000
    """The most that is sent and asked for, per leg."""
    encryption: Encryption = Encryption.ALLOWED
    """allowed: SRTP with whoever can; required: nobody joins in the clear; off: never."""
    best_effort_srtp: bool = True
    """Whether keys are also offered and taken under the plain profile RTP/AVP."""

    def __post_init__(self) -> None:
        if not 1 <= self.max_legs <= 4000:
            raise SettingsError("conference.max_legs: expected 1 to 4000")
        if not 1 <= self.retry_after_s <= 3600:
            raise SettingsError("conference.retry_after_s: expected 1 to 3600")
        if not 64_000 <= self.video_bitrate_bps <= 20_000_000:
            raise SettingsError("conference.video_bitrate_bps: expected 64000 to 20000000")
        for key, kind in (("audio_codecs", MediaKind.AUDIO), ("video_codecs", MediaKind.VIDEO)):
            codecs: tuple[Codec, ...] = getattr(self, key)
            if wrong := [codec for codec in codecs if CODECS[codec].kind is not kind]:
                raise SettingsError(f"conference.{key}: {wrong[0]} is no {kind.value} codec")
        if not self.audio_codecs:
            raise SettingsError("conference.audio_codecs: at least one is needed")

    @property
    def capabilities(self) -> Capabilities:
        """What is negotiated with every leg."""
        macroblocks = _MACROBLOCKS[self.video_format]
        limits = VideoLimits(macroblocks, macroblocks * _FRAMES_PER_S, self.video_bitrate_bps)
        return Capabilities(
            audio_codecs=self.audio_codecs,
            video_codecs=self.video_codecs,
            video_receive=limits,
            video_send=limits,
            encryption=self.encryption,
            best_effort_srtp=self.best_effort_srtp,
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything. Checked when made: raises SettingsError."""

    data: DataSettings = field(default_factory=DataSettings)
    log: LogSettings = field(default_factory=LogSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    sip: SipSettings = field(default_factory=SipSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    conference: ConferenceSettings = field(default_factory=ConferenceSettings)
    space: tuple[Space, ...] = ()
    """[[space]]: those that are always there."""

    def __post_init__(self) -> None:
        try:
            Directory(self.space)
        except RequestError as error:
            raise SettingsError(f"space: {error}") from None


def load_settings(path: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """From a file; None: from config/cms_media.toml where there is one, else the defaults. Raises SettingsError."""
    found = path or (DEFAULT_FILE if DEFAULT_FILE.exists() else _NO_FILE)
    return read_settings(found, Settings, environ)
