"""What was negotiated, as the native engine takes it."""

from cms_media.codecs.encoder import EncoderFormat
from cms_media.native import AudioStream, VideoStream
from cms_media.sdp.plan import Feedback, SrtpKey, StreamPlan

MAX_PAYLOAD_BYTES = 1200
"""RTP payload: with SRTP, RTP, UDP and IPv6 headers still below a 1280-byte path."""

OPUS_BITRATE_BPS = 40_000
"""Full-band mono speech; more is not heard."""

_PACING_FACTOR = 6
_LEAST_PACING_BPS = 4_000_000
"""A key frame of half a second's bits leaves within 80 ms, and never as one burst."""

_UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def can_run(plan: StreamPlan) -> bool:
    """False for a hold in the way of RFC 2543: an address to which nothing may be sent."""
    return plan.remote_rtp.host not in _UNSPECIFIED and plan.remote_rtp.port != 0


def audio_stream(plan: StreamPlan, room: int, cname: str) -> AudioStream:
    """An audio stream that is mixed in `room`."""
    stream = AudioStream()
    _set_common(stream, plan, cname)
    stream.packet_time_ms = plan.packet_time_ms
    event = plan.telephone_event_send
    stream.dtmf_send_payload_type = -1 if event is None else event
    stream.dtmf_receive_payload_types = list(plan.telephone_event_receive)
    stream.dtmf_clock_hz = plan.telephone_event_clock_hz
    stream.opus_fec = plan.opus_fec
    stream.opus_dtx = plan.opus_dtx
    stream.opus_bitrate_bps = min(OPUS_BITRATE_BPS, plan.opus_max_bitrate_bps)
    stream.level_receive_id = -1 if plan.level_receive_id is None else plan.level_receive_id
    stream.level_send_id = -1 if plan.level_send_id is None else plan.level_send_id
    stream.room = room
    return stream


def video_stream(plan: StreamPlan, output: EncoderFormat, cname: str) -> VideoStream:
    """A video stream that carries pictures of `output`."""
    stream = VideoStream()
    _set_common(stream, plan, cname)
    stream.packetization_mode = plan.send.packetization_mode
    stream.nack = Feedback.NACK in plan.feedback
    stream.pli = Feedback.PLI in plan.feedback
    stream.fir = Feedback.FIR in plan.feedback
    stream.tmmbr = Feedback.TMMBR in plan.feedback
    stream.remb = Feedback.REMB in plan.feedback
    stream.max_payload_bytes = MAX_PAYLOAD_BYTES
    stream.pacing_bps = max(_LEAST_PACING_BPS, _PACING_FACTOR * output.bitrate_bps)
    return stream


def _set_common(stream: AudioStream | VideoStream, plan: StreamPlan, cname: str) -> None:
    stream.remote_rtp = (plan.remote_rtp.host, plan.remote_rtp.port)
    stream.remote_rtcp = (plan.remote_rtcp.host, plan.remote_rtcp.port)
    stream.rtcp_mux = plan.rtcp_mux
    stream.sending = plan.sending
    stream.receiving = plan.receiving
    stream.send_codec = plan.send.codec.value
    stream.send_payload_type = plan.send.payload_type
    stream.receive = [(known.payload_type, known.codec.value) for known in plan.receive]
    stream.srtp_send = _key(plan.srtp_send)
    stream.srtp_receive = _key(plan.srtp_receive)
    stream.cname = cname


def _key(key: SrtpKey | None) -> tuple[str, bytes] | None:
    return None if key is None else (key.suite.value, key.key_and_salt)
