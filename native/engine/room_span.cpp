#include "engine/room_span.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace cms::engine {

RoomSpan::RoomSpan(std::shared_ptr<SlotRing> write, std::vector<std::shared_ptr<SlotRing>> read)
    : write_(std::move(write)), read_(std::move(read)), others_(read_.size()) {
    heard_.reserve(read_.size());
    const auto small = [](const auto& ring) { return ring != nullptr && ring->slot_bytes() < sizeof(Sum); };
    if (small(write_)) throw std::invalid_argument("write: slots too small for a tick");
    for (const auto& ring : read_) {
        if (ring == nullptr || small(ring)) throw std::invalid_argument("read: no ring, or slots too small for a tick");
    }
}

void RoomSpan::read(std::uint64_t tick) {
    heard_.clear();
    const std::uint64_t wanted = tick - 1;
    for (std::size_t i = 0; i < read_.size(); ++i) {
        Other& other = others_[i];
        const auto record = read_[i]->read(wanted);
        Sum sum;
        const bool speaks = record && record->bytes.size() == sizeof sum;
        if (speaks) std::memcpy(sum.data(), record->bytes.data(), sizeof sum);
        if (!record || !read_[i]->intact(wanted)) {
            if (other.begun) ++missed_;
            continue;
        }
        other.begun = true;
        if (!speaks) continue;
        other.limiter.apply(sum, other.block.data());
        heard_.push_back(other.block.data());
    }
}

void RoomSpan::write(std::uint64_t tick, std::span<const std::int32_t> sum) {
    if (write_ == nullptr || tick <= write_->newest()) return;
    Sum own{};
    std::copy_n(sum.begin(), std::min(sum.size(), own.size()), own.begin());
    for (const std::int16_t* heard : heard_) {
        for (std::size_t i = 0; i < own.size(); ++i) own[i] -= heard[i];
    }
    const bool silent = std::ranges::all_of(own, [](std::int32_t value) { return value == 0; });
    const auto slot = write_->begin(tick);
    if (!silent) std::memcpy(slot.data(), own.data(), sizeof own);
    write_->commit(tick, silent ? 0 : sizeof own, static_cast<double>(tick), 0);
}

}  // namespace cms::engine
