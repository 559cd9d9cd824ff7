"""One dialled call: SIP events in, offers and answers out, media started and stopped.

dial ─► offer ─► on_answer ─► plans ─► engine streams ─► (re-INVITEs) ─► finish ─► report
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from cms_media.base.types import LegId, MediaKind
from cms_media.codecs.encoder import EncoderFormat
from cms_media.codecs.table import CODECS
from cms_media.conference.ports import Invite, LocalTransport, SignallingPort
from cms_media.endpoint.audio import EndpointAudio
from cms_media.endpoint.options import DialOptions
from cms_media.endpoint.report import DialReport
from cms_media.endpoint.video import EndpointVideo
from cms_media.media.worker.streams import audio_stream, can_run, video_stream
from cms_media.native import AccessUnit, Engine, KeyFrameRequest, Transport
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.negotiation import (
    Capabilities,
    Encryption,
    LocalMedia,
    NothingInCommon,
    answer,
    apply_answer,
    offer,
)
from cms_media.sdp.plan import StreamPlan, VideoLimits

_FASTEST_FPS = 30


def capabilities_of(options: DialOptions) -> Capabilities:
    """What the command line allows us to negotiate."""
    largest = options.receive_size or options.size
    macroblocks = -(-largest.width_px // 16) * -(-largest.height_px // 16)
    receive = VideoLimits(macroblocks, macroblocks * _FASTEST_FPS, options.receive_bitrate_bps)
    chosen = {kind: tuple(c for c in options.codecs if CODECS[c].kind is kind) for kind in MediaKind}
    return Capabilities(
        audio_codecs=chosen[MediaKind.AUDIO] if options.audio != "none" else (),
        video_codecs=chosen[MediaKind.VIDEO] if options.video != "none" else (),
        video_receive=receive,
        encryption=Encryption.REQUIRED if options.srtp else Encryption.OFF,
        srtp_suites=(options.srtp,) if options.srtp else (),
    )


class DialledCall:
    """Implements SignallingEvents for one leg of ours."""

    def __init__(
        self, leg: LegId, options: DialOptions, engine: Engine, signalling: SignallingPort, address: str
    ) -> None:
        """Opens the ports. Raises RequestError, ResourceError or OSError for sources and ports."""
        self._leg = leg
        self._options = options
        self._engine = engine
        self._signalling = signalling
        self._capabilities = capabilities_of(options)
        self.transports: Sequence[tuple[MediaKind, Transport]] = [
            (kind, engine.open_transport(address)) for kind in MediaKind if kind in self._capabilities.kinds
        ]
        self._local = LocalMedia(
            address,
            [LocalTransport(kind, opened.rtp_port, opened.rtcp_port) for kind, opened in self.transports],
            session_id=time.time_ns() // 1_000_000,
        )
        self.audio = self._open_audio()
        self.video = self._open_video()
        self._dialled_s = 0.0
        self._setup_s = 0.0
        self._ended_by = ""
        self._report: DialReport | None = None

    @property
    def answered(self) -> bool:
        """Media flows, or has flowed."""
        return self._setup_s > 0

    @property
    def ended(self) -> bool:
        """The leg is gone."""
        return bool(self._ended_by)

    def dial(self) -> None:
        """Sends the INVITE."""
        description = offer(self._capabilities, self._local)
        self._local = replace(self._local, previous=description)
        self._dialled_s = time.monotonic()
        self._signalling.dial(self._leg, self._options.target, description, self._options.name, {})

    def measure(self) -> DialReport:
        """Takes the numbers now, once; later calls give the same."""
        if self._report is None:
            self._report = DialReport(
                connected=self.answered,
                setup_ms=round(self._setup_s * 1000, 1),
                ended_by=self._ended_by or "local",
                audio=self.audio.report() if self.audio and self.answered else None,
                video=self.video.report() if self.video and self.answered else None,
            )
        return self._report

    def send_digits(self, digits: str) -> None:
        """DTMF in the RTP stream, or by INFO when the peer takes no telephone-event."""
        for kind, opened in self.transports:
            if kind is MediaKind.AUDIO and self._engine.send_dtmf(opened.id, digits):
                return
        self._signalling.send_dtmf(self._leg, digits)

    def on_engine_event(self, event: object) -> None:
        """Pictures and key-frame wishes."""
        if self.video is None:
            return
        if isinstance(event, AccessUnit):
            self.video.on_access_unit(event)
        elif isinstance(event, KeyFrameRequest):
            self.video.want_key_frame()

    # --- SignallingEvents ---------------------------------------------------------------------------------

    def on_invite(self, invite: Invite) -> None:
        """Nobody calls us."""
        self._signalling.reject(invite.leg, 486)

    def on_ringing(self, leg: LegId) -> None:
        """Nothing to do: the answer counts."""

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        """Media begins."""
        ours = self._local.previous
        assert ours is not None
        self._setup_s = self._setup_s or time.monotonic() - self._dialled_s
        self._local = replace(self._local, remote=answer)
        try:
            plans = apply_answer(ours, answer, self._capabilities, self._local)
        except NothingInCommon as error:
            self._signalling.hang_up(leg, 488, str(error))
            return
        self._configure([plan for plan in plans if plan is not None])

    def on_offer(self, leg: LegId, offer_: SessionDescription | None) -> None:
        """A re-INVITE: what we can do has not changed, what the peer wants may have."""
        if offer_ is None:
            description = offer(self._capabilities, self._local)
            self._local = replace(self._local, previous=description)
        else:
            try:
                made = answer(offer_, self._capabilities, self._local)
            except NothingInCommon:
                self._signalling.reject(leg, 488)
                return
            description = made.description
            self._local = replace(self._local, previous=description, remote=offer_)
            self._configure([plan for plan in made.plans if plan is not None])
        self._signalling.answer(leg, description)

    def on_offer_failed(self, leg: LegId, code: int) -> None:
        """We make no offers but the first."""

    def on_connected(self, leg: LegId) -> None:
        """The ACK is out."""

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        """The peer hung up, refused or vanished."""
        if self.answered:
            self._ended_by = "timeout" if code == 408 else "remote"
        else:
            self._ended_by = f"failed: {code} {reason}".strip()

    def on_digits(self, leg: LegId, digits: str) -> None:
        """Not reported."""

    def on_picture_fast_update(self, leg: LegId) -> None:
        """Key frame wanted, by INFO."""
        if self.video is not None:
            self.video.want_key_frame()

    # --- inside -------------------------------------------------------------------------------------------

    def _open_audio(self) -> EndpointAudio | None:
        for kind, opened in self.transports:
            if kind is MediaKind.AUDIO:
                return EndpointAudio(self._engine, opened.id, self._options.audio, self._options.settle_s)
        return None

    def _open_video(self) -> EndpointVideo | None:
        for kind, opened in self.transports:
            if kind is MediaKind.VIDEO:
                return EndpointVideo(self._engine, opened.id, self._options)
        return None

    def _configure(self, plans: Sequence[StreamPlan]) -> None:
        active = {plan.index: plan for plan in plans if can_run(plan)}
        for index, (kind, opened) in enumerate(self.transports):
            plan = active.get(index)
            if plan is None:
                self._engine.idle(opened.id)
            elif kind is MediaKind.AUDIO:
                self._engine.set_audio(opened.id, audio_stream(plan, -1, self._leg))
                if self.audio:
                    self.audio.start(plan.send.codec.value)
            else:
                sent = EncoderFormat(plan.send.codec, 0, 0, bitrate_bps=self._options.bitrate_bps)
                self._engine.set_video(opened.id, video_stream(plan, sent, self._leg))
                if self.video:
                    self.video.start(plan, time.monotonic())
