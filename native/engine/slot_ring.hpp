// A ring of numbered records in a file that several processes map: one writes, any number read the newest ones.
//
//   writer: begin(number) -> fill the slot -> commit(number, size, time, tag)
//   reader: newest() -> read(number) -> use the bytes -> intact(number)?
//
// The writer never waits and never knows its readers; a reader that is a whole ring behind finds the record gone, and one
// that was overtaken while it read finds it not intact. Readers can ask the writer for something by wish() alone, a count
// that it looks at when it likes. No lock, so a process killed at any moment leaves the others unharmed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace cms::engine {

// All throw std::system_error for what the system refuses (no space among it), std::invalid_argument for a wrong argument.
class SlotRing {
public:
    static constexpr std::uint32_t kMaxSlots = 1024;
    static constexpr std::uint64_t kMaxSlotBytes = 1U << 24;

    struct Record {
        std::span<const std::uint8_t> bytes;
        double time_s = 0;
        std::uint64_t tag = 0;
    };

    // Makes the file, with all its memory: what is full is known now, and not by a signal in the middle of a copy.
    static void create(const std::string& path, std::uint32_t slots, std::uint64_t slot_bytes);

    // Maps it, for as long as the object lives, whatever becomes of the file's name.
    explicit SlotRing(const std::string& path);
    ~SlotRing();
    SlotRing(const SlotRing&) = delete;
    SlotRing& operator=(const SlotRing&) = delete;

    std::uint64_t slot_bytes() const { return slot_bytes_; }
    std::uint32_t slots() const { return slots_; }

    // Numbers count from 1 and only grow; gaps are allowed. The slot is the writer's until commit.
    std::span<std::uint8_t> begin(std::uint64_t number);
    void commit(std::uint64_t number, std::size_t size, double time_s, std::uint64_t tag);

    // The number last committed; 0: none yet.
    std::uint64_t newest() const;
    // Nothing when it was never written, or is overwritten already.
    std::optional<Record> read(std::uint64_t number) const;
    // Whether what read() gave is still what was written.
    bool intact(std::uint64_t number) const;

    void wish();
    std::uint64_t wishes() const;

private:
    struct Header;
    struct Slot;

    Header& header() const;
    Slot& slot(std::uint64_t number) const;
    std::uint8_t* data(std::uint64_t number) const;

    std::uint8_t* memory_ = nullptr;
    std::size_t bytes_ = 0;
    std::uint32_t slots_ = 0;
    std::uint64_t slot_bytes_ = 0;
};

}  // namespace cms::engine
