#include "glow/datasets/registry.h"

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(DataSets, ListsTheBuiltIns) {
  EXPECT_THAT(data_sets().names(),
              ElementsAre("mnist", "fashion_mnist", "cifar10", "szt", "npz", "npy", "idx", "csv"));
  for (const auto& entry : data_sets().entries()) {
    EXPECT_FALSE(entry.doc.empty()) << entry.name;
    EXPECT_FALSE(entry.fields.empty()) << entry.name;
  }
}

TEST(DataSets, AreMadeFromTables) {
  const DataPair pair = data_sets().make("szt", {{"rule", {std::string("g1")}}});
  EXPECT_EQ(pair.train.size(), 4096);
  EXPECT_EQ(pair.train.y.sum().item<int64_t>(), 2063);
}

TEST(DataSets, NameUnknownSetsAndKeys) {
  EXPECT_THAT(message_of<ValueError>([] { data_sets().make("minst"); }),
              HasSubstr("unknown data set 'minst'; did you mean 'mnist'?"));
  EXPECT_THAT(
      message_of<ValueError>([] {
        data_sets().make("szt", {{"rules", {std::string("g1"), "file.toml:3:1"}}});
      }),
      HasSubstr("file.toml:3:1: unknown key 'rules' of data set szt; did you mean 'rule'?"));
}

}  // namespace
}  // namespace glow
