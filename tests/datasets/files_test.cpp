#include "glow/datasets/files.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "glow/core/error.h"
#include "glow/io/npy.h"
#include "glow/io/sha256.h"
#include "tests/io/gzip.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using namespace datasets;
using test::spill;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  std::string npz(const std::vector<std::pair<std::string, at::Tensor>>& arrays) {
    io::write_npz(folder_.path("own.npz"), arrays);
    return folder_.path("own.npz");
  }
  std::string npy(const std::string& name, const at::Tensor& array) {
    io::write_npy(folder_.path(name), array);
    return folder_.path(name);
  }
  std::string csv(const std::string& text) { return spill(folder_.path("own.csv"), text); }

  test::TemporaryFolder folder_;
  at::Tensor x_ = at::arange(12, at::kFloat).view({4, 3});
  at::Tensor labels_ = at::tensor({0, 2, 1, 0}, at::kLong);
};

TEST_F(Files, NpzWithLabels) {
  const std::string path = npz({{"x", x_}, {"y", labels_.to(at::kByte)}});
  const DataPair pair = load_npz({.path = path});
  EXPECT_EQ(pair.train.name, "own");
  EXPECT_TRUE(pair.train.x.equal(x_));
  EXPECT_TRUE(pair.train.y.equal(labels_));
  EXPECT_EQ(pair.train.classes, 3);
  EXPECT_FALSE(pair.test);
  EXPECT_EQ(pair.train.checksums,
            (std::vector{std::pair(std::string("own.npz"), io::sha256_file(path))}));
}

TEST_F(Files, NpzWithTestSet) {
  const std::string path =
      npz({{"x", x_}, {"y", labels_ % 2}, {"x_test", x_}, {"y_test", labels_}});
  const DataPair pair = load_npz({.path = path});
  ASSERT_TRUE(pair.test);
  EXPECT_EQ(pair.train.classes, 3) << "the test set has a class that the training set lacks";
  EXPECT_EQ(pair.test->classes, 3);
  EXPECT_FALSE(make_loaders(pair).test.empty());
}

TEST_F(Files, TestSetsMayBeSmallAndWhole) {
  const DataPair small = load_npz({.path = npz({{"x", x_},
                                                {"y", labels_},
                                                {"x_test", x_.slice(0, 0, 1)},
                                                {"y_test", at::tensor({2}, at::kLong)}})});
  EXPECT_EQ(small.test->classes, 3) << "one example of the last class";
  const std::string whole = spill(folder_.path("whole.csv"), "a,b\n1,7\n");
  const DataPair table = load_csv({.path = csv("a,b\n1,2.5\n3,4\n"), .test = whole, .y = {"b"}});
  EXPECT_EQ(table.test->classes, 0) << "whole by chance: targets, as in training";
}

TEST_F(Files, NpzWithTargets) {
  const DataPair one = load_npz(
      {.path = npz({{"a", x_}, {"b", x_.select(1, 0)}}), .x = "a", .y = "b", .classes = 0});
  EXPECT_EQ(one.train.classes, 0);
  EXPECT_EQ(one.train.y.sizes(), at::IntArrayRef({4, 1}));
  EXPECT_EQ(load_npz({.path = npz({{"x", x_}, {"y", x_}})}).train.y.sizes(),
            at::IntArrayRef({4, 3}));
  const DataPair whole = load_npz({.path = npz({{"x", x_}, {"y", labels_}}), .classes = 0});
  EXPECT_EQ(whole.train.y.scalar_type(), at::kFloat);
  const DataPair given =
      load_npz({.path = npz({{"x", x_}, {"y", labels_.to(at::kDouble)}}), .classes = 5});
  EXPECT_EQ(given.train.classes, 5);
  const Tensor floats = labels_.to(at::kDouble);
  EXPECT_GT(load_npz({.path = npz({{"x", x_}, {"y", floats}})}).train.classes, 0)
      << "whole numbers are classes, whatever their type";
  EXPECT_EQ(load_npz({.path = npz({{"x", x_}, {"y", floats + 0.5}})}).train.classes, 0);
  EXPECT_THROW(load_npz({.path = npz({{"x", x_}, {"y", labels_}}), .classes = -1}), ValueError);
  EXPECT_TRUE(given.train.y.equal(labels_));
}

TEST_F(Files, XOfAnyType) {
  const auto load = [&](const at::Tensor& x) {
    return load_npz({.path = npz({{"x", x}, {"y", labels_}})}).train;
  };
  EXPECT_EQ(load(x_.to(at::kDouble)).x.scalar_type(), at::kDouble);
  EXPECT_EQ(load(x_.to(at::kLong)).x.scalar_type(), at::kFloat);
  EXPECT_EQ(load(x_.to(at::kHalf)).x.scalar_type(), at::kFloat);
  EXPECT_EQ(load(x_.to(at::kByte)).x.scalar_type(), at::kByte);
  EXPECT_EQ(load(x_.to(at::kByte)).scale, 1) << "as they are";
  EXPECT_EQ(load(x_.select(1, 0)).x.sizes(), at::IntArrayRef({4, 1}));
  const DataPair scaled =
      load_npz({.path = npz({{"x", x_.to(at::kByte)}, {"y", labels_}}), .range = PixelRange{0, 1}});
  EXPECT_EQ(scaled.train.scale, 1. / 255);
  EXPECT_THROW(load_npz({.path = npz({{"x", x_}, {"y", labels_}}), .range = PixelRange{0, 1}}),
               ValueError);
}

TEST_F(Files, NpzNamesWhatIsWrong) {
  const std::string path = npz({{"inputs", x_}, {"y", labels_}});
  EXPECT_THAT(message_of<ValueError>([&] { load_npz({.path = path, .x = "input"}); }),
              HasSubstr("has no array 'input'; did you mean 'inputs'?; it has: inputs, y"));
  EXPECT_THAT(message_of<ValueError>([] { load_npz({}); }), HasSubstr("npz needs 'path'"));
  EXPECT_THROW(load_npz({.path = folder_.path("none.npz")}), Error);
  EXPECT_THROW(load_npz({.path = npz({{"x", x_}, {"y", labels_}, {"x_test", x_}})}), ValueError);
  EXPECT_THAT(message_of<ValueError>([&] {
                load_npz({.path = npz({{"x", x_}, {"y", labels_ * 100}})});
              }),
              HasSubstr("whole numbers up to 200 in 4 rows: classes = 0 makes"));
  EXPECT_THROW(load_npz({.path = npz({{"x", x_}, {"y", labels_ - 1}})}), DataError);
  EXPECT_THROW(load_npz({.path = npz({{"x", x_}, {"y", labels_}}), .classes = 2}), DataError);
  EXPECT_THROW(load_npz({.path = npz({{"x", x_}, {"y", x_ + 0.5}}), .classes = 2}), DataError);
  EXPECT_THROW(load_npz({.path = npz({{"x", x_ / 0}, {"y", labels_}})}), DataError);
  EXPECT_THROW(load_npz({.path = npz({{"x", x_}, {"y", at::scalar_tensor(1)}})}), DataError);
  EXPECT_THROW(load_npz({.path = npz({{"x", at::scalar_tensor(1)}, {"y", labels_}})}), DataError);
}

TEST_F(Files, PairsOfNpy) {
  const std::string x = npy("x.npy", x_), y = npy("y.npy", labels_);
  const DataPair pair = load_npy({.x = x, .y = y, .x_test = x, .y_test = y});
  EXPECT_TRUE(pair.train.x.equal(x_));
  EXPECT_EQ(pair.test->classes, 3);
  EXPECT_EQ(pair.train.checksums.size(), 2);
  EXPECT_THROW(load_npy({.x = x}), ValueError);
  EXPECT_THROW(load_npy({.x = x, .y = y, .x_test = x}), ValueError);
}

TEST_F(Files, PairsOfIdx) {
  const std::string head("\0\0\x08\3\0\0\0\2\0\0\0\2\0\0\0\2", 16), labels("\0\0\x08\1\0\0\0\2", 8);
  const std::string x = spill(folder_.path("images.gz"), test::gzipped(head + "abcdefgh"));
  const std::string y = spill(folder_.path("labels"), labels + std::string("\0\1", 2));
  const DataPair pair = load_idx({.x = x, .y = y, .range = PixelRange{0, 1}});
  EXPECT_EQ(pair.train.x.sizes(), at::IntArrayRef({2, 1, 2, 2}));
  EXPECT_EQ(pair.train.classes, 2);
  EXPECT_EQ(pair.train.scale, 1. / 255);
}

TEST_F(Files, CsvByColumnNames) {
  const std::string path = csv("a,b,kind\n1,2.5,0\n3,4,1\n5,6,1\n");
  const DataPair pair = load_csv({.path = path, .y = {"kind"}});
  EXPECT_TRUE(pair.train.x.equal(at::tensor({1., 2.5, 3., 4., 5., 6.}, at::kDouble).view({3, 2})));
  EXPECT_TRUE(pair.train.y.equal(at::tensor({0, 1, 1}, at::kLong)));
  EXPECT_EQ(pair.train.classes, 2);
  EXPECT_EQ(load_csv({.path = path, .x = {"b"}, .y = {"kind"}}).train.x.size(1), 1);
  EXPECT_EQ(load_csv({.path = path, .y = {"b"}}).train.classes, 0) << "2.5 is no class";
  EXPECT_EQ(load_csv({.path = path, .y = {"kind"}, .classes = 0}).train.classes, 0);
  EXPECT_EQ(load_csv({.path = csv("a,b\n1,1e17\n"), .y = {"b"}}).train.classes, 0);
  csv("a,b,kind\n1,2.5,0\n3,4,1\n5,6,1\n");
  EXPECT_EQ(load_csv({.path = path, .y = {"a", "b"}}).train.y.sizes(), at::IntArrayRef({3, 2}));
  EXPECT_EQ(load_csv({.path = path, .test = path, .y = {"kind"}}).test->size(), 3);
}

TEST_F(Files, CsvNamesWhatIsWrong) {
  EXPECT_THROW(load_csv({.path = csv("a,b\n1,2\n")}), ValueError);
  EXPECT_THROW(load_csv({.path = csv("a,b\n1,2\n"), .y = {"c"}}), ValueError);
  EXPECT_THAT(message_of<DataError>([&] { load_csv({.path = csv("a,b\n1,x\n"), .y = {"b"}}); }),
              HasSubstr("own.csv:2: column 'b': 'x' is no number"));
  EXPECT_THAT(message_of<DataError>([&] { load_csv({.path = csv("a,b\n"), .y = {"b"}}); }),
              HasSubstr("own.csv: there are no examples"));
  EXPECT_THROW(load_csv({.path = csv("b\n1\n0\n"), .y = {"b"}}), DataError) << "none is left for x";
}

}  // namespace
}  // namespace glow
