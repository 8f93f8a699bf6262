// MNIST and Fashion-MNIST.
#pragma once

#include <tuple>

#include "glow/datasets/splits.h"

namespace glow::datasets {

struct ImageOptions {
  PixelRange range = {};

  static constexpr auto fields() {
    return std::tuple{Field{"range", &ImageOptions::range,
                            "what the pixels 0 and 255 become; [-1, 1] is (x - 0.5)/0.5"}};
  }
};

/// 60000 and 10000 handwritten digits, x (n, 1, 28, 28) uint8, 10 classes.
/// LeCun, Bottou, Bengio, Haffner 1998, Proc. IEEE 86, 2278.
namespace mnist {
/// From the folder `mnist/` of the data folder, downloaded where it is missing. Throws DataError on
/// a damaged file, Error when there is none to be had.
DataPair load(const ImageOptions& options = {});
Loaders load_data(const LoadOptions& options = {});
}  // namespace mnist

/// The same sizes, of clothes. Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747.
namespace fashion_mnist {
DataPair load(const ImageOptions& options = {});
Loaders load_data(const LoadOptions& options = {});
}  // namespace fashion_mnist

}  // namespace glow::datasets
