#include <cmath>
#include <limits>

#include "video/checks.hpp"
#include "video/dispatch.hpp"
#include "video/kernels.hpp"

namespace cms::video {

double psnr(const Source& a, const Source& b, int width, int height) {
    const Rectangle whole{0, 0, width, height};
    check(a, whole);
    check(b, whole);
    std::uint64_t error = 0;
    for (int y = 0; y < height; ++y) error += rows().error(at(a.y, 0, y), at(b.y, 0, y), width);
    if (error == 0) return std::numeric_limits<double>::infinity();
    const double mean = static_cast<double>(error) / (static_cast<double>(width) * height);
    return 10.0 * std::log10(255.0 * 255.0 / mean);
}

}  // namespace cms::video
