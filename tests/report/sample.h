// Runs like real ones, made up: networks on the Shwartz-Ziv and Tishby data over 8000 epochs, and a
// small HSIC run measured at every batch.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "glow/report/report_data.h"

namespace glow::report {

inline std::vector<int64_t> log_spaced_epochs(int64_t last, int count) {
  std::vector<int64_t> epochs = {0};
  for (int i = 0; i < count; ++i) {
    const auto epoch = static_cast<int64_t>(
        std::lround(std::pow(static_cast<double>(last), static_cast<double>(i) / (count - 1))));
    if (epoch != epochs.back()) epochs.push_back(epoch);
  }
  return epochs;
}

/// A step from 0 to 1 around `centre` on logarithmic epochs.
inline double rise(double epoch, double centre, double width) {
  return 1 / (1 + std::exp(-(std::log10(epoch + 1) - std::log10(centre)) / width));
}

inline std::vector<PlaneRow> szt_rows(bool tanh, int64_t networks, int64_t last = 8000) {
  const double start[] = {tanh ? 12.0 : 11.7, tanh ? 11.65 : 9.6, tanh ? 11.6 : 5.2,
                          tanh ? 9.8 : 2.2,   tanh ? 6.7 : 1.1,   tanh ? 2.1 : 0.6};
  const double up[] = {tanh ? 0.0 : 0.3, tanh ? 0.1 : 2.3, tanh ? 0.15 : 5.8,
                       tanh ? 0.7 : 7.1, tanh ? 1.4 : 7.0, tanh ? 2.3 : 3.2};
  const double down[] = {0, 0, 0, tanh ? 0.6 : 0.0, tanh ? 4.4 : 0.1, tanh ? 2.8 : 2.0};
  const double knows[] = {
      0.995, tanh ? 0.87 : 0.93, tanh ? 0.75 : 0.53, tanh ? 0.39 : 0.11, tanh ? 0.12 : 0.04, 0.02};
  std::vector<PlaneRow> rows;
  for (int64_t network = 1; network <= networks; ++network) {
    std::mt19937 random(static_cast<unsigned>(100 * network + tanh));
    std::normal_distribution<double> normal;
    std::vector<double> shift;
    for (int i = 0; i < 12; ++i) shift.push_back(normal(random));
    for (const int64_t epoch : log_spaced_epochs(last, 100)) {
      const auto e = static_cast<double>(epoch);
      for (int64_t layer = 1; layer <= 6; ++layer) {
        const auto i = static_cast<size_t>(layer - 1);
        const double spread = (i < 2 && tanh ? 0.02 : 0.12 * std::sqrt(up[i] + 0.1));
        const double wiggle =
            tanh && i > 2 ? 0.25 * std::sin(4 * std::log10(e + 1)) * rise(e, 30, 0.1) : 0;
        const double complexity = start[i] + (up[i] + spread * shift[i]) * rise(e, 25, 0.13) -
                                  (down[i] + spread * shift[6 + i]) * rise(e, 900, 0.3) + wiggle +
                                  spread * shift[i] + 0.01 * normal(random);
        const double best =
            0.999 - 0.012 * static_cast<double>(i) - (tanh ? 0 : 0.01 * static_cast<double>(i));
        const double generalization =
            knows[i] + (best - knows[i]) * rise(e, 40 + 20 * static_cast<double>(i), 0.22) +
            0.012 * shift[i] * (1 - rise(e, 100, 0.2));
        rows.push_back({network, epoch, 7 * epoch, "all", "eval",
                        tanh ? "binned(edges=30)" : "binned(width=0.07)", layer,
                        "dense_" + std::to_string(layer), std::min(complexity, 12.0),
                        std::min(generalization, 0.999), kUnknown, kUnknown, kUnknown, kUnknown,
                        Unit::bits, 4096});
      }
    }
  }
  return rows;
}

/// Three layers, five epochs of 750 batches; nearly all of each value is its null.
inline std::vector<PlaneRow> hsic_rows() {
  const char* const names[] = {"conv2d_1", "dense_1", "dense_2"};
  const double null_x[] = {0.0131, 0.0094, 0.0032}, null_y[] = {0.0118, 0.0085, 0.0029};
  const double grow_x[] = {0.0004, 0.0011, 0.0014}, grow_y[] = {0.0004, 0.0022, 0.0049};
  std::vector<PlaneRow> rows;
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int64_t step = 0; step < 3750; ++step) {
    const double e = static_cast<double>(step) / 750;
    for (int64_t layer = 1; layer <= 3; ++layer) {
      const auto i = static_cast<size_t>(layer - 1);
      const double grown = 1 - std::exp(-1.5 * e), drift = 1 + 0.18 * grown;
      rows.push_back(
          {1, step / 750 + 1, step, "batch", "train", "hsic(kernel=gaussian, sigma=5)", layer,
           names[i],
           null_x[i] * drift + grow_x[i] * grown * (1 - 0.07 * e) + 1.2e-4 * normal(random),
           null_y[i] * drift + grow_y[i] * grown + 1.5e-4 * normal(random), kUnknown, kUnknown,
           null_x[i] * drift + 2e-5 * normal(random), null_y[i] * drift + 2e-5 * normal(random),
           Unit::none, 64});
    }
  }
  return rows;
}

inline HistoryCurve falling_curve(const std::string& name, double from, double to, double last) {
  HistoryCurve curve{name, {}, {}, {}};
  for (double epoch = 1; epoch <= last; epoch += std::max(1.0, std::floor(epoch / 20))) {
    curve.epoch.push_back(epoch);
    curve.mean.push_back(to + (from - to) / (1 + epoch / (0.02 * last)));
    curve.error.push_back(0.04 * std::abs(curve.mean.back() - to));
  }
  return curve;
}

inline RunData szt_run(bool tanh, int64_t networks = 6) {
  RunData run;
  run.name = tanh ? "szt-tanh" : "szt-relu";
  run.folder = "runs/" + run.name;
  run.status = "finished";
  for (auto& plane : trajectories(szt_rows(tanh, networks))) {
    run.planes.push_back({std::move(plane),
                          "I(X;T)",
                          "I(T;Y)",
                          "",
                          {{"H(X) = 12 bits", 12}},
                          {{"I(X;Y) = 0.999 bits", 0.999}}});
    run.planes.back().caption =
        "Mean of " + std::to_string(networks) +
        " networks, n = 4096; bars and bands: one standard error. Binned estimates of a "
        "deterministic network: I(X;T) = H(binned T).";
  }
  const int units[] = {10, 7, 5, 4, 3, 2};
  int before = 12, number = 0;
  for (const int unit : units) {
    run.layers.push_back({"dense_" + std::to_string(++number), "Dense",
                          "(" + std::to_string(unit) + ")", unit * (before + 1), true});
    before = unit;
  }
  run.history = {
      falling_curve("loss", 0.69, 0.02, 8000), falling_curve("val_loss", 0.7, 0.05, 8000),
      falling_curve("accuracy", 0.5, 0.995, 8000), falling_curve("val_accuracy", 0.5, 0.98, 8000)};
  run.experiment =
      "name = \"" + run.name +
      "\"\n\n[data]\nname = \"szt\"\nbatch_size = 512\n\n[model]\n"
      "input_shape = [12]\nlayers = [\n  { type = \"Dense\", units = 10, activation = \"" +
      (tanh ? "tanh" : "relu") +
      "\" },\n  # …\n]\n\n[training]\nepochs = 8000\nnetworks = " + std::to_string(networks) +
      "\nseed = 0\n";
  run.facts = {
      {"glow", "0.1.0"},
      {"LibTorch", "2.13.0"},
      {"seed", "0"},
      {"device", "cpu"},
      {"threads", "2"},
      {"started", "2026-11-21 09:30:12 UTC"},
      {"duration", "3 min 41 s"},
      {"szt, SHA-256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}};
  run.command = "glow train runs/" + run.name + "/experiment.toml";
  run.citations = {
      "@article{shwartzziv2017opening,\n  title = {Opening the Black Box of Deep Neural "
      "Networks via Information},\n  author = {Shwartz-Ziv, Ravid and Tishby, Naftali},"
      "\n  journal = {arXiv:1703.00810},\n  year = {2017}\n}"};
  return run;
}

/// As an estimator without I(X;T) leaves it.
inline RunData without_complexity(RunData run) {
  for (auto& plane : run.planes) {
    for (auto& layer : plane.trajectories.layers) {
      for (auto& point : layer.mean) point.complexity = point.complexity_error = kUnknown;
    }
  }
  return run;
}

inline RunData hsic_run() {
  RunData run;
  run.name = "mnist-hsic";
  run.folder = "runs/mnist-hsic";
  run.status = "finished";
  for (auto& plane : trajectories(hsic_rows())) {
    run.planes.push_back(
        {std::move(plane),
         "HSIC(T,X)",
         "HSIC(T,Y)",
         "One network, every batch as it trained, n = 64; HSIC with Gaussian kernels, "
         "sigma = 5, biased: its null is not 0.",
         {},
         {}});
  }
  run.layers = {{"conv2d_1", "Conv2d", "(16, 28, 28)", 160, true},
                {"", "Flatten", "(12544)", 0, false},
                {"", "Dropout", "(12544)", 0, false},
                {"dense_1", "Dense", "(500)", 6272500, true},
                {"", "Dropout", "(500)", 0, false},
                {"dense_2", "Dense", "(10)", 5010, true}};
  run.history = {falling_curve("loss", 1.1, 0.12, 5), falling_curve("val_loss", 0.6, 0.11, 5),
                 falling_curve("accuracy", 0.7, 0.97, 5),
                 falling_curve("val_accuracy", 0.85, 0.968, 5)};
  run.experiment = "name = \"mnist-hsic\"\n\n[data]\nname = \"mnist\"\nbatch_size = 64\n";
  run.warnings = {"dense_2: 97 % of the kernel matrix is its diagonal",
                  "hsic is not a mutual information: it has no unit"};
  run.facts = {{"glow", "0.1.0"}, {"seed", "0"}};
  run.command = "glow train runs/mnist-hsic/experiment.toml";
  return run;
}

}  // namespace glow::report
