#include "glow/datasets/cifar10.h"

#include <ATen/Functions.h>

#include <fstream>

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

constexpr int64_t kRecord = 3073, kBytes = 10000 * kRecord;

class Cifar10 : public testing::Test {
 protected:
  // A file of that many zeros, with some bytes set: record, byte of it, value.
  void put(const std::string& name, int64_t size,
           const std::vector<std::array<int64_t, 3>>& bytes = {}) {
    const std::string path = folder_.path(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary).flush();
    std::filesystem::resize_file(path, static_cast<uintmax_t>(size));
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    for (const auto& [record, byte, value] : bytes) {
      file.seekp(record * kRecord + byte);
      file.put(static_cast<char>(value));
    }
  }

  test::TemporaryFolder folder_;
  test::ScopedVariable variable_{"GLOW_DATA_DIR", folder_.path()};
};

TEST_F(Cifar10, ReadsTheOfficialFiles) {
  put("cifar-10/data_batch_1.bin", kBytes, {{0, 0, 6}, {0, 1, 59}});
  for (const char* name : {"2", "3", "4"}) {
    put(std::string("cifar-10/data_batch_") + name + ".bin", kBytes);
  }
  // The last two as the archive has them.
  put("cifar-10/cifar-10-batches-bin/data_batch_5.bin", kBytes, {{9999, 0, 9}, {9999, 3072, 123}});
  put("cifar-10/cifar-10-batches-bin/test_batch.bin", kBytes, {{3, 0, 3}, {3, 1 + 1024 + 33, 45}});
  const auto [train, test] = datasets::cifar10::load({.range = {0, 1}});
  EXPECT_EQ(train.x.sizes(), at::IntArrayRef({50000, 3, 32, 32}));
  EXPECT_EQ(test->x.sizes(), at::IntArrayRef({10000, 3, 32, 32}));
  EXPECT_EQ(train.y[0].item<int64_t>(), 6);
  EXPECT_EQ(train.x[0][0][0][0].item<int>(), 59);
  EXPECT_EQ(train.y[49999].item<int64_t>(), 9);
  EXPECT_EQ(train.x[49999][2][31][31].item<int>(), 123) << "red, green, then blue";
  EXPECT_EQ(test->x[3][1][1][1].item<int>(), 45);
  EXPECT_EQ(train.checksums.size(), 5);
  EXPECT_EQ(train.scale, 1. / 255);
}

TEST_F(Cifar10, RefusesOtherLengthsAndLabels) {
  put("cifar-10/data_batch_1.bin", kBytes - 1);
  EXPECT_THAT(message_of<DataError>([] { datasets::cifar10::load(); }),
              HasSubstr("data_batch_1.bin: 30730000 bytes expected, found 30729999"));
  put("cifar-10/data_batch_1.bin", kBytes, {{17, 0, 10}});
  EXPECT_THAT(message_of<DataError>([] { datasets::cifar10::load(); }),
              HasSubstr("data_batch_1.bin: byte 52241: label 10, expected 0 to 9"));
}

}  // namespace
}  // namespace glow
