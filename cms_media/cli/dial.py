"""`cms-media dial URI`: a SIP test endpoint with real media."""

import argparse
import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

from cms_media.base.errors import CmsMediaError

if TYPE_CHECKING:
    from cms_media.endpoint.options import DialOptions
    from cms_media.endpoint.report import DialReport


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command."""
    parser = subparsers.add_parser(
        "dial", help="call a SIP URI with real audio and video, report what came back"
    )
    parser.add_argument("uri", help="what to dial, as in sip:demo@127.0.0.1")
    parser.add_argument("--audio", default="tone:1000", help="tone:HZ, a file, or none (tone:1000)")
    parser.add_argument("--video", default="none", help="pattern, pattern:NUMBER, a file, or none (none)")
    parser.add_argument("--codec", default="", help="codecs by preference, as in opus,PCMU,H264 (all)")
    parser.add_argument(
        "--srtp", default="", help="offer SRTP with this suite, as in AES_CM_128_HMAC_SHA1_80"
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="from the answer to the numbers (10)")
    parser.add_argument("--settle", type=float, default=1.0, help="beginning left out of the numbers (1)")
    parser.add_argument("--linger", type=float, default=0.0, help="stay after the numbers were taken (0)")
    parser.add_argument("--record", metavar="FILE", help="write what comes to FILE (.mkv, .mp4)")
    parser.add_argument("--snapshot", metavar="FILE", help="write the last picture to FILE (.png)")
    parser.add_argument("--size", default="640x360", help="picture that we send (640x360)")
    parser.add_argument("--receive-size", default="", help="largest picture that we take (as sent)")
    parser.add_argument("--fps", type=int, default=30, help="pictures a second that we send (30)")
    parser.add_argument(
        "--bitrate", type=int, default=1_000_000, help="bit/s of video that we send (1000000)"
    )
    parser.add_argument("--receive-bitrate", type=int, default=2_000_000, help="bit/s that we take (2000000)")
    parser.add_argument(
        "--no-feedback", action="store_true", help="understand no RTCP feedback, as old room systems"
    )
    parser.add_argument("--dtmf", default="", help="digits to send one second into the call")
    parser.add_argument("--name", default="dial", help="user part of our own URI")
    parser.add_argument("--transport", choices=["auto", "udp", "tcp", "tls"], default="auto")
    parser.add_argument("--address", default="", help="our own IP address (the one on the path)")
    parser.add_argument(
        "--tls-ca", default="", help="PEM file that the server's certificate must descend from"
    )
    parser.add_argument("--tls-insecure", action="store_true", help="take any server certificate")
    parser.add_argument("--username", default="", help="for digest challenges")
    parser.add_argument("--password", default="", help="for digest challenges")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Dials; exit code 0 when the call was answered."""
    from cms_media.endpoint.session import DialSession

    try:
        report = asyncio.run(DialSession(_options(arguments)).run())
    except (CmsMediaError, OSError) as error:
        print(f"cms-media dial: {error}", file=sys.stderr)
        return 1
    print(json.dumps(report.to_json()) if arguments.json else _readable(report))
    return 0 if report.connected else 1


def _options(arguments: argparse.Namespace) -> "DialOptions":
    """Raises RequestError naming the wrong option."""
    from cms_media.base.errors import RequestError
    from cms_media.codecs.table import Codec
    from cms_media.endpoint.options import DialOptions, SipTransport, parse_codecs, parse_size
    from cms_media.sdp.plan import SrtpSuite

    if arguments.srtp and arguments.srtp not in SrtpSuite.__members__:
        raise RequestError("invalidValue", f"--srtp {arguments.srtp}: expected one of {', '.join(SrtpSuite)}")
    if not 1 <= arguments.fps <= 60:
        raise RequestError("invalidValue", f"--fps {arguments.fps}: expected 1 to 60")
    return DialOptions(
        uri=arguments.uri if ":" in arguments.uri.split("@")[0] else f"sip:{arguments.uri}",
        audio=arguments.audio,
        video=arguments.video,
        codecs=parse_codecs(arguments.codec) if arguments.codec else tuple(Codec),
        srtp=SrtpSuite(arguments.srtp) if arguments.srtp else None,
        seconds=arguments.seconds,
        settle_s=arguments.settle,
        linger_s=arguments.linger,
        record=arguments.record,
        snapshot=arguments.snapshot,
        size=parse_size(arguments.size),
        receive_size=parse_size(arguments.receive_size) if arguments.receive_size else None,
        fps=arguments.fps,
        bitrate_bps=arguments.bitrate,
        receive_bitrate_bps=arguments.receive_bitrate,
        feedback=not arguments.no_feedback,
        dtmf=arguments.dtmf,
        name=arguments.name,
        transport=SipTransport(arguments.transport),
        address=arguments.address,
        tls_verify=not arguments.tls_insecure,
        tls_ca=arguments.tls_ca,
        username=arguments.username,
        password=arguments.password,
    )


def _readable(report: "DialReport") -> str:
    lines = [f"connected {report.connected}, set-up {report.setup_ms} ms, ended by {report.ended_by}"]
    if report.audio:
        heard = report.audio
        lines.append(
            f"audio {heard.codec}: {heard.packets} packets, {heard.lost} lost, {heard.rms_dbov} dBov, "
            f"{heard.gaps} gaps, tones {heard.tones_hz} Hz"
        )
    if report.video:
        seen = report.video
        lines.append(
            f"video {seen.codec} {seen.width}x{seen.height}: {seen.frames} pictures, {seen.fps} a second, "
            f"{seen.freezes} freezes, {seen.key_frames} key frames, {seen.lost} packets lost"
        )
    return "\n".join(lines)
