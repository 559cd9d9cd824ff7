#include "engine/slot_ring.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

using cms::engine::SlotRing;

namespace {

// A ring in a folder of its own that goes when the test ends.
struct Place {
    std::filesystem::path folder;
    std::string path;

    Place() {
        std::string name = (std::filesystem::temp_directory_path() / "cms-ring-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        path = folder / "ring";
    }
    ~Place() { std::filesystem::remove_all(folder); }
};

void write(SlotRing& ring, std::uint64_t number, std::string_view text, double time_s = 0, std::uint64_t tag = 0) {
    const auto slot = ring.begin(number);
    std::memcpy(slot.data(), text.data(), text.size());
    ring.commit(number, text.size(), time_s, tag);
}

std::string text(const SlotRing& ring, std::uint64_t number) {
    const auto record = ring.read(number);
    return record ? std::string(record->bytes.begin(), record->bytes.end()) : "gone";
}

}  // namespace

TEST_SUITE("slot_ring") {
    TEST_CASE("what one writes through one mapping another reads through its own") {
        const Place place;
        SlotRing::create(place.path, 3, 100);
        SlotRing writer(place.path);
        const SlotRing reader(place.path);
        CHECK(reader.newest() == 0);
        CHECK_FALSE(reader.read(1));
        write(writer, 1, "one", 12.5, 7);
        CHECK(reader.newest() == 1);
        const auto record = reader.read(1);
        REQUIRE(record);
        CHECK(record->time_s == 12.5);
        CHECK(record->tag == 7);
        CHECK(text(reader, 1) == "one");
        CHECK(reader.intact(1));
    }

    TEST_CASE("a record goes when its slot is taken again, and from the moment that is begun") {
        const Place place;
        SlotRing::create(place.path, 2, 8);
        SlotRing ring(place.path);
        write(ring, 1, "a");
        write(ring, 2, "b");
        write(ring, 3, "c");
        CHECK(text(ring, 1) == "gone");
        CHECK(text(ring, 2) == "b");
        ring.begin(4);
        CHECK_FALSE(ring.intact(2));
        CHECK(ring.newest() == 3);
        CHECK(text(ring, 3) == "c");
    }

    TEST_CASE("numbers may leave gaps and never go back") {
        const Place place;
        SlotRing::create(place.path, 4, 8);
        SlotRing ring(place.path);
        write(ring, 10, "x");
        write(ring, 13, "y");
        CHECK(text(ring, 10) == "x");
        CHECK(text(ring, 11) == "gone");
        CHECK_THROWS_AS(ring.begin(13), std::invalid_argument);
        CHECK_THROWS_AS(ring.commit(12, 1, 0, 0), std::invalid_argument);
        CHECK_THROWS_AS(ring.commit(14, 9, 0, 0), std::invalid_argument);
    }

    TEST_CASE("wishes of readers reach the writer") {
        const Place place;
        SlotRing::create(place.path, 2, 8);
        const SlotRing writer(place.path);
        SlotRing reader(place.path);
        reader.wish();
        reader.wish();
        CHECK(writer.wishes() == 2);
    }

    TEST_CASE("the memory outlives the name") {
        const Place place;
        SlotRing::create(place.path, 2, 8);
        SlotRing writer(place.path);
        const SlotRing reader(place.path);
        std::filesystem::remove(place.path);
        write(writer, 1, "still");
        CHECK(text(reader, 1) == "still");
    }

    TEST_CASE("what is no ring is refused, and so are wrong sizes") {
        const Place place;
        CHECK_THROWS_AS(SlotRing(place.path), std::system_error);
        CHECK_THROWS_AS(SlotRing::create(place.path, 1, 8), std::invalid_argument);
        CHECK_THROWS_AS(SlotRing::create(place.path, 2, 0), std::invalid_argument);
        std::ofstream(place.path) << "short";
        CHECK_THROWS_AS(SlotRing(place.path), std::invalid_argument);
        std::ofstream(place.path) << std::string(4096, 'x');
        CHECK_THROWS_AS(SlotRing(place.path), std::invalid_argument);
        CHECK_THROWS_AS(SlotRing::create(place.path, 2, 8), std::system_error);  // there is such a file
        CHECK_THROWS_AS(SlotRing::create("/nowhere/ring", 2, 8), std::system_error);
    }

    TEST_CASE("a header that is scribbled over later cannot lead outside") {
        const Place place;
        SlotRing::create(place.path, 2, 8);
        SlotRing ring(place.path);
        write(ring, 1, "a");
        std::fstream file(place.path, std::ios::in | std::ios::out | std::ios::binary);
        file << std::string(24, '\xff');
        file.flush();
        CHECK(text(ring, 1) == "a");
        CHECK(ring.slots() == 2);
    }

    TEST_CASE("a reader beside a fast writer never takes a torn record for a whole one") {
        const Place place;
        constexpr std::uint64_t kRecords = 20'000;
        constexpr std::size_t kBytes = 512;
        SlotRing::create(place.path, 4, kBytes);
        std::thread writing([&] {
            SlotRing ring(place.path);
            for (std::uint64_t number = 1; number <= kRecords; ++number) {
                const auto slot = ring.begin(number);
                std::memset(slot.data(), static_cast<int>(number & 0xff), kBytes);
                ring.commit(number, kBytes, 0, number);
            }
        });
        const SlotRing ring(place.path);
        std::array<std::uint8_t, kBytes> copy;
        while (ring.newest() < kRecords) {
            const std::uint64_t number = ring.newest();
            const auto record = ring.read(number);
            if (!record) continue;
            std::memcpy(copy.data(), record->bytes.data(), kBytes);
            if (!ring.intact(number)) continue;
            const auto expected = static_cast<std::uint8_t>(number & 0xff);
            REQUIRE(std::all_of(copy.begin(), copy.end(), [&](std::uint8_t b) { return b == expected; }));
        }
        writing.join();
        CHECK(ring.newest() == kRecords);
    }
}
