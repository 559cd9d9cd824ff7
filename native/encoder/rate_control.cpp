#include "encoder/rate_control.hpp"

#include <algorithm>
#include <cmath>

namespace cms::encoder {
namespace {

// Shares of the rate, of any second.
constexpr double kMost = 1.07;           // the rest of a tenth is for what comes out larger than it was foreseen
constexpr double kMostOrdinary = 0.985;  // without key frame or scene change
constexpr double kLeastOrdinary = 0.87;  // however large key frames are
constexpr double kRefined = 0.92;        // while only finishing touches are sent: a key frame may yet be asked for
constexpr double kPolished = 0.7;        // beyond kGoodQp: the rate is kept for what comes next
constexpr double kUneven = 0.04;         // so much beyond it a second may go, as bits jump from one QP to the next

constexpr int kGoodQp = 16;              // finer than this nobody sees a difference in what stands still
constexpr double kPaybackS = 0.4;        // what is in the bucket is paid back at a pace that would take this time
constexpr double kCreditS = 0.1;         // what is not spent is kept up to here
constexpr double kStillDepthS = 0.4;     // what does not move may fill the bucket to here when it is made finer
constexpr int kWorthwhile = 3;           // QP: less is not worth coding all of it anew while there is anything to pay back
constexpr int kLeastStep = 2;            // QP: one alone takes nearly as much, or the coder does not care for it
constexpr double kPaidBackS = 0.02;      // so little in the bucket is nothing
constexpr int kFinerAtOnce = 6;          // QP: what more takes is not foreseen well enough
constexpr double kStill = 1.0;           // luma steps: what does not move
constexpr double kBurstDepthS = 0.4;     // planned, so that a misjudged key frame stays below kDepthS
constexpr double kFirstDepthS = 0.3;     // less for the first one: what comes after it is misjudged as well
constexpr double kLeastKeyFrameS = 0.11; // however full the bucket is
constexpr double kSlack = 2.0;           // times its budget a picture may take at once before it is held
constexpr double kNeverHeld = 0.3;       // of what its time brings in: so little goes while there is any room
constexpr double kTolerance = 1.12;      // times its budget a picture may take before it becomes coarser
constexpr double kFallTolerance = 1.05;  // the same once it is finer: bits jump from one QP to the next
constexpr double kMisjudged = 2.0;       // times what was foreseen a picture may take that becomes finer in motion
constexpr double kRefinedMisjudged = 1.4;  // the same of what stands still
constexpr double kSceneShare = 0.7;      // of the room that a scene change is planned for: it cannot be encoded again
constexpr double kShortestStepS = 1.0 / 240;  // bounds how many pictures a second can have
constexpr double kLongestStepS = 0.25;   // after a pause no more than this is had to spend
constexpr double kSceneChange = 4.0;     // times the usual difference between pictures
constexpr double kMotionShare = 0.2;     // of the newest picture in what is usual
constexpr double kSceneFloor = 2.0;      // luma steps: less is no new scene whatever was usual
constexpr int kFastestFall = 1;          // QP per picture: finer than the reference codes all of the picture anew
constexpr int kFallBack = 2;             // the same after a coarser picture, and from beyond Coder::coarsest
constexpr double kTooSmall = 0.7;        // times its allowance: then the first one, only guessed, is encoded again
constexpr double kStillness = 0.4;       // luma steps: what counts as activity when nothing moves
constexpr double kFaintest = 0.25;       // luma steps: less does not ask for more quality
constexpr double kUsualDifference = 3.9; // of a camera picture; there the QP is Coder::quality
constexpr double kQualitySlope = 2.4;    // QP per doubling of activity, x264's qcomp of 0.6
constexpr int kCoarserAtMost = 6;        // QP: of what moves most, while the rate does not bind
constexpr double kFallCost = 1.5;        // times what it takes else, takes a picture that becomes finer in motion
constexpr double kAsFine = 0.5;          // QP steps below the reference that code nothing anew
constexpr double kAllMoves = 12.0;       // luma steps: then nothing of the reference is left as it was
constexpr double kTooBig = 1.1;          // times its allowance: then a key frame is encoded again
constexpr double kNoMoreInSecond = 1.09; // or when that second has more than this
constexpr double kSurprise = 0.5;        // the part of one that is learned of refinement
constexpr double kLeastRefined = 0.5, kMostRefined = 4.0;
// Of what a picture took, at the least laid to the one cause that is learned, whatever is foreseen for the other.
constexpr double kLeastMoved = 0.3, kLeastFound = 0.1;
constexpr double kMostMisjudged = 2.0;   // times what was foreseen: more is not guarded against
constexpr double kFading = 0.9;          // of what a picture in motion was misjudged by, from one to the next
constexpr double kLeastAfterKey = 0.05, kMostAfterKey = 1.4;  // Coder::after_key_share, as learned: of slides, of noise
constexpr double kSettling = 0.4;        // of what a key frame costs one picture it costs the next
constexpr double kSettled = 0.2;         // and less than this none
constexpr double kNextShare = 0.7;       // of what the next one takes is left free by a key frame
constexpr double kKeyHalving = 10.0;      // QP: by so much coarser a key frame takes half or more

double delta_activity(const Activity& a) { return std::min(a.temporal, 1.5 * a.spatial) + kStillness; }
double key_activity(const Activity& a) { return a.spatial + kStillness; }

}  // namespace

RateControl::RateControl(const RateSettings& settings)
    : settings_(settings), bitrate_bps_(settings.bitrate_bps),
      key_curve_(settings.coder.key_bits * settings.macroblocks),
      delta_curve_(settings.coder.delta_bits * settings.macroblocks),
      after_key_share_(settings.coder.after_key_share), reference_qp_(settings.coder.quality) {}

void RateControl::set_bitrate(int bitrate_bps) {
    // The bucket keeps its level in time: debt of a high rate would stop a low one for seconds.
    const double factor = bitrate_bps / bitrate_bps_;
    bucket_bits_ *= factor;
    last_second_.scale(factor);
    bitrate_bps_ *= factor;
}

Plan RateControl::plan(const Activity& activity, bool key_frame, double elapsed_s) {
    spatial_ = key_activity(activity);
    step_s_ = std::clamp(elapsed_s, settings_.frame_s / 2, kLongestStepS);
    const double leaked_bits = ceiling_s() * bitrate_bps_ * std::max(elapsed_s, 0.0);
    bucket_bits_ = std::max(-kCreditS * bitrate_bps_, bucket_bits_ - leaked_bits);
    last_second_.advance(std::max(elapsed_s, kShortestStepS));
    since_burst_s_ += std::max(elapsed_s, 0.0);
    key_frame_ = key_frame || first_;
    scene_change_ = !key_frame_ && is_scene_change(activity);
    allowed_bits_ = budget_bits();
    qp_ = key_frame_ || scene_change_ ? key_frame_qp(activity) : delta_qp(activity);
    if (!has_room()) {
        ++held_;
        return {settings_.coder.coarsest_key, true};
    }
    note_motion(activity);
    return {qp_, false};
}

// What is too big for any second waits until nothing was sent in the last one.
bool RateControl::has_room() const {
    if (key_frame_ || sent_s() <= kPaidBackS) return true;
    if (scene_change_) return key_curve_.bits(qp_, spatial_) <= allowed_bits_;
    return refines(qp_) || fits(delta_bits(qp_));  // finer only where there is room
}

bool RateControl::fits(double bits) const {
    const double share_bits = std::max(kSlack * (1 + held_) * allowed_bits_, kNeverHeld * step_s_ * bitrate_bps_);
    const double guard = since_burst_s_ < 1.0 ? misjudged_ : 1.0;  // then there is least room
    return bits <= std::min(share_bits, bitrate_bps_ * burst_room_s() / guard);
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

double RateControl::ceiling_s() const { return std::clamp(kMost - least_key_frame_s(), kLeastOrdinary, kMostOrdinary); }

// What one picture may take at the most.
double RateControl::burst_room_s() const {
    return std::min((first_ ? kFirstDepthS : kBurstDepthS) - bucket_s(), kMost - sent_s());
}

double RateControl::budget_bits() const {
    if (key_frame_) {  // the next picture moves as the last one did
        const double with_next = 1 + kNextShare * after_key_share_ * std::min(1.0, activity_ / spatial_);
        return bitrate_bps_ * std::max(burst_room_s() / with_next, kLeastKeyFrameS);
    }
    if (scene_change_) return bitrate_bps_ * std::max(kSceneShare * burst_room_s(), step_s_);
    const double most = since_burst_s_ < 1.0 ? kMost : ceiling_s() + kUneven;
    const double sustained_bits = bitrate_bps_ * step_s_ * (ceiling_s() - bucket_s() / kPaybackS);
    return std::min(sustained_bits, last_second_.bits_each(most * bitrate_bps_, step_s_));
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
    still_ = activity.temporal < kStill;
    if (still_ && least < reference) return finer_qp(least, reference);
    const int coarsest = std::max(settings_.coder.coarsest, reference - kFastestFall);
    const int fall = !delta_known_ ? 0 : reference > settings_.coder.coarsest ? kFallBack : kFastestFall;
    int qp = std::max({least, reference - fall, qp_ - kFallBack});
    while (qp < coarsest && !suits(qp)) ++qp;
    return qp;
}

// Whether a picture that moves could stay at this QP; that it costs more the first time matters less.
bool RateControl::suits(int qp) const {
    const bool falls = qp < reference_qp_ - kAsFine;
    const double bits = delta_bits(qp), most_bits = (falls ? kFallTolerance : kTolerance) * allowed_bits_;
    const bool risky = falls && kMisjudged * bits > bitrate_bps_ * burst_room_s();
    return !risky && delta_curve_.bits(qp, activity_) <= most_bits && fits(bits);
}

// What stands still is made finer in few large steps, as soon as there is room for one.
int RateControl::finer_qp(int least, int reference) const {
    const auto spare_bits = [this](int qp) {
        const double most = std::min(qp < kGoodQp ? kPolished : kRefined, kMost - least_key_frame_s());
        return bitrate_bps_ * std::min(kStillDepthS - bucket_s(), most - sent_s()) / kRefinedMisjudged;
    };
    int finer = std::max(least, reference - kFinerAtOnce);
    while (finer < reference && delta_bits(finer) > spare_bits(finer)) ++finer;
    const int step = reference - finer;
    if (step >= kWorthwhile || (step >= kLeastStep && (finer == least || bucket_s() < kPaidBackS))) return finer;
    int qp = reference;
    while (qp < settings_.coder.coarsest && delta_bits(qp) > allowed_bits_) ++qp;
    return qp;
}

double RateControl::delta_bits(int qp) const {
    const double moved = delta_curve_.bits(qp, activity_);
    if (qp > reference_qp_ - kAsFine) return moved + after_key_bits(qp);
    return (refines(qp) ? moved + refinement_bits(qp) : kFallCost * moved) + after_key_bits(qp);
}

// Whether what stands still is coded anew, finer.
bool RateControl::refines(int qp) const { return still_ && qp <= reference_qp_ - kAsFine; }

double RateControl::after_key_bits(int qp) const {
    return settling_ * after_key_share_ * key_curve_.bits(qp, std::min(spatial_, activity_));
}

double RateControl::refinement_bits(int qp) const {
    const Coder& coder = settings_.coder;
    const double share = coder.refined_share * std::pow((reference_qp_ - qp) / 6, coder.refined_power);
    return refined_ * share * key_curve_.bits(qp, spatial_);
}

void RateControl::encoded(std::size_t bytes) {
    bits_ = 8.0 * static_cast<double>(bytes);
    bucket_bits_ += bits_;
    last_second_.add(bits_);
    first_ = false;
    held_ = 0;
    if (key_frame_ || scene_change_) learn_burst();
    else learn_delta();
}

void RateControl::learn_burst() {
    since_burst_s_ = 0;
    // A key frame takes no less than a scene change.
    if (key_frame_ || bits_ > key_curve_.bits(qp_, spatial_)) key_curve_.learn(qp_, spatial_, bits_);
    reference_qp_ = qp_;
    settling_ = key_frame_ ? 1 : 0;
    if (key_frame_) least_key_frame_bits_ = bits_ * std::exp2((qp_ - settings_.coder.coarsest_key) / kKeyHalving);
}

void RateControl::learn_delta() {
    const double finer = reference_qp_ - qp_;
    if (refines(qp_)) learn_refinement();
    else learn_motion();
    delta_known_ = true;
    settling_ = settling_ < kSettled ? 0 : settling_ * kSettling;
    reference_qp_ -= finer * (finer > 0 ? 1.0 : std::min(1.0, activity_ / kAllMoves));
}

void RateControl::learn_refinement() {
    if (reference_qp_ - qp_ < kWorthwhile) return;  // says little of larger steps
    const double found = std::max(bits_ - delta_curve_.bits(qp_, activity_), kLeastFound * bits_);
    refined_ *= std::pow(found / refinement_bits(qp_), kSurprise);
    refined_ = std::clamp(refined_, kLeastRefined, kMostRefined);
}

void RateControl::learn_motion() {
    const double after_key = after_key_bits(qp_), moved = std::max(bits_ - after_key, kLeastMoved * bits_);
    if (delta_known_) {
        misjudged_ = std::clamp(bits_ / delta_bits(qp_), 1 + (misjudged_ - 1) * kFading, kMostMisjudged);
        if (settling_ == 1 && after_key > 0) {
            const double found = after_key_share_ * (bits_ - delta_curve_.bits(qp_, activity_)) / after_key;
            after_key_share_ = std::clamp(found, kLeastAfterKey, kMostAfterKey);
        }
    }
    delta_curve_.learn(qp_, activity_, reference_qp_ - qp_ > kAsFine ? moved / kFallCost : moved);
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
