#include "engine/slot_ring.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

#include "engine/descriptor.hpp"

namespace cms::engine {

namespace {

constexpr std::uint64_t kMagic = 0x314b'5452'534d'4343;  // "CCMSRTK1": another layout gets another
constexpr std::size_t kLineBytes = 64;

constexpr std::uint64_t whole_lines(std::uint64_t bytes) { return (bytes + kLineBytes - 1) / kLineBytes * kLineBytes; }

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

struct alignas(kLineBytes) SlotRing::Header {
    std::uint64_t magic;
    std::uint64_t slots;
    std::uint64_t slot_bytes;
    alignas(kLineBytes) std::atomic<std::uint64_t> newest;
    alignas(kLineBytes) std::atomic<std::uint64_t> wishes;
};

struct alignas(kLineBytes) SlotRing::Slot {
    std::atomic<std::uint64_t> number;  // 0: being written
    std::uint64_t size;
    double time_s;
    std::uint64_t tag;
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "processes share no locks");

void SlotRing::create(const std::string& path, std::uint32_t slots, std::uint64_t slot_bytes) {
    if (slots < 2 || slots > kMaxSlots) throw std::invalid_argument("slots: not in 2..1024");
    if (slot_bytes < 1 || slot_bytes > kMaxSlotBytes) throw std::invalid_argument("slot_bytes: not in 1..2^24");
    const engine::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) fail("open");
    const std::uint64_t bytes = sizeof(Header) + slots * (sizeof(Slot) + whole_lines(slot_bytes));
    if (const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)); error != 0) {
        ::unlink(path.c_str());
        throw std::system_error(error, std::generic_category(), "posix_fallocate");
    }
    Header header{};
    header.magic = kMagic;
    header.slots = slots;
    header.slot_bytes = slot_bytes;
    if (::pwrite(file.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) fail("pwrite");
}

SlotRing::SlotRing(const std::string& path) {
    const engine::Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (file.get() < 0) fail("open");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail("fstat");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size < sizeof(Header)) throw std::invalid_argument("path: no ring, too short");
    void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (mapped == MAP_FAILED) fail("mmap");
    memory_ = static_cast<std::uint8_t*>(mapped);
    bytes_ = size;
    const Header& head = header();
    const bool sane = head.magic == kMagic && head.slots >= 2 && head.slots <= kMaxSlots && head.slot_bytes >= 1 &&
                      head.slot_bytes <= kMaxSlotBytes &&
                      size >= sizeof(Header) + head.slots * (sizeof(Slot) + whole_lines(head.slot_bytes));
    if (!sane) {
        ::munmap(memory_, bytes_);
        throw std::invalid_argument("path: no ring of this version");
    }
    // Kept apart from the file: what another process scribbles there cannot lead us outside.
    slots_ = static_cast<std::uint32_t>(head.slots);
    slot_bytes_ = head.slot_bytes;
}

SlotRing::~SlotRing() { ::munmap(memory_, bytes_); }

SlotRing::Header& SlotRing::header() const { return *std::launder(reinterpret_cast<Header*>(memory_)); }

SlotRing::Slot& SlotRing::slot(std::uint64_t number) const {
    std::uint8_t* first = memory_ + sizeof(Header);
    return *std::launder(reinterpret_cast<Slot*>(first + number % slots_ * sizeof(Slot)));
}

std::uint8_t* SlotRing::data(std::uint64_t number) const {
    return memory_ + sizeof(Header) + slots_ * sizeof(Slot) + number % slots_ * whole_lines(slot_bytes_);
}

std::span<std::uint8_t> SlotRing::begin(std::uint64_t number) {
    if (number == 0 || number <= newest()) throw std::invalid_argument("number: not above the newest");
    slot(number).number.store(0, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);  // readers see the 0 before the first new byte
    return {data(number), slot_bytes_};
}

void SlotRing::commit(std::uint64_t number, std::size_t size, double time_s, std::uint64_t tag) {
    if (number == 0 || number <= newest()) throw std::invalid_argument("number: not above the newest");
    if (size > slot_bytes_) throw std::invalid_argument("size: more than a slot");
    Slot& record = slot(number);
    record.size = size;
    record.time_s = time_s;
    record.tag = tag;
    record.number.store(number, std::memory_order_release);
    header().newest.store(number, std::memory_order_release);
}

std::uint64_t SlotRing::newest() const { return header().newest.load(std::memory_order_acquire); }

std::optional<SlotRing::Record> SlotRing::read(std::uint64_t number) const {
    const Slot& record = slot(number);
    if (number == 0 || record.number.load(std::memory_order_acquire) != number) return std::nullopt;
    const Record found{{data(number), std::min(record.size, slot_bytes_)}, record.time_s, record.tag};
    if (!intact(number)) return std::nullopt;
    return found;
}

bool SlotRing::intact(std::uint64_t number) const {
    std::atomic_thread_fence(std::memory_order_acquire);  // the bytes were read before the number is
    return slot(number).number.load(std::memory_order_relaxed) == number;
}

void SlotRing::wish() { header().wishes.fetch_add(1, std::memory_order_relaxed); }

std::uint64_t SlotRing::wishes() const { return header().wishes.load(std::memory_order_relaxed); }

}  // namespace cms::engine
