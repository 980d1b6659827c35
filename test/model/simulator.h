// A memory in which every value may be seen that the C++ memory model allows, for checking models of
// the runtime's protocols: its own sources, run by a few simulated threads.
//
// The threads, what they may see and the search through all of that are relacy's. Atomic operations
// come here from base/atomic.h (test/model/atomic.h stands in for it). Plain accesses come here because
// these sources are compiled with the instrumentation of the thread sanitizer, whose library is
// replaced: so data races are found in code as it is. Memory that is freed stays unused and is watched
// until the end of the execution.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skein::base {
enum class Order : int;
}

namespace skein::model {

using base::Order;

// Where an operation stands in the source.
struct Site {
  const char* file;
  int line;
  int column;
};

enum class Change { Exchange, Add, Or, And };

// --- What base/atomic.h and base/platform.h are made of ------------------------------------------

uint64_t load(const void* word, size_t size, Order order, const Site& site);
void store(void* word, size_t size, uint64_t value, Order order, const Site& site);
uint64_t change(void* word, size_t size, Change change, uint64_t operand, Order order,
                const Site& site);
bool compare_exchange(void* word, size_t size, uint64_t& expected, uint64_t value, Order order,
                      Order failure, const Site& site);
// Sequentially consistent; and the one that makes all other threads pass such a fence.
void fence(const Site& site);
void process_fence();
// Somebody else has to go on before this thread can.
void yield();
// As the system's futex calls. `is_timed`: may end by itself.
void futex_wait(const void* word, uint64_t expected, bool is_timed);
void futex_wake(const void* word, int count);

// Memory of this execution, 16-aligned and zero; `size` is 0 when it is given back.
void* allocate(size_t size);
void release(void* memory);

// --- What models are written with ----------------------------------------------------------------

// The claim does not hold. Does not return.
[[noreturn]] void fail(const char* claim);
#define CHECK(condition) \
  ((condition) ? (void)0 : ::skein::model::fail("does not hold: " #condition))

// One of `count` possibilities.
unsigned choose(unsigned count);

// A post that is raised once and waited for by one thread, as a frame that is made ready is resumed by
// some worker: what was done before `raise` is seen after `wait`.
class Signal {
 public:
  void raise();
  void wait();

 private:
  uint64_t word_ = 0;
};

// A few threads and what must hold. One object for each execution.
class Model {
 public:
  virtual void begin() {}
  virtual void thread(unsigned index) = 0;
  virtual void end() {}

 protected:
  ~Model() = default;
};

constexpr unsigned kMostThreads = 4;

// How executions are chosen: all of them; all with at most so many switches away from a thread that
// could go on; or so many by chance.
enum class Search { All, Switches, Chance };

struct Entry {
  const char* name;
  const char* claim;
  unsigned threads;
  Search search;
  unsigned limit;     // switches or executions
  size_t size;
  Model* (*make)(void* memory);
};

void add_model(const Entry& entry);

// Registers the class `Type`, whose name is that of the model.
#define MODEL(Type, claim, threads, search, limit)                                           \
  __attribute__((constructor)) static void add_##Type() {                                    \
    ::skein::model::add_model({#Type, claim, threads, ::skein::model::Search::search, limit, \
                               sizeof(Type), [](void* memory) -> ::skein::model::Model* {    \
                                 return new (memory) Type();                                 \
                               }});                                                          \
  }

}  // namespace skein::model
