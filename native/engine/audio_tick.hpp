// The audio of all streams in one pass per 20 ms: hear everybody, mix each room, say to each what it shall hear.
//
//   for each group of legs of a room: packets in
//   for each leg of it: reports -> hear (decode) -> level, tap -> into the sum -> who hears the same?
//   then: one mix and encode for those -> the others: mix-minus with prompts, encode each -> send
//
// A leg's steps follow on one another while its memory is in the cache: with hundreds of legs that is most of their cost.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "audio/room_mixer.hpp"
#include "audio/shared_voices.hpp"
#include "engine/room_span.hpp"
#include "engine/stream.hpp"

namespace cms::engine {

using Levels = std::vector<std::pair<int, float>>;

class AudioTick {
public:
    // Quieter than this nobody is worth telling about.
    static constexpr float kQuietDbov = -50.0F;

    // Who is in which room changed; before a stream is no more, too.
    void set_streams(const std::vector<Stream*>& streams);

    // What the room shares with the same room of other processes; empty: nothing any more.
    void span(int room, RoomSpan span);
    std::uint64_t span_missed() const;

    bool empty() const { return rooms_.empty() && alone_.streams.empty(); }
    std::size_t rooms() const { return rooms_.size(); }

    // Reads what came for a group of streams.
    static constexpr std::size_t kGroup = 32;
    using Group = std::span<Stream* const>;
    using Intake = std::function<void(Group)>;

    // `tick_s` is the nominal time, `now_s` the real one.
    void run(double tick_s, double now_s, const Intake& take_in);
    // A tick that is left out.
    void skip();

    const Levels& levels() const { return levels_; }

    // Steps of one leg that threw since it was asked last; the other legs went on.
    std::uint64_t take_failures() { return std::exchange(failures_, 0); }

private:
    // A leg that is to be spoken to in this tick, and what it hears other than the rest, at its rate; nullptr: nothing.
    struct Turn {
        AudioLeg* leg;
        const std::int16_t* part = nullptr;    // its own in the mix
        const std::int16_t* played = nullptr;  // to it alone
    };

    struct Room {
        std::vector<Stream*> streams;
        audio::RoomMixer mixer;
        audio::SharedVoices voices;
        std::vector<Turn> turns;  // of who may not share a voice
    };

    struct Moment {
        double tick_s;  // nominal
        double now_s;   // real
        std::uint64_t tick;
        const Intake& take_in;
    };

    // Five times a second.
    static constexpr std::uint64_t kTicksPerStats = 10;

    // An exception in one leg's step costs that step.
    template <typename Step>
    void contain(Step step) {
        try {
            step();
        } catch (const std::exception&) {
            ++failures_;
        }
    }

    void hear_group(Room& room, Group group, const Moment& moment, bool together);
    void run_room(Room& room, const Moment& moment, bool together, RoomSpan* span);
    void begin_sum(Room& room, const Moment& moment, RoomSpan* span);
    void look_after(Stream& stream, const Moment& moment);
    void hear(Stream& stream, Turn& turn, double tick_s);
    void choose_voice(Room& room, const Turn& turn, double tick_s);
    void say_shared(Room& room);
    void say_own(Room& room);

    std::map<int, Room> rooms_;
    std::map<int, RoomSpan> spans_;
    Room alone_;
    std::uint64_t ended_span_missed_ = 0;
    Levels levels_;
    audio::Block said_;            // to one leg
    int own_encoders_ = 0;         // of Opus, in this tick
    int own_encoders_before_ = 0;  // in the last one
    std::uint64_t failures_ = 0;
};

}  // namespace cms::engine
