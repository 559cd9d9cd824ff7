#include "audio/codec.hpp"

#include <algorithm>
#include <array>

#include "audio/low_rate_codec.hpp"
#include "audio/opus_codec.hpp"

namespace cms::audio {
namespace {

// In the order of Codec.
constexpr std::array<std::string_view, 4> kNames{"PCMU", "PCMA", "G722", "opus"};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<Codec> codec_by_name(std::string_view name) {
    const auto same = [name](std::string_view known) { return std::ranges::equal(name, known, {}, lower, lower); };
    const auto found = std::ranges::find_if(kNames, same);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Codec>(found - kNames.begin());
}

std::string_view codec_name(Codec codec) { return kNames[static_cast<std::size_t>(codec)]; }

int packet_time_ms(Codec codec, int wanted_ms) {
    constexpr std::array<int, 5> known{10, 20, 30, 40, 60};
    if (std::ranges::find(known, wanted_ms) == known.end()) return kTickMs;
    return codec == Codec::opus && wanted_ms == 30 ? kTickMs : wanted_ms;
}

std::unique_ptr<Encoder> make_encoder(Codec codec, const EncoderSettings& settings) {
    if (packet_time_ms(codec, settings.packet_time_ms) != settings.packet_time_ms) return nullptr;
    return codec == Codec::opus ? make_opus_encoder(settings) : make_low_rate_encoder(codec, settings.packet_time_ms);
}

std::unique_ptr<Decoder> make_decoder(Codec codec) {
    return codec == Codec::opus ? make_opus_decoder() : make_low_rate_decoder(codec);
}

}  // namespace cms::audio
