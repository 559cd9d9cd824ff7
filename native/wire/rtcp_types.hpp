// Numbers of RTCP that its parser and its builder share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cms::wire::rtcp {

// RFC 3550 §12.1, RFC 4585 §6.1.
enum PacketType : std::uint8_t {
    kSenderReport = 200,
    kReceiverReport = 201,
    kSourceDescription = 202,
    kBye = 203,
    kRtpFeedback = 205,
    kPayloadFeedback = 206
};

enum RtpFeedbackFormat : std::uint8_t { kNack = 1, kTmmbr = 3, kTmmbn = 4 };           // RFC 4585 §6.2, RFC 5104 §4.2
enum PayloadFeedbackFormat : std::uint8_t { kPli = 1, kFir = 4, kApplicationLayer = 15 };  // §6.3, §4.3, §6.4

inline constexpr std::size_t kHeaderBytes = 4;
inline constexpr std::size_t kSenderInfoBytes = 20;
inline constexpr std::size_t kBlockBytes = 24;
inline constexpr std::size_t kMaxBlocks = 31;           // five bits of count
inline constexpr std::size_t kFeedbackSsrcBytes = 8;    // sender and media source, before the FCI
inline constexpr std::size_t kNackBytes = 4;            // one FCI entry
inline constexpr std::size_t kLimitBytes = 8;           // one FCI entry of TMMBR and TMMBN
inline constexpr std::size_t kFirBytes = 8;
inline constexpr std::uint8_t kCnameItem = 1;
inline constexpr std::uint32_t kRembName = 0x52454D42;  // "REMB"

}  // namespace cms::wire::rtcp
