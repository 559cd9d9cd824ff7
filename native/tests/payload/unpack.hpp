// What a payload format makes of some payloads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "payload/payload_format.hpp"
#include "wire/hex.hpp"

namespace cms::test {

struct Unpacked {
    std::vector<std::uint8_t> data;
    payload::PayloadFormat::Verdict verdict;
    unsigned malformed = 0;
};

// Payloads in hexadecimal; a leading "!" means that packets before it are missing.
inline Unpacked unpack(payload::PayloadFormat& format, const std::vector<std::string>& payloads) {
    Unpacked result;
    format.begin();
    for (const std::string& each : payloads) {
        const bool after_loss = each[0] == '!';
        if (!format.append(hex(each.substr(after_loss ? 1 : 0)), after_loss, result.data)) ++result.malformed;
    }
    result.verdict = format.end(result.data);
    return result;
}

}  // namespace cms::test
