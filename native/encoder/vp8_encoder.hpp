// VP8 through libvpx.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "encoder/picture_encoder.hpp"

namespace cms::encoder {

struct Vp8Settings {
    PictureSettings picture;
    bool quick = false;
};

// Bare frames. Every one refers to the one before alone.
class Vp8Encoder final : public PictureEncoder {
public:
    // Throws std::invalid_argument naming what is wrong, std::runtime_error when libvpx does not open.
    explicit Vp8Encoder(const Vp8Settings& settings);
    ~Vp8Encoder() override;

    // Either way from the next picture on.
    void set_quick(bool quick) override;

private:
    struct Codec;
    AccessUnit pass(const video::Source& picture, bool key_frame, int qp) override;
    bool mark_active(int qp);
    int speed(int qp) const;
    void set_speed(int speed);
    void quantize(int qp);
    std::span<const std::uint8_t> code(const video::Source& picture, long flags);
    std::vector<std::uint8_t> make_repeat();

    PictureSettings settings_;
    bool quick_;
    int speed_ = 0;
    std::unique_ptr<Codec> codec_;
    std::vector<std::uint8_t> active_;    // per macroblock: whether this pass codes it
    std::vector<std::uint8_t> coded_qp_;  // per macroblock: at which QP it was coded last
    std::int64_t frames_ = 0;
    std::vector<std::uint8_t> repeat_;
};

}  // namespace cms::encoder
