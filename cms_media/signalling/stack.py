"""The SIP stack of this process: starts and stops pjsua2, owns the legs, implements `SignallingPort`."""

import asyncio
import functools
import logging
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pjsua2 as pj

from cms_media.base.errors import PeerError, ResourceError
from cms_media.base.types import LegId, SocketAddress
from cms_media.conference.ports import Info, Invite, SignallingEvents
from cms_media.sdp.description import SdpError, SessionDescription
from cms_media.signalling.accounting import FaultLog, SipCounters
from cms_media.signalling.certificate import (
    CertificateFiles,
    check_certificate,
    ensure_certificate,
    local_names,
)
from cms_media.signalling.dialogue import PjDialogue, PjRequest
from cms_media.signalling.driver import PjDriver
from cms_media.signalling.leg import SipLeg
from cms_media.signalling.leg_timers import LegTimers
from cms_media.signalling.library import PjAccount, PjEndpoint, account_config, endpoint_config
from cms_media.signalling.lookup import when_looked_up
from cms_media.signalling.message import SipRequest, SipUri, header_value, readable
from cms_media.signalling.seams import DialogueError
from cms_media.signalling.settings import SipSettings
from cms_media.signalling.states import LegState
from cms_media.signalling.translation import invite_of, reason_header, retry_after, socket_address
from cms_media.signalling.transports import Listener, open_listeners

log = logging.getLogger(__name__)

WARNING_AGENT = "cms-media"
SCHEMES = ("sip:", "sips:", "tel:")
STOP_GRACE_S = 1.0
"""How long BYEs may take to be answered when we stop."""


class SipStack:
    """SIP of this process; pjsua allows one. `data_directory` keeps the certificate that is made at first start."""

    def __init__(self, settings: SipSettings, data_directory: Path) -> None:
        self._settings = settings
        self._data_directory = data_directory
        self.events: SignallingEvents
        self.counters = SipCounters()
        self.faults = FaultLog()
        self.listeners: tuple[Listener, ...] = ()
        self._legs: dict[LegId, SipLeg] = {}
        self._by_slot: dict[int, SipLeg] = {}
        """Legs by pjsua's call id."""
        self._posted: deque[tuple[LegId, Callable[[], None]]] = deque()
        self._draining_due = False
        self._timers = LegTimers(self.post)
        self._endpoint: Any = None
        self._account: Any = None
        self._driver: PjDriver | None = None
        self._faults_seen = 0

    # --- life ---------------------------------------------------------------------------------------------

    async def start(self, events: SignallingEvents) -> None:
        """Listen. Raises ResourceError when a socket cannot be opened, SettingsError when TLS lacks its files.

        Nothing is left open then.
        """
        self.events = events
        settings = self._with_certificate()
        self._endpoint = PjEndpoint(self)
        try:
            self._open(settings)
        except (pj.Error, ResourceError) as error:
            self._close()
            if isinstance(error, ResourceError):
                raise
            raise ResourceError(f"SIP stack: {error.title}: {error.reason}") from None
        self._driver = PjDriver(self._endpoint, self._after_poll)
        self._driver.start()

    async def stop(self) -> None:
        """Hang up every leg, give the peers a moment to hear it, close. Idempotent."""
        if not self._driver:
            return
        grace_s = 0.0
        for leg in list(self._legs.values()):
            leg.hang_up(503, "shutting down")
            grace_s = STOP_GRACE_S
        self.flush()
        await asyncio.sleep(grace_s)
        self._driver.stop()
        self._driver = None
        self._close()

    def snapshot(self) -> dict[str, Any]:
        """Plain values for status pages."""
        return {
            "listening": [
                f"{item.transport}:{SocketAddress(item.address, item.port)}" for item in self.listeners
            ],
            "legs": [leg.snapshot() for leg in self._legs.values()],
            "counters": self.counters.snapshot(),
            "pjsip": dict(pj.cms_counters()) if self._endpoint else {},
            "memory": dict(pj.cms_memory()) if self._endpoint else {},
        }

    # --- SignallingPort -----------------------------------------------------------------------------------

    def ring(self, leg: LegId) -> None:
        """See SignallingPort."""
        self._with(leg, SipLeg.ring)

    def answer(self, leg: LegId, description: SessionDescription) -> None:
        """See SignallingPort."""
        self._with(leg, lambda it: it.answer(description))

    def reject(self, leg: LegId, code: int, reason: str = "", retry_after_s: int | None = None) -> None:
        """See SignallingPort."""
        self._with(leg, lambda it: it.reject(code, reason, retry_after(retry_after_s)))

    def offer(self, leg: LegId, description: SessionDescription) -> None:
        """See SignallingPort."""
        self._with(leg, lambda it: it.offer(description))

    def hang_up(self, leg: LegId, code: int = 200, reason: str = "") -> None:
        """See SignallingPort."""
        self._with(leg, lambda it: it.hang_up(code, reason, reason_header(code, reason)))

    def send_info(self, leg: LegId, info: Info) -> None:
        """See SignallingPort."""
        self._with(leg, lambda it: it.info.ask(info))

    def send_dtmf(self, leg: LegId, digits: str) -> None:
        """See SignallingPort."""
        self._with(leg, lambda it: it.info.dial(digits))

    def dial(
        self, leg: LegId, uri: str, offer: SessionDescription, from_user: str, headers: Mapping[str, str]
    ) -> None:
        """See SignallingPort. `uri` may lack the scheme."""
        target = uri if uri.lower().startswith(SCHEMES) else f"sip:{uri}"
        call = SipLeg(leg, self, incoming=False, peer=target)
        self._legs[leg] = call
        self.counters.calls_out += 1
        if len(self._legs) > self._settings.capacity:
            self.counters.refused_capacity += 1
            call.on_disconnected(503, "no capacity")
            return
        call.begin(offer)
        when_looked_up(
            SipUri.parse(target).host,
            lambda error: self.post(leg, lambda: self._invite(call, target, from_user, headers, error)),
        )

    # --- LegHost ------------------------------------------------------------------------------------------

    def post(self, leg: LegId, event: Callable[[], None]) -> None:
        """See LegHost. What pjsip's callbacks post is drained right after the poll, the rest by the loop."""
        self._posted.append((leg, event))
        if not self._draining_due:
            self._draining_due = True
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """See LegHost."""
        self._draining_due = False
        while self._posted:
            leg, event = self._posted.popleft()
            try:
                event()
            except Exception:
                self._own_fault(leg)
        self._look_ahead()

    def later(self, delay_s: float, leg: LegId, action: Callable[[], None]) -> None:
        """See LegHost."""
        if leg in self._legs:
            self._timers.start(delay_s, leg, action)

    def forget(self, leg: LegId) -> None:
        """See LegHost."""
        self._timers.forget(leg)
        found = self._legs.pop(leg, None)
        if found:
            self._by_slot.pop(found.slot, None)

    # --- pjsip calls (through PjAccount) ------------------------------------------------------------------

    def on_incoming(self, account: Any, call_id: int, received: Any) -> None:
        """A new INVITE; pjsip has sent 100."""
        self.counters.calls_in += 1
        peer = socket_address(received.srcAddress)
        leg = SipLeg(LegId(uuid.uuid4().hex), self, incoming=True, peer=str(peer))
        self._legs[leg.id] = self._by_slot[call_id] = leg
        leg.slot = call_id
        leg.attach(PjDialogue(account, leg, self._settings.user_agent, call_id))
        try:
            self._take_in(leg, peer, readable(received.wholeMsg))
        except Exception:
            leg.on_own_fault("on_incoming")

    def on_refused_by_pjsip(self, code: int, peer: str, reason: str) -> None:
        """An INVITE that never became a leg."""
        self.counters.refused_by_stack += 1
        self.faults.warn(f"INVITE refused with {code}", peer, reason)

    def on_callback_fault(self, where: str) -> None:
        """An exception of ours in a callback that belongs to no leg (call it from the except branch)."""
        self.counters.own_faults += 1
        log.exception("fault=own where=%s", where)

    # --- inside -------------------------------------------------------------------------------------------

    def _take_in(self, leg: SipLeg, peer: SocketAddress, message: str) -> None:
        if len(self._legs) > self._settings.capacity:
            self._refuse(leg, 503, "no capacity", retry_after(self._settings.retry_after_s))
            self.counters.refused_capacity += 1
            return
        try:
            request = SipRequest.parse(message)
            offer = leg.on_invited(readable(pj.cms_pending_offer(leg.slot)))
        except PeerError as error:
            self.counters.bad_descriptions += isinstance(error, SdpError)
            warning = f'399 {WARNING_AGENT} "{header_value(str(error))}"'
            self._refuse(leg, 400, str(error), {"Warning": warning})
            return
        invite = invite_of(leg.id, request, peer, pj.cms_local_address_for(peer.host), offer)
        self.post(leg.id, functools.partial(self._announce, leg, invite))

    def _invite(
        self, call: SipLeg, target: str, from_user: str, headers: Mapping[str, str], error: str
    ) -> None:
        if call.state is LegState.ENDED or not self._account:
            return
        if error:
            call.on_disconnected(503, error)
            return
        dialogue = PjDialogue(self._account, call, self._settings.user_agent)
        call.attach(dialogue)
        try:
            dialogue.invite(target, self._local_uri(target, from_user), headers)
        except DialogueError as failure:
            call.on_disconnected(failure.code, str(failure))
            return
        call.slot = dialogue.getId()
        self._by_slot[call.slot] = call

    def _with(self, leg: LegId, command: Callable[[SipLeg], None]) -> None:
        found = self._legs.get(leg)
        if found:
            command(found)
            self._look_ahead()
        else:
            self.counters.late_commands += 1

    def _look_ahead(self) -> None:
        if self._driver:
            self._driver.look_ahead()

    def _announce(self, leg: SipLeg, invite: Invite) -> None:
        # Cancelled before it was announced: then there is no end to tell of either.
        if leg.state is not LegState.ENDED:
            leg.announced = True
            self.events.on_invite(invite)

    def _refuse(self, leg: SipLeg, code: int, reason: str, headers: Mapping[str, str]) -> None:
        self.faults.warn(f"INVITE refused with {code}", leg.peer, reason)
        leg.hang_up(code, "", headers)

    def _own_fault(self, leg: LegId) -> None:
        found = self._legs.get(leg)
        if found:
            found.on_own_fault("event")
        else:
            self.counters.own_faults += 1
            log.exception("leg=%s fault=own where=event", leg)

    def _after_poll(self) -> None:
        self._take_waiting_requests()
        self.flush()
        fault = pj.cms_last_fault()
        if fault.count != self._faults_seen:
            self._faults_seen = fault.count
            self.faults.warn(fault.kind, fault.peer, readable(fault.detail))

    def _take_waiting_requests(self) -> None:
        while (request := pj.cms_next_request()).id >= 0:
            leg = self._by_slot.get(request.call_id)
            if not leg:
                PjRequest(request.id).answer(481)
                continue
            try:
                self._serve(leg, request)
            except Exception:
                leg.on_own_fault("request")

    def _serve(self, leg: SipLeg, request: Any) -> None:
        waiting = PjRequest(request.id)
        if request.method == "INFO":
            waiting.answer(leg.info.on_request(readable(request.content_type), readable(request.body)))
        else:
            leg.on_waiting(readable(request.body), waiting)

    def _local_uri(self, target: str, from_user: str) -> str:
        host = (
            self._settings.domain or pj.cms_local_address_for(SipUri.parse(target).host) or self._own_host()
        )
        return f"<sip:{quote(from_user)}@{f'[{host}]' if ':' in host else host}>"

    def _own_host(self) -> str:
        return self._settings.domain or next(iter(self._settings.addresses), "") or "localhost"

    def _with_certificate(self) -> SipSettings:
        settings = self._settings
        if not settings.tls_port:
            return settings
        files = CertificateFiles(Path(settings.tls_certificate), Path(settings.tls_private_key))
        if not settings.tls_certificate:
            names = local_names((settings.domain, *settings.addresses))
            files = ensure_certificate(self._data_directory, names)
        check_certificate(files, Path(settings.tls_ca) if settings.tls_ca else None)
        return replace(
            settings, tls_certificate=str(files.certificate), tls_private_key=str(files.private_key)
        )

    def _open(self, settings: SipSettings) -> None:
        self._endpoint.libCreate()
        self._endpoint.libInit(endpoint_config(settings))
        pj.cms_install()
        self.listeners = open_listeners(self._endpoint, settings)
        self._endpoint.libStart()
        self._account = PjAccount(self)
        self._account.create(account_config(settings, self._own_host()), True)

    def _close(self) -> None:
        if self._endpoint:
            self._account = None
            self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
            self._endpoint = None
            self.listeners = ()
