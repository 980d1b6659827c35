// See simulator.h. The one file that knows relacy, and is not instrumented.
#include "test/model/simulator.h"

#include "runtime/base/atomic.h"
#include "runtime/sched/worker.h"
#include "test/model/search.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <time.h>

#include <relacy/relacy.hpp>
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert

namespace skein::model {

// --- Sites and weakened orders -------------------------------------------------------------------

static constexpr size_t kMostSites = 1024;
static SiteUse sites[kMostSites];
static size_t site_count = 0;
static Weakening weakening = {};

// Two calls of one line differ in their column.
static SiteUse& use_of(const Site& site) {
  size_t at = (size_t(site.line) * 31 + size_t(site.column) * 7) % kMostSites;
  while (sites[at].site.file != nullptr) {
    const Site& other = sites[at].site;
    if (other.line == site.line && other.column == site.column &&
        (other.file == site.file || strcmp(other.file, site.file) == 0)) {
      return sites[at];
    }
    at = (at + 1) % kMostSites;
  }
  if (++site_count == kMostSites) abort();
  sites[at].site = site;
  return sites[at];
}

static Order order_at(const Site& site, const char* operation, bool is_failure, Order order) {
  SiteUse& use = use_of(site);
  use.operation = operation;
  (is_failure ? use.failure : use.order) = order;
  use.has_failure |= is_failure;
  const bool is_weakened = weakening.is_set && weakening.is_failure == is_failure &&
                           weakening.line == site.line && weakening.column == site.column &&
                           strcmp(path_of(site), weakening.file) == 0;
  return is_weakened ? weakening.order : order;
}

static bool is_removed(const Site& site, const char* operation) {
  SiteUse& use = use_of(site);
  use.operation = operation;
  return weakening.is_set && weakening.line == site.line && weakening.column == site.column &&
         strcmp(path_of(site), weakening.file) == 0;
}

const char* path_of(const Site& site) {
  const char* path = strstr(site.file, "runtime/");
  return path != nullptr ? path : site.file;
}

void weaken(const Weakening& which) { weakening = which; }

void for_each_site(void (*visit)(const SiteUse& use)) {
  for (const SiteUse& use : sites) {
    if (use.site.file != nullptr) visit(use);
  }
}

void forget_sites() {
  memset(sites, 0, sizeof(sites));
  site_count = 0;
}

// --- The memory of one execution -----------------------------------------------------------------

// An atomic word, with the values that relacy's history of it refers to.
struct Word {
  rl::atomic_data* data;
  uint64_t values[rl::atomic_history_size];
  uint64_t latest;
  size_t size;
  Word* earlier;  // of all
};

// The clock of each thread when it last did that to a byte.
struct Byte {
  uint32_t reads[kMostThreads];
  uint32_t writes[kMostThreads];
  uint32_t atomic_reads[kMostThreads];
  uint32_t atomic_writes[kMostThreads];
};

struct Granule {
  uintptr_t address;  // of eight bytes
  uint32_t execution;
  uint8_t freed;      // bits
  const void* places[kMostThreads];  // of the last plain access of each thread
  Word* words[8];
  Byte bytes[8];
};

static constexpr size_t kGranules = size_t(1) << 16;
static constexpr size_t kWords = size_t(1) << 12;
static constexpr size_t kArena = size_t(1) << 26;
static Granule* granules;
static Word* words;
static size_t word_count;
static Word* all_words;
static char* arena;
static size_t arena_used;
static uint32_t execution = 0;
static bool is_running = false;
static const Entry* current = nullptr;
static void (*make_fresh)(rl::atomic_data* data);
static void (*end_sequence)(rl::atomic_data* data, unsigned index);
static const void* race_places[2];

static rl::debug_info info_of(const Site& site) {
  return rl::debug_info("", path_of(site), static_cast<unsigned>(site.line));
}

struct Event {
  const char* operation;
  const void* address;
  uint64_t value;
  Order order;

  void output(std::ostream& out) const {
    static const char* const kOrders[] = {"relaxed", "", "acquire", "release", "acq_rel"};
    out << operation << " <" << address << "> " << std::hex << value << std::dec << " "
        << kOrders[int(order)];
  }
};

static void note(const Site& site, const Event& event) {
  rl::context& context = rl::ctx();
  if (context.collecting_history()) context.exec_log(info_of(site), event);
}

static const char* broken_claim = nullptr;

void fail(const char* claim) {
  broken_claim = claim;
  rl::ctx().fail_test(claim, rl::test_result_user_assert_failed, rl::debug_info());
  abort();
}

// The variables of the program that an execution touched, and what they were before it.
struct Global {
  uintptr_t address;
  uint64_t value;
};
static Global globals[kWords];
static size_t global_count = 0;
extern "C" char etext, end;

static void save_global(uintptr_t address) {
  if (address < reinterpret_cast<uintptr_t>(&etext) || address >= reinterpret_cast<uintptr_t>(&end)) {
    return;
  }
  if (global_count == kWords) abort();
  Global& global = globals[global_count++];
  global.address = address;
  memcpy(&global.value, reinterpret_cast<void*>(address), sizeof(global.value));
}

static void restore_globals() {
  while (global_count > 0) {
    const Global& global = globals[--global_count];
    void* place = reinterpret_cast<void*>(global.address);
    // Constants cannot be written.
    if (memcmp(place, &global.value, sizeof(global.value)) == 0) continue;
    memcpy(place, &global.value, sizeof(global.value));
  }
}

static Granule& granule_at(uintptr_t address) {
  const uintptr_t aligned = address & ~uintptr_t(7);
  size_t at = (aligned >> 3) * 0x9E3779B97F4A7C15u >> 48;
  while (granules[at].execution == execution && granules[at].address != aligned) {
    at = (at + 1) % kGranules;
  }
  Granule& granule = granules[at];
  if (granule.execution != execution) {
    memset(&granule, 0, sizeof(granule));
    granule.execution = execution;
    granule.address = aligned;
    save_global(aligned);
  }
  return granule;
}

// What a thread has seen of each.
struct Clock {
  uint32_t times[kMostThreads] = {};

  explicit Clock(const rl::thread_info_base& thread) {
    for (unsigned i = 0; i < current->threads; ++i) times[i] = uint32_t(thread.acq_rel_order_[i]);
  }
  bool covers(const uint32_t* others) const {
    bool covered = true;
    for (unsigned i = 0; i < kMostThreads; ++i) covered &= times[i] >= others[i];
    return covered;
  }
};

static void report_race(const Granule& granule, const void* place) {
  race_places[0] = place;
  race_places[1] = nullptr;
  for (int i = 0; i < int(current->threads); ++i) {
    if (i != rl::ctx().current_thread() && granule.places[i] != nullptr) {
      race_places[1] = granule.places[i];
    }
  }
  rl::ctx().fail_test("data race", rl::test_result_data_race, rl::debug_info());
}

enum class Access { Read, Write, AtomicRead, AtomicWrite };

// Whether the access is in no race with what other threads did to the byte; and that it happened.
static bool try_access(Byte& byte, Access access, const Clock& clock, int thread) {
  const bool writes = access == Access::Write || access == Access::AtomicWrite;
  const bool is_plain = access == Access::Read || access == Access::Write;
  const bool is_ordered = clock.covers(byte.writes) && (!writes || clock.covers(byte.reads)) &&
                          (!is_plain || clock.covers(byte.atomic_writes)) &&
                          (access != Access::Write || clock.covers(byte.atomic_reads));
  uint32_t* times = access == Access::Read         ? byte.reads
                    : access == Access::Write      ? byte.writes
                    : access == Access::AtomicRead ? byte.atomic_reads
                                                   : byte.atomic_writes;
  times[thread] = clock.times[thread];
  return is_ordered;
}

static void drop_word(Word* word) {
  if (word->data == nullptr) return;
  rl::ctx().atomic_dtor(word->data);
  word->data = nullptr;
}

// After a plain write the next atomic operation starts from what is there then.
static void drop_words(Granule& granule, size_t begin, size_t end) {
  for (size_t at = 0; at < end; ++at) {
    Word* word = granule.words[at];
    if (word == nullptr || at + word->size <= begin) continue;
    drop_word(word);
    granule.words[at] = nullptr;
  }
}

static void access(const void* memory, size_t size, Access access, const void* place) {
  // Thread locals are one thread's own: see Locals.
  if (!is_running || memory == &sched::skn_node || memory == &sched::skn_worker) return;
  rl::thread_info_base& thread = *rl::ctx().threadx_;
  thread.own_acq_rel_order_ += 1;
  const Clock clock(thread);
  const uintptr_t begin = reinterpret_cast<uintptr_t>(memory);
  for (uintptr_t at = begin; at < begin + size;) {
    Granule& granule = granule_at(at);
    const uintptr_t end = granule.address + 8 < begin + size ? granule.address + 8 : begin + size;
    const size_t first = at - granule.address;
    for (; at < end; ++at) {
      const size_t offset = at - granule.address;
      if ((granule.freed >> offset & 1) != 0) {
        race_places[0] = place;
        race_places[1] = nullptr;
        fail("memory that was freed is not touched");
      }
      if (!try_access(granule.bytes[offset], access, clock, thread.index_)) {
        report_race(granule, place);
      }
    }
    if (access == Access::Write) drop_words(granule, first, at - granule.address);
    if (access == Access::Read || access == Access::Write) granule.places[thread.index_] = place;
  }
}

static Word& word_at(const void* address, size_t size) {
  Granule& granule = granule_at(reinterpret_cast<uintptr_t>(address));
  Word*& slot = granule.words[reinterpret_cast<uintptr_t>(address) - granule.address];
  if (slot != nullptr) {
    if (slot->size != size) fail("an atomic word is used with two sizes");
    return *slot;
  }
  if (word_count == kWords) abort();
  Word* word = &words[word_count++];
  memset(word, 0, sizeof(*word));
  memcpy(&word->latest, address, size);
  word->size = size;
  word->data = rl::ctx().atomic_ctor(word);
  make_fresh(word->data);
  const unsigned index = rl::ctx().threadx_->atomic_init(word->data);
  word->values[index] = word->latest;
  word->earlier = all_words;
  all_words = word;
  slot = word;
  return *word;
}

static void set_latest(Word& word, void* address, unsigned index, uint64_t value) {
  word.values[index] = value;
  word.latest = value;
  memcpy(address, &value, word.size);
}

// --- Steps ---------------------------------------------------------------------------------------

// Thread locals belong to the simulated thread.
class Locals {
 public:
  ~Locals() {
    sched::skn_worker = worker_;
    sched::skn_node = node_;
  }

 private:
  sched::Worker* worker_ = sched::skn_worker;
  abi::Node* node_ = sched::skn_node;
};

// Any thread may go on here.
static void step() {
  Locals locals;
  rl::ctx().sched();
}

uint64_t load(const void* address, size_t size, Order order, const Site& site) {
  order = order_at(site, "load", false, order);
  step();
  access(address, size, Access::AtomicRead, __builtin_return_address(0));
  Word& word = word_at(address, size);
  rl::thread_info_base& thread = *rl::ctx().threadx_;
  const unsigned index = order == Order::Relaxed ? thread.atomic_load_relaxed(word.data)
                                                 : thread.atomic_load_acquire(word.data);
  if (index == unsigned(-1)) fail("an atomic word is read before it is there");
  note(site, {"load", address, word.values[index], order});
  return word.values[index];
}

void store(void* address, size_t size, uint64_t value, Order order, const Site& site) {
  order = order_at(site, "store", false, order);
  step();
  access(address, size, Access::AtomicWrite, __builtin_return_address(0));
  Word& word = word_at(address, size);
  rl::thread_info_base& thread = *rl::ctx().threadx_;
  const unsigned index = order == Order::Relaxed ? thread.atomic_store_relaxed(word.data)
                                                 : thread.atomic_store_release(word.data);
  if (order == Order::Relaxed) end_sequence(word.data, index);
  set_latest(word, address, index, value);
  note(site, {"store", address, value, order});
}

static unsigned modify(Word& word, Order order) {
  rl::thread_info_base& thread = *rl::ctx().threadx_;
  bool aba = false;
  switch (order) {
    case Order::Relaxed:
      return thread.atomic_rmw_relaxed(word.data, aba);
    case Order::Acquire:
      return thread.atomic_rmw_acquire(word.data, aba);
    case Order::Release:
      return thread.atomic_rmw_release(word.data, aba);
    case Order::AcqRel:
      break;
  }
  return thread.atomic_rmw_acq_rel(word.data, aba);
}

static uint64_t changed(uint64_t old, Change change, uint64_t operand, size_t size) {
  const uint64_t mask = ~uint64_t(0) >> (64 - 8 * size);
  switch (change) {
    case Change::Exchange:
      return operand;
    case Change::Add:
      return (old + operand) & mask;
    case Change::Or:
      return old | operand;
    case Change::And:
      return old & operand;
  }
  abort();
}

uint64_t change(void* address, size_t size, Change how, uint64_t operand, Order order,
                const Site& site) {
  static const char* const kNames[] = {"exchange", "add", "or", "and"};
  order = order_at(site, kNames[int(how)], false, order);
  step();
  access(address, size, Access::AtomicWrite, __builtin_return_address(0));
  Word& word = word_at(address, size);
  const uint64_t old = word.latest;
  set_latest(word, address, modify(word, order), changed(old, how, operand, size));
  note(site, {kNames[int(how)], address, word.latest, order});
  return old;
}

bool compare_exchange(void* address, size_t size, uint64_t& expected, uint64_t value, Order order,
                      Order failure, const Site& site) {
  order = order_at(site, "compare_exchange", false, order);
  failure = order_at(site, "compare_exchange", true, failure);
  step();
  Word& word = word_at(address, size);
  rl::thread_info_base& thread = *rl::ctx().threadx_;
  if (word.latest == expected) {
    access(address, size, Access::AtomicWrite, __builtin_return_address(0));
    set_latest(word, address, modify(word, order), value);
    note(site, {"compare_exchange", address, value, order});
    return true;
  }
  access(address, size, Access::AtomicRead, __builtin_return_address(0));
  (void)(failure == Order::Relaxed ? thread.atomic_load_relaxed_rmw(word.data)
                                   : thread.atomic_load_acquire_rmw(word.data));
  expected = word.latest;
  note(site, {"compare_exchange fails", address, expected, failure});
  return false;
}

void fence(const Site& site) {
  const bool is_gone = is_removed(site, "fence");
  step();
  if (is_gone && weakening.order == Order::Relaxed) return;
  note(site, {"fence", nullptr, 0, Order::Relaxed});
  if (is_gone) return rl::ctx().atomic_thread_fence_acq_rel();
  rl::context& context = rl::ctx();
  context.disable_preemption();
  context.atomic_thread_fence_seq_cst();
  context.enable_preemption();
}

void process_fence() {
  const Site site = {"runtime/base/platform.h", 0, 0};
  const bool is_gone = is_removed(site, "process_fence");
  step();
  if (is_gone) return;
  rl::ctx().rl_global_fence();
  note(site, {"process fence", nullptr, 0, Order::Relaxed});
}

void yield() {
  Locals locals;
  rl::ctx().yield(1, rl::debug_info("yield"));
}

void futex_wait(const void* address, uint64_t expected, bool is_timed) {
  const Site site = {"futex_wait", 0, 0};
  step();
  Word& word = word_at(address, sizeof(uint32_t));
  // The system reads what was written last, and this thread sees nothing older from then on.
  (void)rl::ctx().threadx_->atomic_load_relaxed_rmw(word.data);
  if (word.latest != expected) return;
  note(site, {"sleep", address, expected, Order::Relaxed});
  Locals locals;
  (void)rl::ctx().threadx_->atomic_wait(word.data, is_timed, false, info_of(site));
}

void futex_wake(const void* address, int count) {
  const Site site = {"futex_wake", 0, 0};
  step();
  Word& word = word_at(address, sizeof(uint32_t));
  note(site, {"wake", address, word.latest, Order::Relaxed});
  const int most = int(kMostThreads);
  rl::ctx().threadx_->atomic_wake(word.data, count < most ? count : most, info_of(site));
}

void Signal::raise() {
  const Site site = {"raise", 0, 0};
  step();
  Word& word = word_at(&word_, sizeof(word_));
  if (word.latest != 0) fail("a frame is made ready twice");
  set_latest(word, &word_, rl::ctx().threadx_->atomic_store_release(word.data), 1);
  note(site, {"raise", &word_, 1, Order::Release});
  (void)rl::ctx().threadx_->atomic_wake(word.data, 1, info_of(site));
}

void Signal::wait() {
  const Site site = {"wait", 0, 0};
  step();
  Word& word = word_at(&word_, sizeof(word_));
  if (word.latest == 0) {
    note(site, {"waits", &word_, 0, Order::Relaxed});
    Locals locals;
    (void)rl::ctx().threadx_->atomic_wait(word.data, false, false, info_of(site));
  }
  (void)rl::ctx().threadx_->atomic_load_acquire_rmw(word.data);
  set_latest(word, &word_, rl::ctx().threadx_->atomic_store_relaxed(word.data), 0);
  note(site, {"resumes", &word_, 0, Order::Acquire});
}

unsigned choose(unsigned count) { return rl::ctx().rand(count, rl::sched_type_user); }

// The size of a block stands before it.
static constexpr size_t kHeader = 16;

void* allocate(size_t size) {
  char* block = arena + arena_used;
  arena_used += kHeader + (size + 15) / 16 * 16;
  if (arena_used > kArena) abort();
  memcpy(block, &size, sizeof(size));
  return block + kHeader;
}

void release(void* memory) {
  size_t size = 0;
  memcpy(&size, static_cast<char*>(memory) - kHeader, sizeof(size));
  access(memory, size, Access::Write, __builtin_return_address(0));
  const uintptr_t begin = reinterpret_cast<uintptr_t>(memory);
  for (uintptr_t at = begin; at < begin + size; ++at) {
    granule_at(at).freed |= uint8_t(1 << (at & 7));
  }
}

// --- Executions ----------------------------------------------------------------------------------

static Model* model = nullptr;
static int64_t deadline = 0;
static bool ran_out = false;

// Nanoseconds of processor time: on a busy machine a search is not shorter than on an idle one.
static int64_t time_used() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

static void begin_execution() {
  if (++execution == 0) abort();
  restore_globals();
  memset(arena, 0, arena_used);
  arena_used = 0;
  word_count = 0;
  all_words = nullptr;
  is_running = true;
  model = current->make(allocate(current->size));
  model->begin();
}

static void end_execution() {
  model->end();
  is_running = false;
  for (Word* word = all_words; word != nullptr; word = word->earlier) drop_word(word);
}

template <int kThreads>
struct Suite : rl::test_suite<Suite<kThreads>, kThreads> {
  void before() {
    // One that failed is run once more for its history, and that may take its time.
    ran_out |= deadline != 0 && !rl::ctx().collecting_history() && time_used() > deadline;
    if (ran_out) rl::ctx().rl_until("out of time", rl::debug_info());
    begin_execution();
  }
  void thread(unsigned index) {
    sched::skn_worker = nullptr;
    sched::skn_node = nullptr;
    model->thread(index);
  }
  void after() { end_execution(); }
};

// Nobody has seen it before it is stored to.
template <int kThreads>
static void make_unseen(rl::atomic_data* data) {
  auto& impl = *static_cast<rl::atomic_data_impl<kThreads>*>(data);
  for (auto& record : impl.history_) {
    for (auto& time : record.first_seen_order_) time = rl::timestamp_t(-1);
    for (auto& time : record.acq_rel_order_) time = 0;
  }
}

// relacy lets a relaxed store go on with what an earlier one of the same thread has released; C++ has
// not done that since 2020.
template <int kThreads>
static void release_nothing(rl::atomic_data* data, unsigned index) {
  auto& record = static_cast<rl::atomic_data_impl<kThreads>*>(data)->history_[index];
  auto& thread = *static_cast<rl::thread_info<kThreads>*>(rl::ctx().threadx_);
  for (int i = 0; i < kThreads; ++i) record.acq_rel_order_[i] = thread.release_fence_order_[i];
}

template <int kThreads>
static bool simulate(rl::test_params& params) {
  make_fresh = make_unseen<kThreads>;
  end_sequence = release_nothing<kThreads>;
  return rl::simulate<Suite<kThreads>>(params);
}

Result search(const Entry& entry, const Limits& limits) {
  if (arena == nullptr) {
    const auto reserve = [](size_t size) {
      return mmap(nullptr, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    };
    granules = static_cast<Granule*>(reserve(kGranules * sizeof(Granule)));
    words = static_cast<Word*>(reserve(kWords * sizeof(Word)));
    arena = static_cast<char*>(reserve(kArena));
  }
  current = &entry;
  deadline = limits.seconds == 0 ? 0 : time_used() + int64_t(limits.seconds) * 1'000'000'000;
  ran_out = false;
  broken_claim = nullptr;
  race_places[0] = race_places[1] = nullptr;
  rl::ostringstream output;
  rl::ostringstream progress;
  rl::test_params params;
  params.output_stream = &output;
  params.progress_stream = &progress;
  params.execution_depth_limit = 20'000;
  params.search_type = entry.search == Search::All        ? rl::sched_full
                       : entry.search == Search::Switches ? rl::sched_bound
                                                          : rl::sched_random;
  const unsigned limit = entry.limit * (entry.search == Search::Chance ? limits.factor : 1);
  params.context_bound = limit;
  params.iteration_count = limit;
  switch (entry.threads) {
    case 1:
      simulate<1>(params);
      break;
    case 2:
      simulate<2>(params);
      break;
    case 3:
      simulate<3>(params);
      break;
    default:
      simulate<4>(params);
      break;
  }
  is_running = false;
  Result result = {};
  result.executions = params.stop_iteration;
  result.out_of_time = params.test_result == rl::test_result_until_condition_hit;
  result.holds = params.test_result == rl::test_result_success || result.out_of_time;
  result.places[0] = race_places[0];
  result.places[1] = race_places[1];
  result.what = broken_claim != nullptr ? broken_claim : rl::test_result_str(params.test_result);
  if (!result.holds && limits.shows) fputs(output.str().c_str(), stdout);
  return result;
}

}  // namespace skein::model

// --- What the instrumentation of the thread sanitizer calls --------------------------------------

using skein::model::Access;

extern "C" {
#define SKEIN_PLAIN(size)                                                        \
  void __tsan_read##size(void* at) {                                             \
    skein::model::access(at, size, Access::Read, __builtin_return_address(0));   \
  }                                                                              \
  void __tsan_write##size(void* at) {                                            \
    skein::model::access(at, size, Access::Write, __builtin_return_address(0));  \
  }                                                                              \
  void __tsan_unaligned_read##size(void* at) {                                   \
    skein::model::access(at, size, Access::Read, __builtin_return_address(0));   \
  }                                                                              \
  void __tsan_unaligned_write##size(void* at) {                                  \
    skein::model::access(at, size, Access::Write, __builtin_return_address(0));  \
  }
SKEIN_PLAIN(1)
SKEIN_PLAIN(2)
SKEIN_PLAIN(4)
SKEIN_PLAIN(8)
SKEIN_PLAIN(16)

void __tsan_init() {}
void __tsan_vptr_read(void** at) {
  skein::model::access(at, 8, Access::Read, __builtin_return_address(0));
}
void __tsan_vptr_update(void** at, void*) {
  skein::model::access(at, 8, Access::Write, __builtin_return_address(0));
}
void* __tsan_memset(void* to, int value, size_t size) {
  skein::model::access(to, size, Access::Write, __builtin_return_address(0));
  return memset(to, value, size);
}
void* __tsan_memcpy(void* to, const void* from, size_t size) {
  skein::model::access(from, size, Access::Read, __builtin_return_address(0));
  skein::model::access(to, size, Access::Write, __builtin_return_address(0));
  return memcpy(to, from, size);
}
void* __tsan_memmove(void* to, const void* from, size_t size) {
  skein::model::access(from, size, Access::Read, __builtin_return_address(0));
  skein::model::access(to, size, Access::Write, __builtin_return_address(0));
  return memmove(to, from, size);
}
}
