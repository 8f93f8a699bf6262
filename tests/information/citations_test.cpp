#include "glow/information/citations.h"

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Citations, EveryEstimatorHasOneAndTheDocumentationListsIt) {
  std::ifstream file(GLOW_SOURCE_DIR "/docs/estimators.bib");
  const std::string listed{std::istreambuf_iterator<char>(file), {}};
  auto names = estimators().names();
  std::erase(names, "auto");  // cites what it took
  names.emplace_back("cmi");
  for (const auto& name : names) {
    const std::string found = citation(name);
    EXPECT_THAT(found, StartsWith("@")) << name;
    EXPECT_THAT(listed, HasSubstr(found)) << name;
  }
}

TEST(Citations, AreFoundBySpecAndNotForStrangers) {
  EXPECT_EQ(citation("ksg(k=5)"), citation("ksg"));
  EXPECT_EQ(citation("multi_information"), citation("ksg"));
  EXPECT_EQ(citation("my_own"), "");
}

}  // namespace
}  // namespace glow
