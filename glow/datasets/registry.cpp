#include "glow/datasets/registry.h"

#include "glow/datasets/cifar10.h"
#include "glow/datasets/files.h"
#include "glow/datasets/mnist.h"
#include "glow/datasets/szt.h"

namespace glow {
namespace {

template <Described Options>
Registry<DataPair>::Entry entry(const std::string& name, const std::string& doc,
                                DataPair (*load)(const Options&)) {
  return {name, doc, describe<Options>(), [name, load](const Table& table) {
            Options options;
            fill(options, table, "data set " + name);
            return load(options);
          }};
}

Registry<DataPair> built_ins() {
  using namespace datasets;
  Registry<DataPair> sets("data set");
  sets.add(entry("mnist", "handwritten digits, 28 × 28, 10 classes", mnist::load));
  sets.add(entry("fashion_mnist", "clothes, 28 × 28, 10 classes", fashion_mnist::load));
  sets.add(entry("cifar10", "colour photographs, 3 × 32 × 32, 10 classes", cifar10::load));
  sets.add(
      entry("szt", "the 4096 patterns of 12 bits of Shwartz-Ziv and Tishby, 2 classes", szt::load));
  sets.add(entry("npz", "arrays of a NumPy archive", load_npz));
  sets.add(entry("npy", "NumPy files, one of inputs and one of labels", load_npy));
  sets.add(entry("idx", "IDX files, one of inputs and one of labels, .gz or not", load_idx));
  sets.add(entry("csv", "columns of a table", load_csv));
  return sets;
}

}  // namespace

Registry<DataPair>& data_sets() {
  static Registry<DataPair> sets = built_ins();
  return sets;
}

}  // namespace glow
