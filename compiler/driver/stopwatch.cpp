#include "compiler/driver/stopwatch.h"

#include <cstdio>

namespace skein::driver {

Stopwatch::Row& Stopwatch::row(std::string_view step) {
  for (Row& known : rows_) {
    if (known.step == step) return known;
  }
  rows_.push_back({std::string(step)});
  return rows_.back();
}

void Stopwatch::start(std::string_view step) {
  stop();
  running_ = static_cast<size_t>(&row(step) - rows_.data());
  began_ = Clock::now();
}

void Stopwatch::stop() {
  if (running_ == SIZE_MAX) return;
  rows_[running_].took += Clock::now() - began_;
  running_ = SIZE_MAX;
}

std::string Stopwatch::table() const {
  std::string out;
  char line[128];
  Clock::duration total = {};
  for (const Row& row : rows_) {
    double ms = std::chrono::duration<double, std::milli>(row.took).count();
    std::snprintf(line, sizeof line, "%9.3f ms  %s\n", ms, row.step.c_str());
    out += line;
    total += row.took;
  }
  double ms = std::chrono::duration<double, std::milli>(total).count();
  std::snprintf(line, sizeof line, "%9.3f ms  all\n", ms);
  return out + line;
}

}  // namespace skein::driver
