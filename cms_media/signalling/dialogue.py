"""The border to pjsua2 for one call: pj.Call's callbacks become calls of a `SipLeg`, pj.Error becomes DialogueError.

Holds no state of the call. An exception that left a callback would be lost in C; `guarded` catches it, says so loudly
and ends this one leg.
"""

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pjsua2 as pj

from cms_media.signalling.leg import SipLeg
from cms_media.signalling.message import header_value, readable
from cms_media.signalling.seams import DialogueError

log = logging.getLogger(__name__)

NOT_ACCEPTABLE_HERE = 488
DECLINE = 603
PJ_TOO_MANY = 70010
"""PJ_ETOOMANY: no call slot left."""
PJSIP_ERRORS = 170_000
"""PJSIP_ERRNO_START: a SIP status as pj_status_t is this plus the status."""

Result = TypeVar("Result")


def translated(method: Callable[..., Result]) -> Callable[..., Result]:
    """Raise DialogueError for pj.Error."""

    @functools.wraps(method)
    def wrapper(*arguments: Any, **named: Any) -> Result:
        try:
            return method(*arguments, **named)
        except pj.Error as error:
            raise DialogueError(f"{error.title}: {error.reason}", sip_code(error.status)) from None

    return wrapper


def guarded(callback: Callable[..., None]) -> Callable[..., None]:
    """For methods that pjsip calls: our own faults stay here."""

    @functools.wraps(callback)
    def wrapper(self: Any, *arguments: Any) -> None:
        try:
            callback(self, *arguments)
        except Exception:
            self.on_own_fault(callback.__name__)

    return wrapper


def sip_code(status: int) -> int:
    """The SIP status for a pj_status_t."""
    if status == PJ_TOO_MANY:
        return 503
    code = status - PJSIP_ERRORS
    return code if 300 <= code <= 699 else 500


def headers_of(headers: Mapping[str, str]) -> Any:
    """A pj.SipHeaderVector. A name that is no token is left out."""
    vector = pj.SipHeaderVector()
    for name, value in headers.items():
        if name.replace("-", "").isalnum() and name.isascii():
            header = pj.SipHeader()
            header.hName, header.hValue = name, header_value(value)
            vector.append(header)
    return vector


class PjDialogue(pj.Call):  # type: ignore[misc]
    """pjsua2's call object. Dropped by its leg at the end, at once (DESIGN section 4, rule 2)."""

    def __init__(self, account: Any, leg: SipLeg, server: str, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self._leg = leg
        self._headers = headers_of({"Server": server})
        """Of responses; pjsip itself names us in requests only."""
        self._named = False

    # --- Dialogue -----------------------------------------------------------------------------------------

    @translated
    def invite(self, uri: str, local_uri: str, headers: Mapping[str, str]) -> None:
        """Send the first INVITE."""
        parameters = pj.CallOpParam(True)
        # With a stream pjsua would open a sound device first, and we have none; our SDP says what there is.
        parameters.opt.audioCount = 0
        parameters.txOption.localUri = local_uri
        parameters.txOption.headers = headers_of(headers)
        self.makeCall(uri, parameters)

    @translated
    def ring(self) -> None:
        """180."""
        super().answer(self._response(180))

    @translated
    def answer(self, description: str | None) -> None:
        """200."""
        parameters = self._response(200)
        if description is not None:
            parameters.sdp.wholeSdp = description
        super().answer(parameters)

    @translated
    def refuse_offer(self, code: int) -> None:
        """Failure to a re-INVITE."""
        super().answer(_operation(code))

    @translated
    def reinvite(self) -> None:
        """re-INVITE; onCallSdpCreated asks for the offer."""
        super().reinvite(pj.CallOpParam(True))

    @translated
    def update(self) -> None:
        """UPDATE; onCallSdpCreated asks for the offer."""
        super().update(pj.CallOpParam(True))

    @translated
    def info(self, content_type: str, body: str) -> None:
        """INFO within the dialogue."""
        parameters = pj.CallSendRequestParam()
        parameters.method = "INFO"
        parameters.txOption.contentType = content_type
        parameters.txOption.msgBody = body
        self.sendRequest(parameters)

    @translated
    def hang_up(self, code: int, reason: str, headers: Mapping[str, str]) -> None:
        """BYE, CANCEL or final failure."""
        parameters = _operation(code)
        parameters.reason = header_value(reason) if code >= 300 else ""
        parameters.txOption.headers = headers_of(headers)
        self.hangup(parameters)

    def _response(self, code: int) -> Any:
        parameters = _operation(code)
        if not self._named:
            parameters.txOption.headers = self._headers
        # pjsip makes the 200 out of the 180 before it, with the headers that it has already.
        self._named = code < 200
        return parameters

    # --- pjsip calls --------------------------------------------------------------------------------------

    def on_own_fault(self, where: str) -> None:
        """A bug of ours in a callback: loud, and the end of this leg only."""
        self._leg.on_own_fault(where)

    @guarded
    def onCallState(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        information = self.getInfo()
        match information.state:
            case pj.PJSIP_INV_STATE_EARLY if information.role == pj.PJSIP_ROLE_UAC:
                self._leg.on_progress()
            case pj.PJSIP_INV_STATE_CONFIRMED:
                self._leg.on_confirmed()
            case pj.PJSIP_INV_STATE_DISCONNECTED:
                self._leg.on_disconnected(*_end(prm.e, information))

    @guarded
    def onCallTsxState(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        if prm.e.type != pj.PJSIP_EVENT_TSX_STATE:
            return
        event = prm.e.body.tsxState
        transaction = event.tsx
        method = transaction.method
        if method == "INFO":
            if event.prevState < pj.PJSIP_TSX_STATE_COMPLETED <= transaction.state:
                self._leg.info.on_answered()
        elif (
            method in ("INVITE", "UPDATE")
            and transaction.role == pj.PJSIP_ROLE_UAC
            and transaction.state == pj.PJSIP_TSX_STATE_COMPLETED
            and transaction.statusCode >= 300
        ):
            self._leg.on_offer_refused(transaction.statusCode)
        elif method == "CANCEL" and transaction.role == pj.PJSIP_ROLE_UAS:
            self._leg.on_reinvite_cancelled()

    @guarded
    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        self._leg.on_negotiated(readable(pj.cms_remote_sdp(self.getId())))

    @guarded
    def onCallSdpCreated(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        text = self._leg.on_describe(prm.remSdp.wholeSdp)
        if text is not None:
            prm.sdp.wholeSdp = text

    @guarded
    def onCallRxReinvite(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        if self._leg.on_reinvite(readable(prm.offer.wholeSdp)):
            prm.isAsync = True
        else:
            prm.statusCode = NOT_ACCEPTABLE_HERE

    @guarded
    def onCallRxOffer(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        if not self._leg.on_update():
            prm.statusCode = NOT_ACCEPTABLE_HERE

    @guarded
    def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        prm.statusCode = DECLINE
        self._leg.on_transfer_refused("REFER")

    @guarded
    def onCallReplaceRequest(self, prm: Any) -> None:  # noqa: N802 - pjsua2's name
        prm.statusCode = DECLINE
        self._leg.on_transfer_refused("Replaces")


class PjRequest:
    """A request that our C module holds back from pjsip (native/pjsua2/src/in_dialogue.c)."""

    def __init__(self, number: int) -> None:
        self._number = number

    def hand_on(self) -> None:
        """See WaitingRequest."""
        pj.cms_pass_request(self._number)

    def answer(self, code: int) -> None:
        """See WaitingRequest."""
        pj.cms_answer_request(self._number, code)


def _operation(code: int) -> Any:
    # False: with call settings pjsua would want our SDP with the 180 already.
    parameters = pj.CallOpParam(False)
    parameters.statusCode = code
    return parameters


def _end(event: Any, information: Any) -> tuple[int, str]:
    """Code and reason of a dialogue's end. pjsua calls a BYE 487; the peer's BYE is 200 here."""
    if event.type == pj.PJSIP_EVENT_TSX_STATE:
        transaction = event.body.tsxState.tsx
        if transaction.method == "BYE" and transaction.role == pj.PJSIP_ROLE_UAS:
            return 200, "BYE"
        if transaction.method == "INVITE" and transaction.statusCode >= 300:
            return transaction.statusCode, readable(transaction.statusText)
    return information.lastStatusCode, readable(information.lastReason)
