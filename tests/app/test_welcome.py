"""The block that says what to dial."""

import pytest
from rich.console import Console

from cms_media.app.settings import Settings
from cms_media.app.welcome import dialled_uris, welcome
from cms_media.conference.space import Space
from cms_media.signalling.settings import SipSettings


@pytest.mark.parametrize(
    ("settings", "uris"),
    [
        (
            SipSettings(address="192.0.2.9"),
            ["sip:demo@192.0.2.9", "sip:demo@192.0.2.9;transport=tls"],
        ),
        (
            SipSettings(address="127.0.0.1", udp_port=5070, tcp_port=5071, tls_port=0),
            ["sip:demo@127.0.0.1:5070", "sip:demo@127.0.0.1:5071;transport=tcp"],
        ),
        (
            SipSettings(address="::1", udp_port=0, tcp_port=5060, tls_port=5062),
            ["sip:demo@[::1];transport=tcp", "sip:demo@[::1]:5062;transport=tls"],
        ),
    ],
)
def test_what_to_dial(settings: SipSettings, uris: list[str]) -> None:
    assert dialled_uris(settings, "demo") == uris


def test_the_block_names_spaces_and_call_ids() -> None:
    console = Console(width=200, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115
    spaces = [Space(f"Room [{number}]", f"room{number}", str(number), "4711") for number in range(10)]
    console.print(welcome(Settings(sip=SipSettings(address="192.0.2.9")), spaces))
    text = console.export_text()
    assert "Room [0]" in text
    assert "sip:room7@192.0.2.9" in text
    assert "call id 7" in text
    assert "passcode is not asked for yet" in text
    assert "4711" not in text
    assert "and 2 more" in text
