// What the program main.cpp asks of the simulation: searching a model, with one order weakened.
#pragma once

#include "test/model/simulator.h"

namespace skein::model {

// An atomic operation that was executed, and what it asks for.
struct SiteUse {
  Site site;
  const char* operation;
  Order order;
  Order failure;
  bool has_failure;
};
void for_each_site(void (*visit)(const SiteUse& use));
void forget_sites();

// From the top of the source tree.
const char* path_of(const Site& site);

// One operation gets a weaker order than it asks for. A fence with Relaxed is gone, with AcqRel it no
// longer keeps stores before loads.
struct Weakening {
  bool is_set;
  const char* file;
  int line;
  int column;
  bool is_failure;  // the order of a compare_exchange that fails
  Order order;
};
void weaken(const Weakening& which);

struct Limits {
  unsigned factor;   // of executions chosen by chance
  unsigned seconds;  // 0 = none
  bool shows;        // the execution that fails
};

struct Result {
  bool holds;
  bool out_of_time;
  uint64_t executions;
  const char* what;       // is wrong
  const void* places[2];  // in the code, of a data race
};
Result search(const Entry& entry, const Limits& limits);

}  // namespace skein::model
