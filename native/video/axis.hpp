// One axis of a scaling: which samples, with which weights, make each sample of the result.
//
// Shrinking takes the mean of the area under a sample, growing interpolates between the two nearest centres. Weights are in
// 1/256 and add up to 256; they are rounded so that the error does not add up along an area.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace cms::video {

class Axis {
public:
    // What a line must have to spare behind its samples; the first byte of it repeats the last sample.
    static constexpr int kPadding = 192;
    // Results are handled in blocks: the tables are filled up to a multiple of this with weights of nothing.
    static constexpr int kBlock = 32;
    static constexpr int kLane = 8;
    static constexpr int kLaneBytes = 16;

    Axis(int from, int to);  // both at least 1

    int from, to;
    int taps = 2;  // even
    // By sample of the result: the first of `taps` neighbours.
    std::vector<std::int32_t> first;
    // Two bytes by sample, for each pair of taps: pair_weights(p) + 2 * i are the weights of taps 2 p and 2 p + 1.
    const std::uint8_t* pair_weights(int pair) const { return weights_.data() + static_cast<std::size_t>(pair) * row_; }

    // Byte shuffles that bring the two neighbours of tap pair 0 together, for eight samples from windows of 16 bytes that begin
    // at first[8 n]; 0x80 where the byte is in another window. There are none, 0, when it would take more than kMostWindows.
    static constexpr int kMostWindows = 4;
    int windows = 1;
    const std::uint8_t* lane_shuffle(int window) const { return lanes_.data() + static_cast<std::size_t>(window) * row_; }

    // The same for 32 samples from one window of 128 bytes that begins at first[32 n]; `block_span` is how much of it is used.
    // nullptr when that is more than it has.
    int block_span = 0;
    const std::uint8_t* block_shuffle() const { return blocks_.empty() ? nullptr : blocks_.data(); }

private:
    using Weights = std::vector<std::uint8_t>;
    void shrink(std::vector<Weights>& found);
    void grow(std::vector<Weights>& found);
    void store(const std::vector<Weights>& found);
    void shuffle_lanes();
    void shuffle_blocks();

    std::size_t row_ = 0;
    std::vector<std::uint8_t> weights_, lanes_, blocks_;
};

// This thread's tables, the most recent few are kept.
std::shared_ptr<const Axis> axis(int from, int to);

}  // namespace cms::video
