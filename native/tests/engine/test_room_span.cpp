#include "engine/room_span.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

using namespace cms;
using engine::RoomSpan;
using engine::SlotRing;

namespace {

audio::Block block_of(int value) {
    audio::Block block;
    block.fill(static_cast<std::int16_t>(value));
    return block;
}

struct Rings {
    std::filesystem::path folder;

    Rings() {
        std::string name = (std::filesystem::temp_directory_path() / "cms-span-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~Rings() { std::filesystem::remove_all(folder); }

    std::shared_ptr<SlotRing> open(const std::string& name, std::uint64_t slot_bytes = 4 * audio::kTickSamples) {
        const std::string path = folder / name;
        if (!std::filesystem::exists(path)) SlotRing::create(path, 8, slot_bytes);
        return std::make_shared<SlotRing>(path);
    }
};

// One process: its talkers say `values` in this tick. Returns what a listener of it hears.
int tick(RoomSpan& span, std::uint64_t number, std::initializer_list<int> values) {
    audio::Mixer mixer;
    mixer.begin();
    std::vector<audio::Block> said;
    for (const int value : values) said.push_back(block_of(value));
    span.read(number);
    for (const std::int16_t* heard : span.heard()) mixer.add(heard);
    for (const audio::Block& block : said) mixer.add(block.data());
    span.write(number, mixer.sum());
    return mixer.sum()[100];
}

}  // namespace

TEST_SUITE("engine room_span") {
    TEST_CASE("three processes hear each other one tick later, and nobody hears an echo") {
        Rings rings;
        RoomSpan a(rings.open("a"), {rings.open("b"), rings.open("c")});
        RoomSpan b(rings.open("b"), {rings.open("a"), rings.open("c")});
        RoomSpan c(rings.open("c"), {rings.open("a"), rings.open("b")});
        CHECK(tick(a, 50, {100, 20}) == 120);
        CHECK(tick(b, 50, {3}) == 3);
        CHECK(tick(c, 50, {}) == 0);
        CHECK(tick(a, 51, {}) == 3);
        CHECK(tick(b, 51, {}) == 120);
        CHECK(tick(c, 51, {1000}) == 1123);
        CHECK(tick(a, 52, {}) == 1000);
        CHECK(tick(b, 52, {}) == 1000);
        CHECK(tick(c, 52, {}) == 0);
        CHECK(a.missed() + b.missed() + c.missed() == 0);
    }

    TEST_CASE("a process that is late is silent for that tick, and counted once it had begun") {
        Rings rings;
        RoomSpan a(rings.open("a"), {rings.open("b")});
        RoomSpan b(rings.open("b"), {rings.open("a")});
        CHECK(tick(b, 10, {}) == 0);
        CHECK(b.missed() == 0);
        tick(a, 11, {500});
        CHECK(tick(b, 12, {}) == 500);
        CHECK(tick(b, 13, {}) == 0);
        CHECK(b.missed() == 1);
        tick(a, 13, {500});
        CHECK(tick(b, 14, {}) == 500);
    }

    TEST_CASE("a sum beyond 16 bits is turned down where it is read, not wrapped") {
        Rings rings;
        RoomSpan a(rings.open("a"), {});
        RoomSpan b(nullptr, {rings.open("a")});
        tick(a, 1, {30000, 30000});
        CHECK(tick(b, 2, {}) > 25000);
    }

    TEST_CASE("the same tick again writes nothing") {
        Rings rings;
        RoomSpan a(rings.open("a"), {});
        tick(a, 5, {1});
        tick(a, 5, {2});
        RoomSpan b(nullptr, {rings.open("a")});
        CHECK(tick(b, 6, {}) == 1);
    }

    TEST_CASE("wrong rings are refused; empty is empty") {
        Rings rings;
        CHECK(RoomSpan().empty());
        CHECK_THROWS_AS(RoomSpan(rings.open("small", 8), {}), std::invalid_argument);
        CHECK_THROWS_AS(RoomSpan(nullptr, {nullptr}), std::invalid_argument);
    }
}
