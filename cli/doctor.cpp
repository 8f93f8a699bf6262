#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/command.h"
#include "glow/core/error.h"
#include "glow/core/parallel.h"
#include "glow/core/version.h"
#include "glow/datasets/store.h"
#include "glow/io/atomic_file.h"

namespace glow::cli {
namespace {

std::string presence(const std::string& set, const std::vector<std::string>& files) {
  const bool there = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
    return datasets::find_file(set, file).has_value();
  });
  return there ? "there" : "not there; fetched when first used";
}

std::string write_permission() {
  const std::string probe = "runs/.glow-doctor";
  const bool made = !std::filesystem::exists("runs");
  try {
    std::filesystem::create_directories("runs");
    io::write_atomic(probe, "");
    std::filesystem::remove(probe);
    if (made) std::filesystem::remove("runs");
    return "runs/ can be written";
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

void add_doctor(CLI::App& app, Common& common, int& exit_code) {
  auto* verb = add_verb(app, common, "doctor", "What this installation is and has",
                        "Example:\n  glow doctor --json");
  verb->callback([&common, &exit_code] {
    using Json = nlohmann::ordered_json;
    const Json facts{{"glow", version()},
                     {"torch", TORCH_VERSION},
                     {"cores", std::thread::hardware_concurrency()},
                     {"threads", thread_count()},
                     {"torch threads", at::get_num_threads()},
                     {"cuda", at::globalContext().hasCUDA() ? "there" : "none"},
                     {"data folder", datasets::data_dir()},
                     {"mnist", presence("mnist", {"train-images-idx3-ubyte.gz"})},
                     {"fashion_mnist", presence("fashion-mnist", {"train-images-idx3-ubyte.gz"})},
                     {"cifar10", presence("cifar-10", {"data_batch_1.bin",
                                                       "cifar-10-batches-bin/data_batch_1.bin"})},
                     {"writing", write_permission()}};
    std::string text;
    for (const auto& [name, value] : facts.items()) {
      text += fmt::format("{:<14} {}\n", name,
                          value.is_string() ? value.get<std::string>() : value.dump());
    }
    print(common.json ? facts.dump(2) + "\n" : text);
    exit_code = kDone;
  });
}

}  // namespace glow::cli
