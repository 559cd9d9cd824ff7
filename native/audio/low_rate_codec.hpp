// PCMU, PCMA and G.722: one byte is one tick of an 8 kHz clock, one sample at 8 kHz or two at 16 kHz.
#pragma once

#include <memory>

#include "audio/codec.hpp"

namespace cms::audio {

// `codec` is not opus.
std::unique_ptr<Encoder> make_low_rate_encoder(Codec codec, int packet_time_ms);
std::unique_ptr<Decoder> make_low_rate_decoder(Codec codec);

}  // namespace cms::audio
