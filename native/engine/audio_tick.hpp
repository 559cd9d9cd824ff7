// The audio of all streams in one pass per 20 ms: hear everybody, mix each room, say to each what it shall hear.
//
//   for each room: hear (decode) -> level, tap -> mix-minus with prompts -> say (encode, send)
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "audio/room_mixer.hpp"
#include "engine/stream.hpp"

namespace cms::engine {

using Levels = std::vector<std::pair<int, float>>;

class AudioTick {
public:
    // Quieter than this nobody is worth telling about.
    static constexpr float kQuietDbov = -50.0F;

    // Who is in which room changed.
    void set_streams(const std::vector<Stream*>& streams);

    bool empty() const { return rooms_.empty() && alone_.streams.empty(); }
    std::size_t rooms() const { return rooms_.size(); }

    // `tick_s` is the nominal time, `now_s` the real one.
    void run(double tick_s, double now_s);
    // A tick that is left out.
    void skip();

    const Levels& levels() const { return levels_; }

private:
    struct Room {
        std::vector<Stream*> streams;
        audio::RoomMixer mixer;
    };

    void run_room(Room& room, double tick_s);
    void hear(Stream& stream, double tick_s);
    // Not together: each hears its prompt alone.
    void mix(Room& room, bool together);
    void speak(Room& room, double tick_s);

    std::map<int, Room> rooms_;
    Room alone_;
    std::vector<audio::MixLeg> legs_;  // scratch
    Levels levels_;
};

}  // namespace cms::engine
