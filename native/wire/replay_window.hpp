// Which packet indices of one source were seen already (RFC 3711 §3.3.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cms::wire {

class ReplayWindow {
public:
    // RFC 3711 asks for 64 at least. 1024 packets are a second of 10 Mbit/s: retransmissions come that late.
    static constexpr std::int64_t kSize = 1024;

    // Neither seen before nor too old to tell.
    bool fresh(std::int64_t index) const {
        if (index > newest_) return true;
        if (index < 0 || index <= newest_ - kSize) return false;
        return (word(index) >> (index % 64) & 1) == 0;
    }

    // Only after the packet proved authentic: a forgery must not move the window.
    void accept(std::int64_t index) {
        if (index > newest_) advance(index);
        words_[slot(index)] |= std::uint64_t{1} << (index % 64);
    }

    std::int64_t newest() const { return newest_; }  // -1: none yet

private:
    static constexpr std::size_t slot(std::int64_t index) { return static_cast<std::size_t>(index % kSize / 64); }
    std::uint64_t word(std::int64_t index) const { return words_[slot(index)]; }

    void advance(std::int64_t index) {
        if (index - newest_ >= kSize) {
            words_.fill(0);
        } else {
            for (std::int64_t i = newest_ + 1; i <= index; ++i) words_[slot(i)] &= ~(std::uint64_t{1} << (i % 64));
        }
        newest_ = index;
    }

    std::array<std::uint64_t, kSize / 64> words_{};
    std::int64_t newest_ = -1;
};

}  // namespace cms::wire
