// Checks the models that are linked in.
//
// usage: skein_model [OPTION…] [PREFIX…]       those whose names begin like that; else all
//   --list           their names and claims
//   --factor=N       so many times the executions where they are chosen by chance
//   --seconds=N      at most so much processor time for each
//   --sites          which atomic operations they executed, one a line:
//                    MODEL PATH:LINE:COLUMN OPERATION ORDER [ORDER WHEN IT FAILS]
//   --weaken=PATH:LINE:COLUMN:(order|failure):ORDER
//                    with one order weakened; a fence that is made `relaxed` is gone
//   --quiet          no history of the execution that failed
// The status is 0 if all hold, and 1 if one does not.
#include "runtime/base/atomic.h"
#include "test/model/search.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

using namespace skein::model;
using skein::base::Order;

static Entry entries[64];
static size_t entry_count = 0;

void skein::model::add_model(const Entry& entry) { entries[entry_count++] = entry; }

static const char* text_of(Order order) {
  switch (order) {
    case Order::Relaxed:
      return "relaxed";
    case Order::Acquire:
      return "acquire";
    case Order::Release:
      return "release";
    case Order::AcqRel:
      return "acq_rel";
  }
  return "?";
}

static bool read_order(const char* text, Order& order) {
  for (Order each : {Order::Relaxed, Order::Acquire, Order::Release, Order::AcqRel}) {
    if (strcmp(text, text_of(each)) != 0) continue;
    order = each;
    return true;
  }
  return false;
}

static bool read_weakening(char* text, Weakening& weakening) {
  char* parts[5] = {};
  for (int i = 0; i < 5; ++i) parts[i] = strsep(&text, ":");
  if (parts[4] == nullptr) return false;
  weakening.is_set = true;
  weakening.file = parts[0];
  weakening.line = atoi(parts[1]);
  weakening.column = atoi(parts[2]);
  weakening.is_failure = strcmp(parts[3], "failure") == 0;
  return read_order(parts[4], weakening.order);
}

static const char* model_name = nullptr;

static void show_site(const SiteUse& use) {
  printf("%s %s:%d:%d %s %s", model_name, path_of(use.site), use.site.line, use.site.column,
         use.operation, text_of(use.order));
  if (use.has_failure) printf(" %s", text_of(use.failure));
  printf("\n");
}

static bool is_wanted(const Entry& entry, char** names, int count) {
  for (int i = 0; i < count; ++i) {
    if (strncmp(entry.name, names[i], strlen(names[i])) == 0) return true;
  }
  return count == 0;
}

static bool check(const Entry& entry, const Limits& limits) {
  const Result result = search(entry, limits);
  if (result.holds) {
    printf("%s: %llu executions%s\n", entry.name, static_cast<unsigned long long>(result.executions),
           result.out_of_time ? ", out of time" : "");
    return true;
  }
  printf("%s: %s, in execution %llu\n", entry.name, result.what,
         static_cast<unsigned long long>(result.executions));
  for (const void* place : result.places) {
    if (place != nullptr) printf("  at %p (llvm-symbolizer --obj=skein_model)\n", place);
  }
  return false;
}

int main(int count, char** values) {
  Limits limits = {1, 0, true};
  bool shows_sites = false;
  int first = 1;
  for (; first < count && strncmp(values[first], "--", 2) == 0; ++first) {
    char* option = values[first];
    Weakening weakening = {};
    if (strcmp(option, "--list") == 0) {
      for (size_t i = 0; i < entry_count; ++i) printf("%s: %s\n", entries[i].name, entries[i].claim);
      return 0;
    } else if (strncmp(option, "--factor=", 9) == 0) {
      limits.factor = static_cast<unsigned>(atoi(option + 9));
    } else if (strncmp(option, "--seconds=", 10) == 0) {
      limits.seconds = static_cast<unsigned>(atoi(option + 10));
    } else if (strcmp(option, "--sites") == 0) {
      shows_sites = true;
    } else if (strcmp(option, "--quiet") == 0) {
      limits.shows = false;
    } else if (strncmp(option, "--weaken=", 9) == 0 && read_weakening(option + 9, weakening)) {
      weaken(weakening);
    } else {
      fprintf(stderr, "skein_model: unknown option: %s\n", option);
      return 2;
    }
  }
  bool holds = true;
  for (size_t i = 0; i < entry_count; ++i) {
    if (!is_wanted(entries[i], values + first, count - first)) continue;
    model_name = entries[i].name;
    holds &= check(entries[i], limits);
    if (!shows_sites) continue;
    for_each_site(show_site);
    forget_sites();
  }
  return holds ? 0 : 1;
}
