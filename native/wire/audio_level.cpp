#include "wire/audio_level.hpp"

#include <algorithm>

namespace cms::wire {

namespace {

constexpr std::uint8_t kExtensionFlag = 0x10;
constexpr std::uint8_t kVoiceFlag = 0x80;
constexpr std::uint16_t kOneByteProfile = 0xBEDE;
constexpr int kSilence = 127;

}  // namespace

std::optional<int> audio_level(const RtpView& packet, std::uint8_t id) {
    const auto data = packet.extension(id);
    if (!data || data->empty()) return std::nullopt;
    return (*data)[0] & ~kVoiceFlag;
}

std::size_t write_audio_level(MutableBytes packet, std::uint8_t id, int level, bool voice) {
    constexpr std::size_t end = kRtpHeaderBytes + kAudioLevelBytes;
    if (packet.size() < end) return 0;
    packet[0] |= kExtensionFlag;
    std::uint8_t* extension = packet.data() + kRtpHeaderBytes;
    store_u16(extension, kOneByteProfile);
    store_u16(extension + 2, 1);  // words
    extension[4] = static_cast<std::uint8_t>(id << 4);
    extension[5] = static_cast<std::uint8_t>(std::clamp(level, 0, kSilence) | (voice ? kVoiceFlag : 0));
    extension[6] = extension[7] = 0;
    return end;
}

}  // namespace cms::wire
