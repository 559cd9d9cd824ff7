// Chooses the QP of each picture: a constant quality, capped at a rate by a leaky bucket.
//
// Pure: no codec and no clock. The bucket holds what was sent beyond the rate, in seconds of it, below 0 what was saved; a
// key frame may fill it to kDepthS, a scene change nearly, and what is in it is paid back evenly over the second that the key
// frame counts in. Where even the coarsest QP takes more than the rate, pictures are held, one by one rather than in a row:
// beyond it bits hardly fall, as from a spoilt picture no motion finds its way, and fewer good ones show more.
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
    double aim = 0.965;  // share of the rate: leaves room for a key frame within any second
    double repaid_s = 0.6;  // a key frame or scene change is paid back evenly over this time
    double slack_s = 0.1;   // per picture held: how far above its target level the bucket may go before the next one is
    // First guesses: bits per macroblock and activity step at QP 24, of key frames and of others.
    double key_bits = 40;
    double delta_bits = 1;
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
    // How the planned picture came out.
    void encoded(std::size_t bytes);
    // The same of a held one.
    void held(std::size_t bytes);
    // Whether the key frame just encoded is far beyond its bound and worth another pass, or the first of all far below it:
    // plans that pass and forgets the one before.
    bool again(Plan& plan);

    double bucket_s() const { return bucket_bits_ / bitrate_bps_; }

private:
    // Within the last second, in seconds of the rate.
    double sent_s() const { return last_second_.bits() / bitrate_bps_; }
    // What other pictures than key frames may take of a second. One may be asked for at any time: what it takes at the least
    // is kept free, and is there to be used once it has come.
    double ceiling_s() const;
    double least_key_frame_s() const;
    double target_s() const;  // of the bucket
    double fresh() const;     // from 1 to 0 in the time after a key frame or a scene change
    bool fits(double bits) const;
    bool is_scene_change(const Activity& activity) const;
    void note_motion(const Activity& activity);
    double budget_bits(bool key_frame) const;
    int quality_qp(const Activity& activity) const;
    int key_frame_qp(const Activity& activity);
    int delta_qp(const Activity& activity);
    double delta_bits(int qp) const;
    int finer_qp(int least, int reference) const;

    RateSettings settings_;
    double bitrate_bps_;
    RateCurve key_curve_, delta_curve_, refinement_curve_;
    double bucket_bits_ = 0;
    LastSecond last_second_;
    double usual_temporal_ = -1;  // of late, against which a scene change stands out; below 0: not known yet
    double reference_qp_;  // as fine as the last picture is
    bool first_ = true, only_guessed_ = true;  // no key frame was encoded; its QP came from no other
    bool delta_known_ = false;                 // a picture that is none was encoded
    bool after_scene_change_ = false;
    int held_ = 0;  // in a row
    double burst_s_ = 0, since_burst_s_ = 0;  // what the bucket was filled by last, and how long ago

    // The picture under way.
    bool key_frame_ = false;
    bool scene_change_ = false;
    int qp_ = 0, finest_ = 0;
    double activity_ = 1, spatial_ = 1;
    double step_s_ = 0;
    double allowed_bits_ = 0;
    double bits_ = 0;
};

}  // namespace cms::encoder
