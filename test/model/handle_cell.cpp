// The cell of an Atomic that holds a counted handle (value/handle_cell.h).
#include "runtime/value/handle_cell.h"

#include "test/model/host.h"

namespace skein::model {

using base::Atomic;
using base::Order;
using value::HandleCell;

// What handles are of. `content` is written before the handle is stored, and again after the last is gone:
// a load that sees too little, or a handle that is counted too late, is a race.
struct alignas(8) Thing {
  Atomic<int64_t> count{1};
  int content = 0;
};

class HandleModel : public Model {
 public:
  void begin() override {
    things_[0].content = 1;
    word_ = reinterpret_cast<uint64_t>(&things_[0]);
  }
  void end() override {
    HandleCell cell(word_);
    Thing* last = static_cast<Thing*>(cell.lock());
    cell.unlock(last);
    let_go(last);
    for (Thing& thing : things_) CHECK(thing.content == 0);
  }

 protected:
  Thing* load() {
    HandleCell cell(word_);
    Thing* thing = static_cast<Thing*>(cell.lock());
    thing->count.fetch_add(1, Order::Relaxed);
    cell.unlock(thing);
    return thing;
  }
  Thing* swap(Thing* fresh) {
    HandleCell cell(word_);
    Thing* old = static_cast<Thing*>(cell.lock());
    cell.unlock(fresh);
    return old;
  }
  // What is left over: the old one, or the fresh one where another than the expected one was there.
  Thing* compare_exchange(Thing* expected, Thing* fresh) {
    HandleCell cell(word_);
    Thing* held = static_cast<Thing*>(cell.lock());
    cell.unlock(held == expected ? fresh : held);
    return held == expected ? held : fresh;
  }
  static void let_go(Thing* thing) {
    if (thing->count.fetch_sub(1, Order::AcqRel) == 1) thing->content = 0;
  }
  Thing* make(unsigned index) {
    things_[index].content = 1;
    return &things_[index];
  }

  Thing things_[3];
  uint64_t word_ = 0;
};

class HandleLoadAndSwap : public HandleModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      let_go(swap(make(1)));
      let_go(swap(make(2)));
    } else {
      Thing* thing = load();
      CHECK(thing->content == 1);
      let_go(thing);
    }
  }
};
MODEL(HandleLoadAndSwap, "a handle that is loaded keeps what it is of", 2, Switches, 3)

class HandleExchange : public HandleModel {
 public:
  void thread(unsigned index) override {
    Thing* seen = load();
    CHECK(seen->content == 1);
    let_go(compare_exchange(seen, make(index + 1)));
    let_go(seen);
  }
};
MODEL(HandleExchange, "also where two exchange it", 2, Switches, 3)

}  // namespace skein::model
