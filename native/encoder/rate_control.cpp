#include "encoder/rate_control.hpp"

#include <algorithm>
#include <cmath>

namespace cms::encoder {
namespace {

constexpr double kMostInSecond = 1.02;   // times Coder::aim of the rate
constexpr double kMostWithKeyFrame = 1.12;   // so 1.08 of the rate or less
constexpr double kRefinedInSecond = 0.95;  // while only finishing touches are sent: a key frame may yet be asked for
constexpr double kPolishedInSecond = 0.7;  // beyond kGoodQp: the rate is kept for what comes next
constexpr int kGoodQp = 16;              // finer than this nobody sees a difference in what stands still
constexpr double kTargetS = 0.05;        // bucket level when capped
constexpr double kPaybackS = 0.4;        // what is above it is paid back over this time
constexpr double kCatchUpS = 0.05;       // what is below it is spent over this time
constexpr double kStillDepthS = 0.4;     // what does not move may fill the bucket to here when it is made finer
constexpr int kWorthwhile = 3;           // QP: less is not worth coding all of it anew while there is anything to pay back
constexpr double kPaidBackS = 0.02;      // so little in the bucket is nothing
constexpr int kFinerAtOnce = 6;          // QP: what more takes is not foreseen well enough
constexpr double kStill = 1.0;           // luma steps: what does not move
constexpr double kLeastShare = 0.65;     // of its rate a picture always gets: the picture goes on while debt is paid
constexpr double kSceneDepthS = 0.4;     // a scene change may fill the bucket to here: text is read at once
constexpr double kKeyFrameDepthS = 0.4;  // planned, so that a misjudged one stays below kDepthS
constexpr double kFirstDepthS = 0.3;     // less for the first one: what comes after it is misjudged as well
constexpr double kLeastKeyFrameS = 0.11; // however full the bucket is
constexpr double kPoorShare = 0.4;       // of its rate a picture gets even when the last second is full
constexpr double kShortestStepS = 1.0 / 240;  // bounds how many pictures a second can have
constexpr double kLongestStepS = 0.25;   // after a pause no more than this is had to spend
constexpr double kSceneChange = 4.0;     // times the usual difference between pictures
constexpr double kMotionShare = 0.2;     // of the newest picture in what is usual
constexpr double kSceneFloor = 2.0;      // luma steps: less is no new scene whatever was usual
constexpr int kFastestFall = 1;          // QP per picture: finer than the reference codes all of the picture anew
constexpr int kFallBack = 2;             // the same after a coarser picture, and from beyond Coder::coarsest
constexpr int kForcedFall = 1;           // QP per picture, from beyond Coder::coarsest, if there is any room for it
constexpr double kCreditS = 0.1;         // what is not spent is kept up to here: from one QP to the next bits jump
constexpr double kLeastCeiling = 0.96;   // of the rate other pictures may take, whatever a key frame takes
constexpr double kTooSmall = 0.7;        // times its allowance: then the first one, only guessed, is encoded again
constexpr double kStillness = 0.4;       // luma steps: what counts as activity when nothing moves
constexpr double kFaintest = 0.25;       // luma steps: less does not ask for more quality
constexpr double kUsualDifference = 3.9; // of a camera picture; there the QP is Coder::quality
constexpr double kQualitySlope = 2.4;    // QP per doubling of activity, x264's qcomp of 0.6
constexpr int kCoarserAtMost = 6;        // QP: of what moves most, while the rate does not bind
constexpr double kAsFine = 0.5;          // QP steps below the reference that code nothing anew
constexpr double kAllMoves = 12.0;       // luma steps: then nothing of the reference is left as it was
constexpr double kTooBig = 1.1;          // times its allowance: then a key frame is encoded again
constexpr double kNoMoreInSecond = 1.13; // or when that second has more than this

double delta_activity(const Activity& a) { return std::min(a.temporal, 1.5 * a.spatial) + kStillness; }
double key_activity(const Activity& a) { return a.spatial + kStillness; }

}  // namespace

RateControl::RateControl(const RateSettings& settings)
    : settings_(settings), bitrate_bps_(settings.coder.aim * settings.bitrate_bps),
      key_curve_(settings.coder.key_bits * settings.macroblocks),
      delta_curve_(settings.coder.delta_bits * settings.macroblocks),
      refinement_curve_(settings.coder.delta_bits * settings.macroblocks),
      reference_qp_(settings.coder.quality) {}

void RateControl::set_bitrate(int bitrate_bps) {
    // The bucket keeps its level in time: debt of a high rate would stop a low one for seconds.
    const double factor = settings_.coder.aim * bitrate_bps / bitrate_bps_;
    bucket_bits_ *= factor;
    last_second_.scale(factor);
    bitrate_bps_ *= factor;
}

Plan RateControl::plan(const Activity& activity, bool key_frame, double elapsed_s) {
    spatial_ = key_activity(activity);
    step_s_ = std::clamp(elapsed_s, settings_.frame_s / 2, kLongestStepS);
    bucket_bits_ = std::max(-kCreditS * bitrate_bps_, bucket_bits_ - bitrate_bps_ * std::max(elapsed_s, 0.0));
    last_second_.advance(std::max(elapsed_s, kShortestStepS));
    key_frame_ = key_frame || first_;
    since_burst_s_ += std::max(elapsed_s, 0.0);
    scene_change_ = !key_frame_ && is_scene_change(activity);
    allowed_bits_ = budget_bits(key_frame_);
    const bool like_key_frame = key_frame_ || scene_change_;
    qp_ = like_key_frame ? key_frame_qp(activity) : delta_qp(activity);
    const double bits = like_key_frame ? key_curve_.bits(qp_, spatial_) : delta_bits(qp_);
    if (!key_frame_ && !fits(bits)) return {settings_.coder.coarsest_key, true};
    note_motion(activity);
    return {qp_, false};
}

// Whether there is room for a picture for which nothing coarser is left. One that takes no more than its time brings in is
// only held back by a full second; what is too big for any second waits until nothing is owed.
bool RateControl::fits(double bits) const {
    const double takes_s = bits / bitrate_bps_;
    const double deepest_s = scene_change_ ? kDepthS : target_s() + settings_.coder.slack_s * (1 + held_);
    const bool affordable = takes_s <= std::max(deepest_s - bucket_s(), step_s_) || bucket_s() <= kPaidBackS;
    return affordable && (takes_s <= kMostWithKeyFrame - sent_s() || sent_s() <= kPaidBackS);
}

// One picture unlike the one before is a scene change, several on end are motion.
bool RateControl::is_scene_change(const Activity& activity) const {
    const bool stands_out = activity.temporal > std::max(kSceneFloor, kSceneChange * usual_temporal_);
    return stands_out && !after_scene_change_ && usual_temporal_ >= 0;
}

void RateControl::note_motion(const Activity& activity) {
    after_scene_change_ = scene_change_;
    if (first_) return;  // it was compared with nothing
    if (usual_temporal_ < 0) usual_temporal_ = activity.temporal;
    else if (!scene_change_) usual_temporal_ += kMotionShare * (activity.temporal - usual_temporal_);
}

void RateControl::held(std::size_t bytes) {
    ++held_;
    bucket_bits_ += 8.0 * static_cast<double>(bytes);
    last_second_.add(8.0 * static_cast<double>(bytes));
}

double RateControl::ceiling_s() const {
    const double ordinary_s = std::clamp(kMostWithKeyFrame - least_key_frame_s(), kLeastCeiling, kMostInSecond);
    return ordinary_s + fresh() * (kMostWithKeyFrame - ordinary_s);
}

double RateControl::least_key_frame_s() const {
    return key_curve_.bits(settings_.coder.coarsest_key, spatial_) / bitrate_bps_;
}

double RateControl::target_s() const { return kTargetS + fresh() * burst_s_; }

double RateControl::fresh() const { return std::max(0.0, 1.0 - since_burst_s_ / settings_.coder.repaid_s); }

double RateControl::budget_bits(bool key_frame) const {
    const double level_s = key_frame || scene_change_ ? std::max(0.0, bucket_s()) : bucket_s();
    const double left_s = (key_frame ? kMostWithKeyFrame : ceiling_s()) - sent_s();
    const double depth_s = first_ ? kFirstDepthS : kKeyFrameDepthS;
    if (key_frame) return bitrate_bps_ * std::max(std::min(depth_s - level_s, left_s), kLeastKeyFrameS);
    if (scene_change_) return bitrate_bps_ * std::max(std::min(kSceneDepthS - level_s, left_s), step_s_);
    const double owed_s = level_s - target_s();
    const double share = 1.0 - owed_s / (owed_s > 0 ? kPaybackS : kCatchUpS);
    return bitrate_bps_ * std::min(step_s_ * std::max(share, kLeastShare), std::max(left_s, kPoorShare * step_s_));
}

int RateControl::quality_qp(const Activity& activity) const {
    const Coder& coder = settings_.coder;
    const double usual = usual_temporal_ < 0 ? activity.temporal : std::min(activity.temporal, usual_temporal_);
    const double relative = (usual + kFaintest) / (kUsualDifference + kFaintest);
    return std::clamp(static_cast<int>(std::lround(coder.quality + kQualitySlope * std::log2(relative))), coder.finest,
                      coder.quality + kCoarserAtMost);
}

int RateControl::key_frame_qp(const Activity& activity) {
    finest_ = first_ ? settings_.coder.quality : quality_qp(activity);
    return key_curve_.least_qp(allowed_bits_, spatial_, finest_, settings_.coder.coarsest_key);
}

int RateControl::delta_qp(const Activity& activity) {
    activity_ = delta_activity(activity);
    const int least = quality_qp(activity), reference = static_cast<int>(std::ceil(reference_qp_));
    const bool still = activity.temporal < kStill;
    if (still && least < reference) return finer_qp(least, reference);
    const int coarsest = std::max(settings_.coder.coarsest, reference - kForcedFall);
    const int fall = !delta_known_ ? 0 : reference > settings_.coder.coarsest ? kFallBack : kFastestFall;
    int qp = std::max({least, reference - fall, qp_ - kFallBack});
    while (qp < coarsest && delta_bits(qp) > allowed_bits_) ++qp;
    return qp < reference && qp >= settings_.coder.coarsest && !fits(delta_bits(qp)) ? reference : qp;
}

// What stands still is made finer in few large steps, as soon as there is room for one.
int RateControl::finer_qp(int least, int reference) const {
    const auto spare_bits = [this](int qp) {
        const double most_s = std::min(qp < kGoodQp ? kPolishedInSecond : kRefinedInSecond,
                                       kMostWithKeyFrame - least_key_frame_s());
        return bitrate_bps_ * std::min(kStillDepthS - bucket_s(), most_s - sent_s());
    };
    int finer = std::max(least, reference - kFinerAtOnce);
    while (finer < reference && delta_bits(finer) > spare_bits(finer)) ++finer;
    if (finer == least || reference - finer >= kWorthwhile || bucket_s() < kPaidBackS) return finer;
    int qp = reference;
    while (qp < settings_.coder.coarsest && delta_bits(qp) > allowed_bits_) ++qp;
    return qp;
}

// Finer than its reference a picture codes what stands still anew as well.
double RateControl::delta_bits(int qp) const {
    const double finer = reference_qp_ - qp;
    return delta_curve_.bits(qp, activity_) + (finer > 0 ? refinement_curve_.bits(qp, finer * spatial_) : 0.0);
}

void RateControl::encoded(std::size_t bytes) {
    bits_ = 8.0 * static_cast<double>(bytes);
    bucket_bits_ += bits_;
    last_second_.add(bits_);
    first_ = false;
    held_ = 0;
    if (key_frame_ || scene_change_) {
        since_burst_s_ = 0;
        burst_s_ = std::max(0.0, bucket_s() - kTargetS);
        key_curve_.learn(qp_, spatial_, bits_);
        reference_qp_ = qp_;
        return;
    }
    const double finer = reference_qp_ - qp_;
    delta_known_ = true;
    if (finer > kAsFine) refinement_curve_.learn(qp_, finer * spatial_, bits_ - delta_curve_.bits(qp_, activity_));
    else delta_curve_.learn(qp_, activity_, bits_);
    const double moved = finer > 0 ? 1.0 : std::min(1.0, activity_ / kAllMoves);
    reference_qp_ -= moved * finer;
}

bool RateControl::again(Plan& plan) {
    if (!key_frame_) return false;
    const bool beyond = bits_ > kTooBig * allowed_bits_ || sent_s() > kNoMoreInSecond;
    const bool too_big = beyond && qp_ < settings_.coder.coarsest_key;
    const bool too_small = only_guessed_ && bits_ < kTooSmall * allowed_bits_ &&
                           key_curve_.least_qp(allowed_bits_, spatial_, finest_, qp_) < qp_;
    only_guessed_ = false;
    if (!too_big && !too_small) return false;
    bucket_bits_ -= bits_;
    last_second_.take_back();
    qp_ = key_curve_.least_qp(allowed_bits_, spatial_, too_big ? qp_ + 1 : finest_, settings_.coder.coarsest_key);
    plan = {qp_, false};
    return true;
}

}  // namespace cms::encoder
