#include "glow/datasets/mnist.h"

#include "glow/core/error.h"
#include "glow/datasets/store.h"
#include "glow/io/idx.h"

namespace glow::datasets {
namespace {

struct Part {
  const char* file;
  const char* sha256;
};

struct Source {
  const char* name;
  const char* folder;
  std::vector<std::string> mirrors;
  Part train_images, train_labels, test_images, test_labels;
};

const Source& mnist_source() {
  static const Source source{"mnist",
                             "mnist",
                             {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                              "https://storage.googleapis.com/cvdf-datasets/mnist/"},
                             {"train-images-idx3-ubyte.gz",
                              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
                             {"train-labels-idx1-ubyte.gz",
                              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
                             {"t10k-images-idx3-ubyte.gz",
                              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
                             {"t10k-labels-idx1-ubyte.gz",
                              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"}};
  return source;
}

const Source& fashion_source() {
  static const Source source{"fashion_mnist",
                             "fashion-mnist",
                             {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"},
                             {"train-images-idx3-ubyte.gz",
                              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
                             {"train-labels-idx1-ubyte.gz",
                              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
                             {"t10k-images-idx3-ubyte.gz",
                              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
                             {"t10k-labels-idx1-ubyte.gz",
                              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}};
  return source;
}

// Reads one file into a tensor of bytes of `dims` dimensions and notes its checksum.
Tensor read_part(const Source& source, const Part& part, int64_t dims, Dataset& data) {
  RemoteFile remote{part.file, part.sha256, {}};
  for (const auto& mirror : source.mirrors) remote.mirrors.push_back(mirror + part.file);
  const StoredFile file = require_file(source.folder, remote);
  data.checksums.emplace_back(part.file, file.sha256);
  Tensor content = io::read_idx(file.path);
  if (content.scalar_type() != at::kByte || content.dim() != dims) {
    throw DataError("{}: bytes in {} dimensions expected, found {} in {}", file.path, dims,
                    c10::toString(content.scalar_type()), content.dim());
  }
  return content;
}

Dataset read_set(const Source& source, const Part& images, const Part& labels,
                 const PixelRange& range) {
  Dataset data;
  data.name = source.name;
  const Tensor pixels = read_part(source, images, 3, data);
  if (pixels.size(1) != 28 || pixels.size(2) != 28) {
    throw DataError("{}: {}: images of 28 × 28 expected, found {} × {}", source.name, images.file,
                    pixels.size(1), pixels.size(2));
  }
  data.x = pixels.unsqueeze(1);
  set_range(data, range);
  data.y = read_part(source, labels, 1, data).to(at::kLong);
  data.classes = 10;
  check(data);
  return data;
}

DataPair read_pair(const Source& source, const PixelRange& range) {
  return {read_set(source, source.train_images, source.train_labels, range),
          read_set(source, source.test_images, source.test_labels, range)};
}

}  // namespace

DataPair mnist::load(const ImageOptions& options) {
  return read_pair(mnist_source(), options.range);
}
Loaders mnist::load_data(const LoadOptions& options) {
  return make_loaders(load({.range = options.range}), options);
}

DataPair fashion_mnist::load(const ImageOptions& options) {
  return read_pair(fashion_source(), options.range);
}
Loaders fashion_mnist::load_data(const LoadOptions& options) {
  return make_loaders(load({.range = options.range}), options);
}

}  // namespace glow::datasets
