#include "glow/datasets/mnist.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/datasets/store.h"
#include "tests/io/gzip.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

std::vector<int64_t> histogram(const Dataset& data) {
  const at::Tensor counts = data.y.bincount({}, data.classes);
  return {counts.const_data_ptr<int64_t>(), counts.const_data_ptr<int64_t>() + counts.numel()};
}

bool is_there(const char* folder) {
  return datasets::find_file(folder, "train-images-idx3-ubyte.gz").has_value();
}

TEST(Mnist, IsTheRealOne) {
  if (!is_there("mnist")) GTEST_SKIP() << "no MNIST in " << datasets::data_dir();
  const auto [train, test] = datasets::mnist::load();
  EXPECT_EQ(train.x.sizes(), at::IntArrayRef({60000, 1, 28, 28}));
  EXPECT_EQ(train.x.scalar_type(), at::kByte);
  EXPECT_EQ(test->x.sizes(), at::IntArrayRef({10000, 1, 28, 28}));
  EXPECT_EQ(histogram(train),
            (std::vector<int64_t>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}));
  EXPECT_EQ(histogram(*test),
            (std::vector<int64_t>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
  ASSERT_EQ(train.checksums.size(), 2);
  EXPECT_EQ(
      train.checksums[0],
      std::pair(std::string("train-images-idx3-ubyte.gz"),
                std::string("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609")));
  // The mean and standard deviation that everybody normalises by.
  const at::Tensor x = train.x.to(at::kDouble) / 255;
  EXPECT_NEAR(x.mean().item<double>(), 0.1307, 5e-5);
  EXPECT_NEAR(x.std().item<double>(), 0.3081, 5e-5);
  EXPECT_EQ(describe(train), "mnist: 60,000 examples of 1 × 28 × 28, 10 classes of 5,421 to 6,742");
}

TEST(FashionMnist, IsTheRealOne) {
  if (!is_there("fashion-mnist")) {
    GTEST_SKIP() << "no Fashion-MNIST in " << datasets::data_dir();
  }
  const auto [train, test] = datasets::fashion_mnist::load();
  EXPECT_EQ(train.name, "fashion_mnist");
  EXPECT_EQ(train.x.sizes(), at::IntArrayRef({60000, 1, 28, 28}));
  EXPECT_EQ(histogram(train), std::vector<int64_t>(10, 6000));
  EXPECT_EQ(histogram(*test), std::vector<int64_t>(10, 1000));
  EXPECT_EQ(test->checksums[1].second,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5");
}

TEST(Mnist, LoadsAsInTheDocumentation) {
  if (!is_there("mnist")) GTEST_SKIP() << "no MNIST in " << datasets::data_dir();
  auto [train, validation, test] =
      datasets::mnist::load_data({.batch_size = 64, .num_workers = 3, .validation_split = 0.2});
  EXPECT_EQ(train.batches(), 750);
  EXPECT_EQ(validation.batches(), 188);
  EXPECT_EQ(test.batches(), 157);
  Batch batch;
  ASSERT_TRUE(train.next(batch));
  EXPECT_EQ(batch.x.sizes(), at::IntArrayRef({64, 1, 28, 28}));
  EXPECT_EQ(batch.x.min().item<float>(), -1);
  EXPECT_EQ(batch.x.max().item<float>(), 1);
  auto plain = datasets::mnist::load_data({.range = {0, 1}});
  ASSERT_TRUE(plain.train.next(batch));
  EXPECT_EQ(batch.x.min().item<float>(), 0);
  EXPECT_EQ(batch.x.max().item<float>(), 1);
}

// A folder with sets of our own under the official names.
class MnistFiles : public testing::Test {
 protected:
  MnistFiles() {
    std::filesystem::create_directory(folder_.path("mnist"));
    put("train-images-idx3-ubyte.gz", idx(3, {2, 28, 28}));
    put("train-labels-idx1-ubyte.gz", idx(1, {2}));
    put("t10k-images-idx3-ubyte.gz", idx(3, {1, 28, 28}));
    put("t10k-labels-idx1-ubyte.gz", idx(1, {1}));
  }
  ~MnistFiles() override { set_warning_sink(std::move(before_)); }

  static std::string idx(char dims, const std::vector<int>& shape, char fill = 7, char type = 8) {
    std::string out = {0, 0, type, dims};
    int count = 1;
    for (const int size : shape) {
      out += {0, 0, 0, static_cast<char>(size)};
      count *= size;
    }
    return out + std::string(static_cast<size_t>(count), fill);
  }

  void put(const std::string& name, const std::string& content) {
    test::spill(folder_.path("mnist/" + name), test::gzipped(content));
  }

  std::string problem() {
    return message_of<DataError>([] { datasets::mnist::load(); });
  }

  test::TemporaryFolder folder_;
  test::ScopedVariable variable_{"GLOW_DATA_DIR", folder_.path()};
  std::vector<std::string> warnings_;
  WarningSink before_ = set_warning_sink([this](const auto& text) { warnings_.push_back(text); });
};

TEST_F(MnistFiles, OtherFilesAreUsedWithAWarning) {
  const auto [train, test] = datasets::mnist::load();
  EXPECT_EQ(train.size(), 2);
  EXPECT_EQ(test->size(), 1);
  ASSERT_EQ(warnings_.size(), 4);
  EXPECT_THAT(warnings_[0], HasSubstr("train-images-idx3-ubyte.gz is not the published file"));
}

TEST_F(MnistFiles, RefusesWhatDoesNotFit) {
  put("train-labels-idx1-ubyte.gz", idx(1, {3}));
  EXPECT_EQ(problem(), "mnist: x has 2 rows, y 3");
  put("train-labels-idx1-ubyte.gz", idx(1, {2}, 10));
  EXPECT_EQ(problem(), "mnist: row 0 has label 10, expected 0 to 9");
  put("train-labels-idx1-ubyte.gz", idx(2, {2, 1}));
  EXPECT_THAT(problem(), HasSubstr("bytes in 1 dimensions expected, found Byte in 2"));
  put("train-labels-idx1-ubyte.gz", idx(1, {2}, 1, 9));
  EXPECT_THAT(problem(), HasSubstr("found Char in 1"));
  put("train-images-idx3-ubyte.gz", idx(3, {2, 28, 27}));
  EXPECT_THAT(problem(), HasSubstr("28 × 28 expected, found 28 × 27"));
  put("train-images-idx3-ubyte.gz", idx(3, {2, 28, 28}).substr(0, 1000));
  EXPECT_THAT(problem(), HasSubstr("train-images-idx3-ubyte.gz: truncated at byte 1000"));
}

}  // namespace
}  // namespace glow
