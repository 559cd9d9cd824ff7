#include "session/fault_log.hpp"

namespace cms::session {

std::string_view fault_name(Fault fault) {
    switch (fault) {
        case Fault::MalformedRtp: return "malformed_rtp";
        case Fault::MalformedRtcp: return "malformed_rtcp";
        case Fault::MalformedPayload: return "malformed_payload";
        case Fault::UnknownPayloadType: return "unknown_payload_type";
        case Fault::SrtpFailure: return "srtp_failure";
        case Fault::Stranger: return "stranger";
    }
    return "";
}

}  // namespace cms::session
