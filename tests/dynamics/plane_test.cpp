#include "glow/dynamics/plane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "glow/core/error.h"

namespace glow {
namespace {

using testing::HasSubstr;

class PlaneFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "plane_" +
            testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }

  std::string error_of(const std::string& text) const {
    write(text);
    try {
      read_plane(path_);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }

  std::string path_;
};

PlaneRow row() {
  PlaneRow out;
  out.network = 3;
  out.epoch = 12;
  out.step = 9000;
  out.on = "validation";
  out.mode = "eval";
  out.evaluator = "hsic(kernel=gaussian, sigma=5)";
  out.layer = 2;
  out.name = "dense_1";
  out.complexity = 0.1;
  out.generalization = 1.0 / 3;
  out.complexity_null = 1e-10;
  out.unit = Unit::none;
  out.n = 64;
  return out;
}

TEST(Plane, HeaderIsTheContract) {
  EXPECT_EQ(plane_header(),
            "network,epoch,step,on,mode,evaluator,layer,name,complexity,generalization,"
            "complexity_error,generalization_error,complexity_null,generalization_null,unit,n");
}

TEST(Plane, RowQuotesTheSpecAndLeavesTheUnknownEmpty) {
  EXPECT_EQ(to_csv(row()),
            "3,12,9000,validation,eval,\"hsic(kernel=gaussian, sigma=5)\",2,dense_1,0.1,"
            "0.3333333333333333,,,1e-10,,none,64");
}

TEST_F(PlaneFile, ReadsBackWhatWasWritten) {
  PlaneRow other = row();
  other.unit = Unit::bits;
  other.complexity = kUnknown;
  other.generalization_error = 0.25;
  other.name = "a \"layer\",\nof two lines";
  write(plane_header() + "\n" + to_csv(row()) + "\n" + to_csv(other) + "\n");

  const auto rows = read_plane(path_);

  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].network, 3);
  EXPECT_EQ(rows[0].epoch, 12);
  EXPECT_EQ(rows[0].step, 9000);
  EXPECT_EQ(rows[0].on, "validation");
  EXPECT_EQ(rows[0].mode, "eval");
  EXPECT_EQ(rows[0].evaluator, row().evaluator);
  EXPECT_EQ(rows[0].layer, 2);
  EXPECT_EQ(rows[0].complexity, 0.1);
  EXPECT_EQ(rows[0].generalization, 1.0 / 3);
  EXPECT_TRUE(std::isnan(rows[0].complexity_error));
  EXPECT_EQ(rows[0].complexity_null, 1e-10);
  EXPECT_TRUE(std::isnan(rows[0].generalization_null));
  EXPECT_EQ(rows[0].unit, Unit::none);
  EXPECT_EQ(rows[0].n, 64);
  EXPECT_TRUE(std::isnan(rows[1].complexity));
  EXPECT_EQ(rows[1].generalization_error, 0.25);
  EXPECT_EQ(rows[1].unit, Unit::bits);
  EXPECT_EQ(rows[1].name, other.name);
}

TEST_F(PlaneFile, LineStillBeingWrittenIsLeftOut) {
  const std::string line = to_csv(row());
  write(plane_header() + "\n" + line + "\n" + line.substr(0, line.size() - 1));
  EXPECT_EQ(read_plane(path_).size(), 1u);
  write(plane_header().substr(0, 20));
  EXPECT_TRUE(read_plane(path_).empty());
  write("");
  EXPECT_TRUE(read_plane(path_).empty());
}

TEST_F(PlaneFile, FurtherColumnsInAnyOrderAreAllowed) {
  write("p_value," + plane_header() + "\n0.5," + to_csv(row()) + "\n");
  const auto rows = read_plane(path_);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].complexity, 0.1);
}

TEST_F(PlaneFile, ErrorsSayWhere) {
  const std::string header = plane_header() + "\n", good = to_csv(row());
  EXPECT_THAT(error_of(header + good + "\n" + "x" + good + "\n"),
              testing::AllOf(HasSubstr(path_ + ":3: "), HasSubstr("'network'"), HasSubstr("x3")));
  std::string bad = good;
  bad.replace(bad.find("none"), 4, "bytes");
  EXPECT_THAT(error_of(header + bad + "\n"),
              testing::AllOf(HasSubstr(path_ + ":2: "), HasSubstr("bytes")));
  bad = good;
  bad.replace(bad.find("0.1"), 3, "0,1");
  EXPECT_THAT(error_of(header + bad + "\n"), HasSubstr(path_ + ":2: "));
  EXPECT_THAT(error_of("network,epoch\n1,2\n"),
              testing::AllOf(HasSubstr(path_ + ":1: "), HasSubstr("step")));
}

TEST_F(PlaneFile, MissingFileIsAnError) { EXPECT_THROW(read_plane(path_), Error); }

}  // namespace
}  // namespace glow
