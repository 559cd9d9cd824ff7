#include "session/link.hpp"

#include "wire/demux.hpp"

namespace cms::session {

namespace {

constexpr wire::SrtpResult kNoContext{wire::SrtpStatus::CryptoFailure, 0};

std::unique_ptr<wire::SrtpContext> make_context(const std::optional<SrtpKey>& key) {
    return key ? wire::SrtpContext::create(key->suite, key->key_and_salt) : nullptr;
}

}  // namespace

bool Link::apply(const LinkSettings& settings, const PayloadTypes& accepted, double now_s) {
    const bool new_send_key = settings.srtp_send != settings_.srtp_send;
    if (new_send_key) encrypt_ = make_context(settings.srtp_send);
    if (settings.srtp_receive != settings_.srtp_receive) decrypt_ = make_context(settings.srtp_receive);
    rtp_gate_.expect(settings.remote_rtp, now_s);
    rtcp_gate_.expect(settings.remote_rtcp, now_s);
    settings_ = settings;
    accepted_ = accepted;
    settle();
    return new_send_key;
}

std::optional<Incoming> Link::receive(Channel channel, MutableBytes datagram, const Address& from, double now_s) {
    ++stats_.datagrams;
    stats_.bytes += datagram.size();
    switch (wire::classify(datagram)) {
        case wire::PacketKind::Rtp: return receive_rtp(channel, datagram, from, now_s);
        case wire::PacketKind::Rtcp: return receive_rtcp(channel, datagram, from, now_s);
        case wire::PacketKind::Unknown:
            // An empty datagram is a keep-alive (RFC 6263 section 4.1).
            if (!datagram.empty()) faults_.note(Fault::MalformedRtp, from);
            break;
        default: break;
    }
    ++stats_.not_rtp;
    return std::nullopt;
}

std::optional<Incoming> Link::receive_rtp(Channel channel, MutableBytes datagram, const Address& from, double now_s) {
    MutableBytes packet = datagram;
    if (settings_.srtp_receive) {
        if (!decrypt_) return std::nullopt;
        const wire::SrtpResult result = decrypt_->unprotect(datagram);
        if (!decrypted(result, channel, from, Fault::MalformedRtp)) return std::nullopt;
        packet = datagram.first(result.size);
    }
    const std::optional<wire::RtpView> view = wire::RtpView::parse(packet);
    if (!view) {
        faults_.note(Fault::MalformedRtp, from);
        return std::nullopt;
    }
    if (!accepted_.test(view->payload_type)) {
        faults_.note(gate(channel).knows(from) ? Fault::UnknownPayloadType : Fault::Stranger, from);
        return std::nullopt;
    }
    if (!admit(channel, from, decrypt_ != nullptr, now_s)) return std::nullopt;
    if (!settled_) settle();
    return Incoming{false, packet, *view};
}

std::optional<Incoming> Link::receive_rtcp(Channel channel, MutableBytes datagram, const Address& from, double now_s) {
    MutableBytes packet = datagram;
    if (settings_.srtp_receive) {
        if (!decrypt_) return std::nullopt;
        const wire::SrtpResult result = decrypt_->unprotect_rtcp(datagram);
        if (!decrypted(result, channel, from, Fault::MalformedRtcp)) return std::nullopt;
        packet = datagram.first(result.size);
    }
    // Plain RTCP proves nothing about where media comes from, so beside RTP it must come from the same place.
    const bool learns = channel == Channel::Rtcp || decrypt_ != nullptr;
    if (!learns && !gate(channel).knows(from)) {
        faults_.note(Fault::Stranger, from);
        return std::nullopt;
    }
    if (learns && !admit(channel, from, decrypt_ != nullptr, now_s)) return std::nullopt;
    return Incoming{true, packet, {}};
}

bool Link::admit(Channel channel, const Address& from, bool authenticated, double now_s) {
    switch (gate(channel).judge(from, authenticated, now_s)) {
        case SourceGate::Verdict::Accept: return true;
        case SourceGate::Verdict::Unproven: ++stats_.unproven; return false;
        case SourceGate::Verdict::Stranger: faults_.note(Fault::Stranger, from); return false;
    }
    return false;
}

// Who has a key may move, so is never nailed down.
void Link::settle() {
    const bool sure = rtp_gate_.confirmed() && !settings_.srtp_receive;
    if (sure == settled_) return;
    settled_ = sure;
    sink_.settle(sure ? std::optional(rtp_gate_.peer()) : std::nullopt);
}

bool Link::decrypted(const wire::SrtpResult& result, Channel channel, const Address& from, Fault malformed) {
    if (result) return true;
    if (result.status == wire::SrtpStatus::Replayed) {
        ++stats_.replayed;
    } else if (!gate(channel).knows(from)) {
        faults_.note(Fault::Stranger, from);
    } else {
        faults_.note(result.status == wire::SrtpStatus::Malformed ? malformed : Fault::SrtpFailure, from);
    }
    return false;
}

std::size_t Link::protect_rtp(MutableBytes buffer, std::size_t size) {
    if (!settings_.srtp_send) return size;
    const wire::SrtpResult result = encrypt_ ? encrypt_->protect(buffer, size) : kNoContext;
    if (!result) ++stats_.send_failures;
    return result.size;
}

void Link::send_protected_rtp(Bytes packet) { sink_.send(Channel::Rtp, packet, rtp_gate_.peer()); }

void Link::send_protected_rtp(std::span<const Bytes> packets) {
    sink_.send_row(Channel::Rtp, packets, rtp_gate_.peer());
}

void Link::send_rtcp(MutableBytes buffer, std::size_t size) {
    if (settings_.srtp_send) {
        const wire::SrtpResult result = encrypt_ ? encrypt_->protect_rtcp(buffer, size) : kNoContext;
        if (!result) {
            ++stats_.send_failures;
            return;
        }
        size = result.size;
    }
    const bool mux = settings_.rtcp_mux;
    sink_.send(mux ? Channel::Rtp : Channel::Rtcp, buffer.first(size), (mux ? rtp_gate_ : rtcp_gate_).peer());
}

}  // namespace cms::session
