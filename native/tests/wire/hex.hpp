// Test vectors as RFCs print them: hexadecimal digits, blanks anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/bytes.hpp"

namespace cms::test {

inline std::vector<std::uint8_t> hex(std::string_view digits) {
    std::vector<std::uint8_t> bytes;
    std::string pair;
    for (const char digit : digits) {
        if (digit == ' ' || digit == '\n') continue;
        pair.push_back(digit);
        if (pair.size() < 2) continue;
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
        pair.clear();
    }
    return bytes;
}

inline std::string to_hex(wire::Bytes bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

}  // namespace cms::test
