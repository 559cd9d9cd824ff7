#include "session/source_gate.hpp"

namespace cms::session {

void SourceGate::expect(const Address& negotiated, double now_s) {
    if (expecting_ && negotiated == negotiated_) return;
    *this = SourceGate{};
    expecting_ = true;
    negotiated_ = current_ = negotiated;
    since_s_ = now_s;
}

SourceGate::Verdict SourceGate::judge(const Address& from, bool authenticated, double now_s) {
    if (from == negotiated_) {
        confirmed_ = true;
        latched_ = false;
        current_ = from;
        return Verdict::Accept;
    }
    if (latched_ && from == current_) return Verdict::Accept;
    if (authenticated) {
        latch(from);
        return Verdict::Accept;
    }
    if (confirmed_ || latched_) return Verdict::Stranger;
    if (!proven(from, now_s)) return Verdict::Unproven;
    latch(from);
    return Verdict::Accept;
}

void SourceGate::latch(const Address& from) {
    latched_ = true;
    current_ = from;
}

bool SourceGate::proven(const Address& from, double now_s) {
    if (from.same_host(negotiated_)) return true;
    if (from != candidate_) {
        candidate_ = from;
        candidate_packets_ = 0;
    }
    return ++candidate_packets_ >= kProofPackets && now_s - since_s_ >= kPatienceS;
}

}  // namespace cms::session
