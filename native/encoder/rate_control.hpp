// Chooses the QP of each picture: a constant quality, capped at a rate that no second goes beyond.
//
// Pure: no codec and no clock. A picture may take what each of those that follow in the next second could take as well, so
// that the QP stays where it is rather than swing; a key frame or a scene change may take a good part of a second at once.
// What it takes at the least is kept free, as a key frame may be asked for at any time. Where even the coarsest QP takes
// too much pictures are held, one by one rather than in a row.
#pragma once

#include <cstddef>

#include "encoder/activity.hpp"
#include "encoder/last_second.hpp"
#include "encoder/rate_curve.hpp"

namespace cms::encoder {

// What the rate control must know of who encodes. QPs are H.264's or mean the same: six more are twice the quantiser's step.
struct Coder {
    int quality = 24;  // of a plain camera picture while the rate does not bind
    int finest = 14;
    int coarsest = 46;      // of others: where their bits stop falling
    int coarsest_key = 51;  // of key frames and scene changes
    // First guesses: bits per macroblock and activity step at QP 24, of key frames and of others.
    double key_bits = 40;
    double delta_bits = 1;
    // What a picture takes beyond what has moved when it is six QP finer than its reference, as a share of a key frame as
    // fine, and by which power of the difference that grows.
    double refined_share = 0.4;
    double refined_power = 1;
    // What the picture after a key frame takes beyond that, as a share of what a key frame of what has moved does.
    double after_key_share = 0;
};

struct RateSettings {
    int macroblocks = 0;
    double frame_s = 1.0 / 30;
    int bitrate_bps = 0;
    Coder coder{};
};

struct Plan {
    int qp = 24;
    // The picture is not coded, the last one stays: not even at the coarsest QP there is room for it.
    bool hold = false;
};

class RateControl {
public:
    static constexpr double kDepthS = 0.5;

    explicit RateControl(const RateSettings& settings);

    // Any time, up or down.
    void set_bitrate(int bitrate_bps);

    // For the picture that comes `elapsed_s` after the one before.
    Plan plan(const Activity& activity, bool key_frame, double elapsed_s);
    // How the planned picture came out, unless it was held.
    void encoded(std::size_t bytes);
    // Whether the key frame just encoded is far beyond its bound and worth another pass, or the first of all far below it:
    // plans that pass and forgets the one before.
    bool again(Plan& plan);

    // What was sent beyond the rate and waits before a bottleneck.
    double bucket_s() const { return bucket_bits_ / bitrate_bps_; }

private:
    // Within the last second, in seconds of the rate.
    double sent_s() const { return last_second_.bits() / bitrate_bps_; }
    double ceiling_s() const;  // what seconds without key frame or scene change take on average
    double least_key_frame_s() const { return least_key_frame_bits_ / bitrate_bps_; }
    double burst_room_s() const;
    bool has_room() const;
    bool fits(double bits) const;  // one that is no burst
    bool is_scene_change(const Activity& activity) const;
    void note_motion(const Activity& activity);
    double budget_bits() const;
    int quality_qp(const Activity& activity) const;
    int key_frame_qp(const Activity& activity);
    int delta_qp(const Activity& activity);
    bool suits(int qp) const;
    bool refines(int qp) const;
    double delta_bits(int qp) const;
    double after_key_bits(int qp) const;
    double refinement_bits(int qp) const;
    int finer_qp(int least, int reference) const;
    void learn_burst();
    void learn_delta();
    void learn_refinement();
    void learn_motion();

    RateSettings settings_;
    double bitrate_bps_;
    RateCurve key_curve_, delta_curve_;
    double refined_ = 1;  // times Coder::refined_share, as learned
    double after_key_share_;  // Coder's, as learned
    double bucket_bits_ = 0;
    double least_key_frame_bits_ = 0;  // at the coarsest QP, going by the last one
    LastSecond last_second_;
    double usual_temporal_ = -1;  // of late, against which a scene change stands out; below 0: not known yet
    double reference_qp_;  // as fine as the last picture is
    bool first_ = true, only_guessed_ = true;  // no key frame was encoded; its QP came from no other
    bool delta_known_ = false;                 // a picture that is none was encoded
    bool after_scene_change_ = false;
    double settling_ = 0;  // 1 just after a key frame, 0 as soon as it no longer makes pictures larger
    double misjudged_ = 1;  // times what was foreseen, of late the most that a picture in motion took
    int held_ = 0;  // in a row
    double since_burst_s_ = 1;  // a key frame or scene change

    // The picture under way.
    bool key_frame_ = false;
    bool scene_change_ = false, still_ = false;
    int qp_ = 0, finest_ = 0;
    double activity_ = 1, spatial_ = 1;
    double step_s_ = 0;
    double allowed_bits_ = 0;
    double bits_ = 0;
};

}  // namespace cms::encoder
