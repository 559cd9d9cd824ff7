// Bits of an H.264 NAL unit: skips emulation prevention bytes (ITU-T H.264 §7.3.1), reads Exp-Golomb (§9.1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/bytes.hpp"

namespace cms::payload {

class BitReader {
public:
    explicit BitReader(wire::Bytes bytes) : bytes_(bytes) {}

    // Reading past the end gives zeros and makes this false: check once, at the end.
    bool ok() const { return ok_; }

    std::uint32_t bit() {
        if (left_ == 0 && !next_byte()) return 0;
        --left_;
        return current_ >> left_ & 1u;
    }

    std::uint32_t bits(unsigned count) {
        std::uint32_t value = 0;
        while (count-- > 0) value = value << 1 | bit();
        return value;
    }

    std::uint32_t unsigned_golomb() {
        unsigned zeros = 0;
        while (bit() == 0) {
            if (++zeros > 31 || !ok_) {
                ok_ = false;
                return 0;
            }
        }
        return (1u << zeros) - 1 + bits(zeros);
    }

    std::int32_t signed_golomb() {
        const std::uint32_t code = unsigned_golomb();
        const auto half = static_cast<std::int32_t>(code / 2 + (code & 1));
        return (code & 1) != 0 ? half : -half;
    }

private:
    bool next_byte() {
        if (zeros_ >= 2 && at_ < bytes_.size() && bytes_[at_] == 3) {
            ++at_;
            zeros_ = 0;
        }
        if (at_ >= bytes_.size()) {
            ok_ = false;
            return false;
        }
        current_ = bytes_[at_++];
        zeros_ = current_ == 0 ? zeros_ + 1 : 0;
        left_ = 8;
        return true;
    }

    wire::Bytes bytes_;
    std::size_t at_ = 0;
    unsigned zeros_ = 0;  // zero bytes just read
    std::uint8_t current_ = 0;
    unsigned left_ = 0;  // bits of current_ not yet read
    bool ok_ = true;
};

}  // namespace cms::payload
