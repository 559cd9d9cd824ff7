"""Taken SIP ports are named with whoever has them."""

import os
import socket

import pytest

from cms_media.app.listening_ports import check_sip_ports
from cms_media.base.errors import SettingsError
from cms_media.signalling.settings import SipSettings


def settings(**ports: int) -> SipSettings:
    return SipSettings(**{"address": "127.0.0.1", "udp_port": 0, "tcp_port": 0, "tls_port": 0, **ports})


@pytest.mark.parametrize(
    ("key", "kind"),
    [("udp_port", socket.SOCK_DGRAM), ("tcp_port", socket.SOCK_STREAM), ("tls_port", socket.SOCK_STREAM)],
)
def test_a_taken_port(key: str, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as caught:
            check_sip_ports(settings(**{key: port}))
    message = str(caught.value)
    assert message.startswith(f"sip.{key}: ")
    assert f"port {port} is in use" in message
    assert f"(pid {os.getpid()})" in message
    assert f"CMS_MEDIA__SIP__{key.upper()}" in message
    check_sip_ports(settings(**{key: port}))


def test_ports_that_are_off_are_not_tried() -> None:
    check_sip_ports(settings())
