// A ring with the last seconds of a stream's sound, written by the real-time thread, read by one other thread.
//
// Lock-free; the writer never waits: what is not read in time is overwritten, and counted by the reader.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "audio/block.hpp"

namespace cms::audio {

class Tap {
public:
    // Rounded up to whole ticks, at least two.
    explicit Tap(double seconds);

    // Writer's thread: 20 ms at 48 kHz.
    void write(std::span<const std::int16_t, kTickSamples> block);

    // Reader's thread: whole ticks in order, as many as fit into `out`. Returns samples.
    std::size_t read(std::span<std::int16_t> out);

    // Reader's thread: samples that can be read now, at most capacity().
    std::size_t available() const;

    std::size_t capacity() const { return static_cast<std::size_t>(ticks_) * kTickSamples; }
    // Reader's thread: ticks that were overwritten before they were read.
    std::uint64_t lost_ticks() const { return lost_ticks_; }

private:
    static constexpr int kWordsPerTick = kTickSamples / 4;

    bool copy_tick(std::uint64_t tick, std::int16_t* out) const;

    std::uint64_t ticks_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
    std::atomic<std::uint64_t> started_{0};   // ticks whose writing has begun
    std::atomic<std::uint64_t> finished_{0};  // ticks that are whole
    std::uint64_t read_ = 0;
    std::uint64_t lost_ticks_ = 0;
};

}  // namespace cms::audio
