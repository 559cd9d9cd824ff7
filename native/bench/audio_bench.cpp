// What each stage of the audio path costs, as JSON: microseconds of one core per 20 ms tick (or per packet).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <new>
#include <numbers>
#include <string>
#include <vector>

#include "audio/codec.hpp"
#include "audio/level.hpp"
#include "audio/receiver.hpp"
#include "audio/resampler.hpp"
#include "audio/sender.hpp"
#include "tests/audio/mix_room.hpp"

using namespace cms::audio;

namespace {

constexpr int kRounds = 5;
long allocations = 0;

}  // namespace

// The real-time thread must not allocate: the whole-leg bench counts.
void* operator new(std::size_t size) {
    ++allocations;
    void* memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace {

// CPU time of this thread: other processes on the machine do not count.
double cpu_us() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// The best of some rounds: slower ones had to share the caches.
double microseconds(int repeat, const std::function<void(int)>& work) {
    double best = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        const double start = cpu_us();
        for (int i = 0; i < repeat; ++i) work(i);
        best = std::min(best, (cpu_us() - start) / repeat);
    }
    return best;
}

// Something like a voice: harmonics, pulsing, noise. Each block holds 20 ms at `rate`.
std::vector<Block> voice(int ticks, Rate rate = Rate::khz48) {
    std::vector<Block> blocks(static_cast<std::size_t>(ticks));
    unsigned noise = 1;
    double t = 0;
    for (auto& block : blocks)
        for (auto& sample : std::span(block).first(static_cast<std::size_t>(tick_samples(rate)))) {
            noise = noise * 1664525U + 1013904223U;
            const double pulse = 0.6 + 0.4 * std::sin(2 * std::numbers::pi * 4 * t);
            double value = static_cast<double>(noise >> 16) / 65.536 - 500;
            for (int h = 1; h <= 8; ++h) value += pulse * 3000 / h * std::sin(2 * std::numbers::pi * 140 * h * t);
            sample = static_cast<std::int16_t>(value);
            t += 1.0 / rate_hz(rate);
        }
    return blocks;
}

class Json {
public:
    void add(const std::string& key, double value) {
        char line[128];
        std::snprintf(line, sizeof line, "%s\n  \"%s\": %.3f", text_.empty() ? "{" : ",", key.c_str(), value);
        text_ += line;
    }
    void print() const { std::printf("%s\n}\n", text_.c_str()); }

private:
    std::string text_;
};

void bench_codec(Json& json, Codec codec, const std::string& label, const EncoderSettings& settings) {
    const Rate rate = codec_rate(codec);
    const auto blocks = voice(100, rate);
    const auto tick_of = [rate](const Block& block) { return std::span(block).first(static_cast<std::size_t>(tick_samples(rate))); };
    const auto encoder = make_encoder(codec, settings);
    const auto decoder = make_decoder(codec);
    std::vector<std::uint8_t> payload(kMaxPayloadBytes);
    std::vector<std::vector<std::uint8_t>> payloads;
    for (const Block& block : blocks) {
        const auto bytes = static_cast<std::size_t>(encoder->encode(tick_of(block), payload));
        payloads.emplace_back(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(bytes));
    }
    Block buffer;
    const std::span out(buffer.data(), static_cast<std::size_t>(tick_samples(rate)));
    const auto n = blocks.size();
    json.add(label + "_encode_us", microseconds(500, [&](int i) { encoder->encode(tick_of(blocks[static_cast<std::size_t>(i) % n]), payload); }));
    json.add(label + "_decode_us", microseconds(500, [&](int i) { decoder->decode(payloads[static_cast<std::size_t>(i) % n], out); }));
    json.add(label + "_conceal_us", microseconds(500, [&](int i) {
                 decoder->decode(payloads[static_cast<std::size_t>(i) % n], out);
                 decoder->conceal(out);
             }) - microseconds(500, [&](int i) { decoder->decode(payloads[static_cast<std::size_t>(i) % n], out); }));
}

void bench_resampler(Json& json) {
    const auto blocks = voice(10);
    std::vector<std::int16_t> low(320);
    Block high;
    for (const Rate rate : {Rate::khz8, Rate::khz16}) {
        const std::string label = rate == Rate::khz8 ? "8k" : "16k";
        const std::span part(low.data(), static_cast<std::size_t>(tick_samples(rate)));
        Downsampler down(rate);
        Upsampler up(rate);
        json.add("resample_48k_to_" + label + "_us", microseconds(5000, [&](int i) { down.process(blocks[static_cast<std::size_t>(i) % 10], part); }));
        json.add("resample_" + label + "_to_48k_us", microseconds(5000, [&](int) { up.process(part, high); }));
    }
}

// Every leg talks and listens: the worst case.
void bench_mix(Json& json, int legs) {
    const auto in = voice(legs);
    std::vector<Block> out(in.size());
    std::vector<Limiter> limiters(in.size());
    std::vector<MixLeg> room(in.size());
    RoomMixer mixer;
    // Quiet enough for the limiter to stay out of it, as with real talkers: few at a time.
    std::vector<Block> quiet = in;
    for (auto& block : quiet)
        for (auto& sample : block) sample = static_cast<std::int16_t>(sample / legs);
    for (std::size_t i = 0; i < room.size(); ++i) room[i] = {quiet[i].data(), nullptr, out[i].data(), &limiters[i], false};
    const double plain = microseconds(20000 / legs + 1, [&](int) { mix_room(mixer, room); });
    for (std::size_t i = 0; i < room.size(); ++i) room[i].contribution = in[i].data();
    const double limited = microseconds(20000 / legs + 1, [&](int) { mix_room(mixer, room); });
    json.add("mix_" + std::to_string(legs) + "_legs_us_per_leg", plain / legs);
    json.add("mix_" + std::to_string(legs) + "_legs_limiting_us_per_leg", limited / legs);
}

void bench_jitter_buffer(Json& json) {
    JitterBuffer buffer;
    const std::vector<std::uint8_t> payload(160, 0x55);
    double now = 0;
    int at = 0;
    unsigned noise = 1;
    json.add("jitter_buffer_us_per_packet", microseconds(20000, [&](int) {
                 noise = noise * 1664525U + 1013904223U;
                 now += 0.02;
                 buffer.insert({at, static_cast<std::uint32_t>(at) * 160, 8000, now + (noise >> 16) * 3e-7, 0, false, false, kTickSamples, payload});
                 buffer.advice(now, 0);
                 buffer.pull(now, 0, kTickSamples);
                 ++at;
             }));
}

// From RTP payload to block, and from block to RTP payload: what a whole leg costs besides its packets.
void bench_leg(Json& json, Codec codec, const std::string& label) {
    AudioSender sender(codec, {});
    const auto blocks = voice(100, sender.rate());
    const ReceiveFormat format{0, codec};
    AudioReceiver receiver({&format, 1});
    LevelMeter meter;
    std::int64_t sequence = 0;
    double now = 0;
    const std::function<void(int)> tick = [&](int i) {
        sender.push(std::span(blocks[static_cast<std::size_t>(i) % blocks.size()]).first(static_cast<std::size_t>(tick_samples(sender.rate()))));
        OutgoingPayload out;
        now += 0.02;
        while (sender.next(out)) receiver.receive({sequence++, out.timestamp_offset, 0, now, out.payload()});
        meter.update(receiver.tick(now + 0.001).samples);
    };
    constexpr int ticks = 500;
    const long before = allocations;
    const double cost = microseconds(ticks, tick);
    const double allocated = static_cast<double>(allocations - before) / (ticks * kRounds);
    json.add("leg_" + label + "_us_per_tick", cost);
    json.add("leg_" + label + "_allocations_per_tick", allocated);
}

}  // namespace

int main() {
    Json json;
    bench_codec(json, Codec::pcmu, "pcmu", {});
    bench_codec(json, Codec::pcma, "pcma", {});
    bench_codec(json, Codec::g722, "g722", {});
    bench_codec(json, Codec::opus, "opus", {});
    EncoderSettings protectedly;
    protectedly.opus_fec = true;
    protectedly.expected_loss_percent = 10;
    bench_codec(json, Codec::opus, "opus_fec", protectedly);
    bench_resampler(json);
    for (const int legs : {10, 100, 500}) bench_mix(json, legs);
    bench_jitter_buffer(json);
    LevelMeter meter;
    const auto blocks = voice(10);
    json.add("level_us", microseconds(10000, [&](int i) { meter.update(blocks[static_cast<std::size_t>(i) % 10]); }));
    bench_leg(json, Codec::pcmu, "pcmu");
    bench_leg(json, Codec::g722, "g722");
    bench_leg(json, Codec::opus, "opus");
    json.print();
}
