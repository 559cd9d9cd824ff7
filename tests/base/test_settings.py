"""Reading configuration: what is taken, what is refused and on which line."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest

from cms_media.base.errors import SettingsError
from cms_media.base.settings import read_settings


class Colour(StrEnum):
    """Two values."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Sip:
    """A section that checks itself."""

    address: str = ""
    udp_port: int = 5060
    tls: bool = False
    timeout_s: float = 1.5
    colour: Colour = Colour.RED
    colours: tuple[Colour, ...] = (Colour.RED, Colour.BLUE)
    file: Path | None = None

    def __post_init__(self) -> None:
        if self.udp_port > 65_535:
            raise SettingsError("sip.udp_port: not a port")


@dataclass(frozen=True, slots=True)
class Space:
    """An element of an array of tables."""

    name: str
    uri: str = "x"

    def __post_init__(self) -> None:
        if not self.name:
            raise SettingsError("name: empty")


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole."""

    sip: Sip = field(default_factory=Sip)
    space: tuple[Space, ...] = ()


def read(tmp_path: Path, text: str, **environ: str) -> Schema:
    path = tmp_path / "c.toml"
    path.write_text(text)
    return read_settings(path, Schema, environ)


def refusal(tmp_path: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text, **environ)
    return str(caught.value).replace(f"{tmp_path}/", "").split("\n")


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Schema()


def test_every_type(tmp_path: Path) -> None:
    text = """
[sip]
address = "::1"
udp_port = 5070
tls = true
timeout_s = 2
colour = "blue"
colours = ["blue"]
file = "/tmp/x"
[[space]]
name = "One"
[[space]]
name = "Two"
uri = "two"
"""
    made = read(tmp_path, text)
    assert made.sip == Sip("::1", 5070, True, 2.0, Colour.BLUE, (Colour.BLUE,), Path("/tmp/x"))
    assert isinstance(made.sip.timeout_s, float)
    assert made.space == (Space("One"), Space("Two", "two"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n[sip]\nudp_prot = 1\n", "c.toml:3: [sip] udp_prot is not a known key; did you mean udp_port?"),
        ("[sipp]\n", "c.toml:1: sipp is not a known key; did you mean sip?"),
        ("zebra = 1\n", "c.toml:1: zebra is not a known key"),
        ("sip = 5\n", "c.toml:1: sip: expected a section, found a whole number"),
        ("[sip]\nudp_port = '5'\n", "c.toml:2: [sip] udp_port: expected a whole number, found text"),
        (
            "[sip]\nudp_port = true\n",
            "c.toml:2: [sip] udp_port: expected a whole number, found true or false",
        ),
        ("[sip]\nudp_port = 1.5\n", "c.toml:2: [sip] udp_port: expected a whole number, found a number"),
        ("[sip]\ntls = 1\n", "c.toml:2: [sip] tls: expected true or false, found a whole number"),
        ("[sip]\naddress = []\n", "c.toml:2: [sip] address: expected text, found a list"),
        ("[sip]\ntimeout_s = {}\n", "c.toml:2: [sip] timeout_s: expected a number, found a table"),
        ("[sip]\ncolour = 'green'\n", "c.toml:2: [sip] colour: expected one of red, blue, found 'green'"),
        ("[sip]\ncolours = 'red'\n", "c.toml:2: [sip] colours: expected a list, found text"),
        (
            "[sip]\ncolours = ['red',\n 3]\n",
            "c.toml:2: [sip] colours: expected one of red, blue, found a whole number",
        ),
        ("\n\n[sip]\ntls = true\nudp_port = 70000\n", "c.toml:5: sip.udp_port: not a port"),
        ("[space]\nname = 'x'\n", "c.toml:1: space: write [[space]], there may be several"),
        ("[[space]]\nname='a'\n[[space]]\nuri='b'\n", "c.toml:3: [[space]] name is missing"),
        ("[[space]]\nname='a'\nurl='b'\n", "c.toml:3: [[space]] url is not a known key; did you mean uri?"),
        ("[[space]]\nname='a'\n[[space]]\nname=''\n", "c.toml:4: name: empty"),
        ("[sip]\ntls = \n", "c.toml:2: Invalid value"),
        ("[sip]\n[sip]\n", "c.toml:2: Cannot declare ('sip',) twice"),
    ],
)
def test_refused_by_name_and_line(tmp_path: Path, text: str, expected: str) -> None:
    assert refusal(tmp_path, text) == [expected]


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = refusal(tmp_path, "[sip]\ntls = 1\nx = 2\n[[space]]\n", CMS_MEDIA__SIP__NOPE="1")
    assert found == [
        "c.toml:3: [sip] x is not a known key",
        "c.toml:2: [sip] tls: expected true or false, found a whole number",
        "c.toml:4: [[space]] name is missing",
        "environment: CMS_MEDIA__SIP__NOPE names no key",
    ]


def test_the_environment_overrides(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        "[sip]\nudp_port = 1\n",
        CMS_MEDIA__SIP__UDP_PORT="2",
        CMS_MEDIA__SIP__TLS="true",
        CMS_MEDIA__SIP__ADDRESS="",
        CMS_MEDIA__SIP__TIMEOUT_S="0.25",
        CMS_MEDIA__SIP__COLOURS="blue, red",
        CMS_MEDIA__SIP__FILE="a",
        OTHER="x",
    )
    assert made.sip == Sip("", 2, True, 0.25, Colour.RED, (Colour.BLUE, Colour.RED), Path("a"))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("CMS_MEDIA__SIP__UDP_PORT", "x", "environment: CMS_MEDIA__SIP__UDP_PORT: expected a whole number"),
        ("CMS_MEDIA__SIP__TLS", "2", "environment: CMS_MEDIA__SIP__TLS: expected true or false, found text"),
        (
            "CMS_MEDIA__SIP__COLOUR",
            "green",
            "environment: CMS_MEDIA__SIP__COLOUR: expected one of red, blue, found 'green'",
        ),
        ("CMS_MEDIA__SPACE", "x", "environment: CMS_MEDIA__SPACE: tables can only be given in the file"),
        ("CMS_MEDIA__SIP", "x", "environment: CMS_MEDIA__SIP: expected a section, found text"),
        ("CMS_MEDIA__", "x", "environment: CMS_MEDIA__ names no key"),
    ],
)
def test_the_environment_is_refused_by_name(tmp_path: Path, name: str, text: str, expected: str) -> None:
    assert refusal(tmp_path, "", **{name: text}) == [expected]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_settings(tmp_path / "none.toml", Schema, {})
    with pytest.raises(SettingsError, match="directory"):
        read_settings(tmp_path, Schema, {})
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(tmp_path / "latin.toml", Schema, {})
    (tmp_path / "big.toml").write_bytes(b"#" * 1_100_000)
    with pytest.raises(SettingsError, match="larger than"):
        read_settings(tmp_path / "big.toml", Schema, {})
