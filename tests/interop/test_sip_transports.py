"""The plain call, in and out, over every transport; TLS with and without verification."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from cms_media.signalling.certificate import CertificateFiles, ensure_certificate
from tests.interop.sip_process import SipProcess, sip_process
from tests.interop.sipp import Sipp
from tests.interop.tls_relay import TlsRelay, running

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipProcess]:
    with sip_process(tmp_path_factory.mktemp("sip"), address="127.0.0.1,::1") as process:
        yield process


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_call_in(stack: SipProcess, tmp_path: Path, host: str, transport: str) -> None:
    since = len(stack.events)
    port = stack.udp if transport == "u1" else stack.tcp
    local = host.strip("[]")
    Sipp("call_with_offer", tmp_path, f"{host}:{port}", transport=transport, host=local).finish()
    story = stack.story(since)
    assert [event["event"] for event in story] == ["invite", "connected", "ended"]
    assert story[0]["local"] == local


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_call_out(stack: SipProcess, tmp_path: Path, host: str, transport: str) -> None:
    since = len(stack.events)
    leg = f"out-{host}-{transport}"
    peer = Sipp("called_hangs_up", tmp_path, transport=transport, host=host.strip("[]"))
    peer.wait_until_bound()
    suffix = ";transport=tcp" if transport == "t1" else ""
    stack.tell(do="dial", leg=leg, uri=f"sip:bob@{host}:{peer.port}{suffix}")
    peer.finish()
    assert [event["event"] for event in stack.story(since)] == ["ringing", "answer", "connected", "ended"]


def test_call_in_by_tls(stack: SipProcess, tmp_path: Path) -> None:
    since = len(stack.events)
    # The certificate that the bridge made at its start is valid for the address that it listens on.
    context = ssl.create_default_context(cafile=str(stack.folder / "sip_certificate.pem"))
    with running(TlsRelay(stack.tls, call_tls=context)) as relay:
        Sipp("call_with_offer", tmp_path, f"127.0.0.1:{relay.port}", transport="t1").finish()
    assert [event["event"] for event in stack.story(since)] == ["invite", "connected", "ended"]
    assert relay.versions == ["TLSv1.3"]


def server_context(files: CertificateFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    return context


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("verify", [True, False])
def test_call_out_by_tls(tmp_path: Path, verify: bool, trusted: bool) -> None:
    peers = ensure_certificate(tmp_path / "peer", ("127.0.0.1",))
    others = ensure_certificate(tmp_path / "other", ("127.0.0.1",))
    authority = (peers if trusted else others).certificate
    peer = Sipp("called_hangs_up", tmp_path, transport="t1", timeout_s=6)
    peer.wait_until_bound()
    with (
        running(TlsRelay(peer.port, listen_tls=server_context(peers))) as relay,
        sip_process(tmp_path, tls_ca=str(authority), tls_verify=verify) as stack,
    ):
        stack.tell(do="dial", leg="tls", uri=f"sip:bob@127.0.0.1:{relay.port};transport=tls")
        story = stack.story(0)
        peer.process.wait(timeout=10)
    names = [event["event"] for event in story]
    if verify and not trusted:
        assert names == ["ended"]
        assert story[-1]["code"] == 503
    else:
        assert names == ["ringing", "answer", "connected", "ended"]
        assert peer.process.returncode == 0


def test_a_port_that_is_taken_is_named(stack: SipProcess, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"sip\.udp_port"):
        SipProcess(tmp_path, udp_port=stack.udp).stop()
