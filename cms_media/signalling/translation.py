"""From SIP's fields to the domain's values and back. Pure."""

from collections.abc import Mapping

from cms_media.base.types import LegId, SocketAddress
from cms_media.conference.ports import Invite
from cms_media.sdp.description import SessionDescription
from cms_media.signalling.message import SipRequest


def invite_of(
    leg: LegId, request: SipRequest, peer: SocketAddress, local_address: str, offer: SessionDescription | None
) -> Invite:
    """What the domain is told of an INVITE."""
    caller, name = request.caller
    return Invite(
        leg=leg,
        to_user=request.uri.user,
        to_host=request.uri.host,
        from_uri=str(caller),
        from_name=name,
        user_agent=request.headers.get("user-agent", ""),
        peer=peer,
        local_address=local_address,
        offer=offer,
        headers=request.extension_headers,
    )


def socket_address(text: str) -> SocketAddress:
    """host:port as pjsip prints it, with brackets around IPv6."""
    host, _, port = text.rpartition(":")
    return SocketAddress(host.strip("[]"), int(port) if port.isdigit() else 0)


def retry_after(seconds: int | None) -> Mapping[str, str]:
    """RFC 3261 section 20.33."""
    return {} if seconds is None else {"Retry-After": str(seconds)}


def reason_header(code: int, reason: str) -> Mapping[str, str]:
    """RFC 3326: why a BYE or CANCEL comes."""
    if code < 300 and not reason:
        return {}
    text = reason.replace("\\", "").replace('"', "")
    return {"Reason": f'SIP;cause={code};text="{text}"' if text else f"SIP;cause={code}"}
