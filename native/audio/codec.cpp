#include "audio/codec.hpp"

#include <algorithm>
#include <array>

#include "audio/low_rate_codec.hpp"
#include "audio/opus_codec.hpp"

namespace cms::audio {
namespace {

struct Entry {
    Codec codec;
    std::string_view name;
    int clock_hz;
    Rate rate;
};

constexpr std::array<Entry, 4> kCodecs{{
    {Codec::pcmu, "PCMU", 8000, Rate::khz8},
    {Codec::pcma, "PCMA", 8000, Rate::khz8},
    {Codec::g722, "G722", 8000, Rate::khz16},
    {Codec::opus, "opus", 48000, Rate::khz48},
}};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

const Entry& entry(Codec codec) { return kCodecs[static_cast<std::size_t>(codec)]; }

}  // namespace

std::optional<Codec> codec_by_name(std::string_view name) {
    for (const Entry& known : kCodecs)
        if (std::ranges::equal(name, known.name, {}, lower, lower)) return known.codec;
    return std::nullopt;
}

std::string_view codec_name(Codec codec) { return entry(codec).name; }

int rtp_clock_hz(Codec codec) { return entry(codec).clock_hz; }

Rate codec_rate(Codec codec) { return entry(codec).rate; }

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
