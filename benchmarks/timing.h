// The clock of the benchmarks, and their ratios: each job's fastest run against glow's.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <string>

#include "glow/core/parallel.h"

namespace glow::benchmarks {

/// The fastest run of each job so far, by name, in seconds.
inline std::map<std::string, double>& fastest() {
  static std::map<std::string, double> seconds;
  return seconds;
}

/// CPU time of this thread, of which other programs take nothing; with several threads, wall time.
inline double now(int threads) {
  timespec time{};
  clock_gettime(threads > 1 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Times `job` without a graph; `best_ms` is its fastest run. Gives that, in seconds.
template <class Job>
double run(benchmark::State& state, Job job, int threads = 1, double best = 1e9) {
  at::set_num_threads(threads);
  set_thread_count(threads);
  const at::AutoGradMode no_graph(false);
  for (auto _ : state) {
    const double begin = now(threads);
    benchmark::DoNotOptimize(job());
    const double seconds = now(threads) - begin;
    best = std::min(best, seconds);
    state.SetIterationTime(seconds);
  }
  state.counters["best_ms"] = best * 1e3;
  return best;
}

/// The same under a name; `against_glow` is its time over that of the job called `ours`, if that
/// ran before.
template <class Job>
void run(benchmark::State& state, const std::string& name, const std::string& ours, Job job) {
  double& best = fastest().try_emplace(name, 1e9).first->second;
  best = run(state, job, 1, best);
  if (ours != name && fastest().count(ours) > 0) {
    state.counters["against_glow"] = best / fastest()[ours];
  }
}

}  // namespace glow::benchmarks
