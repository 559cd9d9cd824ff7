// Opus (RFC 6716) at 48 kHz mono; stereo from the peer is folded to mono by the decoder (RFC 7587 section 3.4).
#pragma once

#include <memory>

#include "audio/codec.hpp"

namespace cms::audio {

std::unique_ptr<Encoder> make_opus_encoder(const EncoderSettings& settings);
std::unique_ptr<Decoder> make_opus_decoder();

}  // namespace cms::audio
