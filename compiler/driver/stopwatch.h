// How long each step took, for --time-passes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace skein::driver {

class Stopwatch {
 public:
  // Ends the step that runs, if any, and begins one. Times of equal names are added up.
  void start(std::string_view step);
  void stop();
  // One line a step and one for the whole.
  std::string table() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Row {
    std::string step;
    Clock::duration took = {};
  };

  Row& row(std::string_view step);

  std::vector<Row> rows_;
  size_t running_ = SIZE_MAX;
  Clock::time_point began_;
};

}  // namespace skein::driver
