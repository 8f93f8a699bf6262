#include "glow/run/experiment.h"

#include <gmock/gmock.h>

#include "glow/core/error.h"
#include "glow/run/toml.h"

namespace glow {
namespace {

using testing::HasSubstr;

const char* const kText = R"toml(name = "trial"
[data]
name = "szt"
batch_size = 512
validation_split = 0.2
[model]
input_shape = [12]
layers = [
  { type = "Dense", units = 3, activation = "tanh" },
  { type = "Dense", units = 2, activation = "softmax" },
]
[training]
optimizer = { type = "Adam", learning_rate = 4e-4 }
epochs = 2
[dynamics]
evaluators = ["binned(edges=30)"]
every = "log"
on = "all"
save = "all"
)toml";

std::string message(const std::string& text, const std::vector<std::string>& settings = {}) {
  try {
    Table table = parse_toml(text, "e.toml");
    for (const auto& setting : settings) set_value(table, setting);
    parse_experiment(table);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Experiment, ReadsTheFile) {
  const Experiment e = parse_experiment(parse_toml(kText, "e.toml"));
  EXPECT_EQ(e.name, "trial");
  EXPECT_EQ(e.data.batch_size, 512);
  EXPECT_EQ(e.model.layers.size(), 2U);
  EXPECT_EQ(e.training.optimizer.type, "Adam");
  EXPECT_EQ(e.training.networks, 1);
  EXPECT_EQ(e.dynamics.every.kind, Every::Kind::log);
  EXPECT_EQ(e.dynamics.save, Saving::all);
}

TEST(Experiment, TheResolvedTextReadsBackAsTheSame) {
  for (const auto& built_in : built_in_experiments()) {
    const Experiment e = parse_experiment(parse_toml(built_in.text, built_in.name));
    const std::string text = to_toml(e);
    EXPECT_EQ(to_toml(parse_experiment(parse_toml(text, "resolved"))), text) << built_in.name;
    EXPECT_EQ(e.name, built_in.name);
  }
}

TEST(Experiment, MistakesNamePlaceAndNearestKey) {
  EXPECT_THAT(message(replaced(kText, "batch_size", "batchsize")),
              AllOf(HasSubstr("e.toml:4:1"), HasSubstr("did you mean 'batch_size'?")));
  EXPECT_THAT(message(replaced(kText, "epochs = 2", "epochs = \"two\"")),
              AllOf(HasSubstr("e.toml:14:"), HasSubstr("expected an integer")));
  EXPECT_THAT(message(replaced(kText, "epochs = 2", "epochs = -2")), HasSubstr("e.toml:14:"));
  EXPECT_THAT(message(replaced(kText, "[training]", "[trainig]")),
              HasSubstr("did you mean 'training'?"));
  EXPECT_THAT(message(replaced(kText, "\"szt\"", "\"szp\"")), HasSubstr("did you mean 'szt'?"));
  EXPECT_THAT(message(replaced(kText, "\"tanh\"", "\"tahn\"")), HasSubstr("tanh"));
  EXPECT_THAT(message(replaced(kText, "units = 3", "unit = 3")), HasSubstr("units"));
  EXPECT_THAT(message(replaced(kText, "edges=30", "edgs=30")), HasSubstr("edges"));
  EXPECT_THAT(message(replaced(kText, "on = \"all\"", "on = \"batch\"")), HasSubstr("log"));
  EXPECT_THAT(message(replaced(kText, "4e-4", "nan")), HasSubstr("learning_rate"));
  EXPECT_THAT(message("name = "), HasSubstr("e.toml:1:"));
  EXPECT_THAT(message("[data]\nname = \"szt\"\nname = \"g1\""), HasSubstr("e.toml:3:"));
}

TEST(Experiment, SetGoesOverTheFile) {
  Table table = parse_toml(kText, "e.toml");
  set_value(table, "training.epochs=7");
  set_value(table, "data.limit = 100");
  set_value(table, "name=other");
  set_value(table, "dynamics.evaluators=[\"hsic\", \"binned\"]");
  const Experiment e = parse_experiment(table);
  EXPECT_EQ(e.training.epochs, 7);
  EXPECT_EQ(e.data.limit, 100);
  EXPECT_EQ(e.name, "other");
  EXPECT_EQ(e.dynamics.evaluators.size(), 2U);
  EXPECT_THAT(message(kText, {"training.epocs=3"}),
              AllOf(HasSubstr("--set training.epocs"), HasSubstr("'epochs'")));
  EXPECT_THROW(set_value(table, "epochs"), ValueError);
  EXPECT_THROW(set_value(table, "name.x=1"), ValueError);
}

TEST(Experiment, NetworksHaveSeedsOfTheirOwn) {
  EXPECT_EQ(network_seed(5, 1), 5);
  EXPECT_NE(network_seed(5, 2), network_seed(5, 3));
  EXPECT_NE(network_seed(5, 2), network_seed(6, 2));
  EXPECT_GT(network_seed(5, 2), 0);
}

}  // namespace
}  // namespace glow
