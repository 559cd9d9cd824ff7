#include "video/axis.hpp"

#include <algorithm>
#include <array>

namespace cms::video {
namespace {

constexpr std::size_t kKept = 32;  // four for each pair of sizes
constexpr int kWindow = 128;
constexpr std::uint8_t kElsewhere = 0x80;

// A weight of 256 does not fit a byte: the neighbour takes one part of it.
void fit_into_bytes(std::vector<int>& weights) {
    if (weights.size() < 2) weights.resize(2);
    for (std::size_t k = 0; k < weights.size(); ++k)
        if (weights[k] == 256) {
            weights[k] = 255;
            weights[k == 0 ? 1 : k - 1] += 1;
        }
}

std::vector<std::uint8_t> bytes_of(std::vector<int> weights) {
    fit_into_bytes(weights);
    return {weights.begin(), weights.end()};
}

}  // namespace

Axis::Axis(int from_samples, int to_samples) : from(from_samples), to(to_samples) {
    const auto count = static_cast<std::size_t>(to + kBlock - 1) / kBlock * kBlock;
    first.resize(count);
    row_ = 2 * count;
    std::vector<Weights> found;
    found.reserve(count);
    if (to < from)
        shrink(found);
    else
        grow(found);
    std::fill(first.begin() + to, first.end(), first[static_cast<std::size_t>(to - 1)]);
    store(found);
    shuffle_lanes();
    shuffle_blocks();
}

// In units of 1/to of a source sample: sample i of the result covers [i * from, (i + 1) * from), sample k of the source
// [k * to, (k + 1) * to).
void Axis::shrink(std::vector<Weights>& found) {
    for (int i = 0; i < to; ++i) {
        const std::int64_t begin = std::int64_t{i} * from;
        const std::int64_t end = begin + from;
        std::vector<int> weights;
        first[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(begin / to);
        int before = 0;
        for (std::int64_t k = begin / to; k * to < end; ++k) {
            const std::int64_t covered = std::min((k + 1) * to, end) - begin;
            const int sum = static_cast<int>((covered * 512 + from) / (2 * std::int64_t{from}));
            weights.push_back(sum - before);
            before = sum;
        }
        found.push_back(bytes_of(std::move(weights)));
    }
}

// The centre of sample i of the result lies at (i + 1/2) * from / to - 1/2 of the source.
void Axis::grow(std::vector<Weights>& found) {
    for (int i = 0; i < to; ++i) {
        const std::int64_t unit = 2 * std::int64_t{to};
        const std::int64_t centre =
            std::clamp((2 * std::int64_t{i} + 1) * from - to, std::int64_t{0}, (std::int64_t{from} - 1) * unit);
        const int above = static_cast<int>((centre % unit * 512 + unit) / (2 * unit));
        first[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(centre / unit);
        found.push_back(bytes_of({256 - above, above}));
    }
}

void Axis::store(const std::vector<Weights>& found) {
    for (const Weights& each : found) taps = std::max(taps, static_cast<int>(each.size() + 1) / 2 * 2);
    weights_.assign(row_ * static_cast<std::size_t>(taps / 2), 0);
    for (std::size_t i = 0; i < found.size(); ++i)
        for (std::size_t k = 0; k < found[i].size(); ++k) weights_[k / 2 * row_ + 2 * i + k % 2] = found[i][k];
}

void Axis::shuffle_lanes() {
    for (std::size_t i = 0; i < first.size(); ++i) {
        const int span = first[i] - first[i / kLane * kLane] + 2;
        windows = std::max(windows, (span + kLaneBytes - 1) / kLaneBytes);
    }
    if (windows > kMostWindows) windows = 0;
    if (windows == 0) return;
    lanes_.assign(row_ * static_cast<std::size_t>(windows), kElsewhere);
    for (std::size_t i = 0; i < first.size(); ++i)
        for (int k = 0; k < 2; ++k) {
            const int offset = first[i] - first[i / kLane * kLane] + k;
            const auto window = static_cast<std::size_t>(offset / kLaneBytes);
            lanes_[window * row_ + 2 * i + static_cast<std::size_t>(k)] = static_cast<std::uint8_t>(offset % kLaneBytes);
        }
}

void Axis::shuffle_blocks() {
    for (std::size_t i = 0; i < first.size(); ++i)
        block_span = std::max(block_span, first[i] - first[i / kBlock * kBlock] + 2);
    if (block_span > kWindow) return;
    blocks_.resize(row_);
    for (std::size_t i = 0; i < row_; ++i)
        blocks_[i] = static_cast<std::uint8_t>(first[i / 2] - first[i / 2 / kBlock * kBlock] + static_cast<int>(i % 2));
}

std::shared_ptr<const Axis> axis(int from, int to) {
    thread_local std::array<std::shared_ptr<const Axis>, kKept> kept;
    const auto fits = [&](const auto& each) { return each && each->from == from && each->to == to; };
    auto found = std::find_if(kept.begin(), kept.end(), fits);
    if (found == kept.end()) {
        found = kept.end() - 1;
        *found = std::make_shared<const Axis>(from, to);
    }
    std::rotate(kept.begin(), found, found + 1);
    return kept.front();
}

}  // namespace cms::video
