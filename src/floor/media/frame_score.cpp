#include "floor/media/frame_score.hpp"

#include <algorithm>
#include <cmath>

#include "floor/base/result.hpp"

namespace barrow::media {

double frame_score(std::span<const std::uint8_t> luma, int width, int height) {
    check(width >= 0 && height >= 0 && luma.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    if (width < 3 || height < 3) return 0;
    double sum = 0, squares = 0, edges = 0;
    for (const auto value : luma) {
        sum += value;
        squares += static_cast<double>(value) * value;
    }
    const auto at = [&](int x, int y) { return static_cast<int>(luma[static_cast<std::size_t>(y) * width + x]); };
    for (int y = 1; y + 1 < height; ++y) {
        for (int x = 1; x + 1 < width; ++x) {
            const int edge = 4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1);
            edges += static_cast<double>(edge) * edge;
        }
    }
    const auto count = static_cast<double>(luma.size());
    const auto mean = sum / count;
    const auto contrast = std::sqrt(std::max(0.0, squares / count - mean * mean));
    const auto sharpness = std::sqrt(edges / (static_cast<double>(width - 2) * (height - 2)));
    const auto exposure = std::clamp(std::min(mean, 255 - mean) / 64, 0.0, 1.0);  // a quarter of the range from either end is enough
    return sharpness * contrast * exposure;
}

}  // namespace barrow::media
