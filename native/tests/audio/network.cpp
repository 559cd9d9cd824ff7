#include "audio/network.hpp"

#include <algorithm>

#include "audio/resampler.hpp"

namespace cms::audio::test {
namespace {

constexpr std::uint8_t kPayloadType = 96;
constexpr double kTickS = kTickMs / 1000.0;
constexpr double kBase = 1000.0;
// So that both sequence number and timestamp wrap during a run.
constexpr std::uint32_t kFirstTimestamp = 0xffffff00U;

struct InFlight {
    double arrival_s;
    std::int64_t sequence;
    std::uint32_t timestamp;
    std::vector<std::uint8_t> payload;
};

std::vector<InFlight> send(const NetworkSettings& settings) {
    EncoderSettings encoder = settings.encoder;
    encoder.packet_time_ms = settings.packet_time_ms;
    AudioSender sender(settings.codec, encoder);
    Tone tone(settings.tone_hz);
    Converter converter(Rate::khz48, sender.rate());
    Sound sound{sender.rate(), {}};
    std::vector<InFlight> packets;
    std::int64_t sequence = 0;
    const double sender_second_s = 1 / (1 + settings.drift_ppm * 1e-6);
    const double clock_hz = rtp_clock_hz(settings.codec);
    for (int tick = 1; tick * kTickS < settings.seconds; ++tick) {
        Block block = tone.block();
        if (settings.pulsing && tick % 10 < 5)
            for (auto& sample : block) sample = static_cast<std::int16_t>(sample / 8);
        if (settings.pauses && settings.pauses(tick * kTickS)) {
            sender.skip();
            continue;
        }
        converter.process(block, sound.view());
        sender.push(sound.view());
        OutgoingPayload out;
        while (sender.next(out)) {
            const auto number = static_cast<int>(sequence++);
            const auto delay = settings.delay_s ? settings.delay_s(number) : std::optional(0.0);
            if (!delay) continue;
            // As devices do it: a packet leaves when its last sample is there, whatever our own ticks are.
            const double complete_s = out.timestamp_offset / clock_hz + settings.packet_time_ms / 1000.0;
            const double now = kBase + settings.phase_s + complete_s * sender_second_s;
            packets.push_back({now + *delay, number, kFirstTimestamp + out.timestamp_offset, {out.payload().begin(), out.payload().end()}});
        }
    }
    std::ranges::stable_sort(packets, {}, &InFlight::arrival_s);
    return packets;
}

}  // namespace

std::function<std::optional<double>(int)> uniform_jitter(double most_s, unsigned seed) {
    auto random = std::make_shared<std::mt19937>(seed);
    return [=](int) { return std::optional(std::uniform_real_distribution<>(0, most_s)(*random)); };
}

std::function<std::optional<double>(int)> random_loss(double share, unsigned seed) {
    auto random = std::make_shared<std::mt19937>(seed);
    return [=](int) { return std::uniform_real_distribution<>(0, 1)(*random) < share ? std::nullopt : std::optional(0.0); };
}

Recording run(const NetworkSettings& settings) {
    const auto packets = send(settings);
    const ReceiveFormat format{kPayloadType, settings.codec};
    AudioReceiver receiver({&format, 1}, settings.jitter);
    Converter converter(codec_rate(settings.codec), Rate::khz48);
    Recording heard;
    auto next = packets.begin();
    for (int tick = 0; tick * kTickS < settings.seconds; ++tick) {
        const double now = kBase + tick * kTickS;
        for (; next != packets.end() && next->arrival_s <= now; ++next)
            receiver.receive({next->sequence, next->timestamp, kPayloadType, next->arrival_s, next->payload});
        const audio::Heard tick_heard = receiver.tick(now);
        heard.kinds.push_back(tick_heard.kind);
        Block block;
        converter.process(written(tick_heard).view(), block);
        heard.delay_ms.push_back(receiver.jitter().delay_ms);
        heard.sound.insert(heard.sound.end(), block.begin(), block.end());
    }
    heard.stats = receiver.stats();
    heard.jitter = receiver.jitter();
    return heard;
}

}  // namespace cms::audio::test
