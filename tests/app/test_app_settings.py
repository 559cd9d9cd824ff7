"""The whole configuration."""

from pathlib import Path

import pytest

from cms_media.app.settings import Settings, load_settings
from cms_media.base.errors import SettingsError
from cms_media.codecs.table import Codec
from cms_media.layout.types import LayoutName
from cms_media.sdp.capabilities import Encryption


def load(tmp_path: Path, text: str, **environ: str) -> Settings:
    file = tmp_path / "bridge.toml"
    file.write_text(text)
    return load_settings(file, environ)


def test_nothing_given_is_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Settings()


def test_every_kind_of_value(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        """
        [conference]
        audio_codecs = ["PCMU"]
        video_codecs = []
        video_format = "1080p"
        encryption = "required"
        [[space]]
        name = "Demo"
        uri = "demo"
        layout = "speakerOnly"
        """,
        CMS_MEDIA__SIP__UDP_PORT="5070",
        CMS_MEDIA__DATA__DIRECTORY="/somewhere",
    )
    assert made.sip.udp_port == 5070
    assert made.data.directory == Path("/somewhere")
    assert made.space[0].layout is LayoutName.SPEAKER_ONLY
    capabilities = made.conference.capabilities
    assert capabilities.audio_codecs == (Codec.PCMU,)
    assert capabilities.encryption is Encryption.REQUIRED
    assert capabilities.video_receive.frame_size_mb == 8160


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[conference]\nmax_legs = 0", ":1: conference.max_legs"),
        ("[conference]\nmax_legs = 0", "max_legs: expected 1 to 4000"),
        ('[conference]\naudio_codecs = ["VP8"]', "conference.audio_codecs: VP8 is no audio codec"),
        ('[conference]\nvideo_codecs = ["PCMU"]', "conference.video_codecs: PCMU is no video codec"),
        ("[conference]\naudio_codecs = []", "conference.audio_codecs"),
        ("[conference]\nvideo_bitrate_bps = 1", "conference.video_bitrate_bps"),
        ('[[space]]\nname = "A"\nuri = "a b"', "space: uri"),
        (
            '[[space]]\nname = "A"\nuri = "a"\n[[space]]\nname = "B"\nuri = "A"',
            "a is already dialled for the space A",
        ),
        ("[colours]", "colours is not a known key"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, text: str, named: str) -> None:
    if named.startswith(":1"):
        named = "bridge.toml:2: conference.max_legs"
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert named in str(caught.value)
