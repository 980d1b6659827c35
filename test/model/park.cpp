// Sleeping until there is something to do (base/park.h): no wake is lost.
#include "runtime/base/park.h"

#include "test/model/host.h"

namespace skein::model {

using base::Atomic;
using base::EventCount;
using base::Order;

class ParkModel : public Model {
 protected:
  void sleep_until_there_is_work() {
    while (true) {
      const uint32_t prepared = events_.prepare();
      if (work_.load(Order::Relaxed) != 0) return;
      events_.sleep(prepared, -1);
    }
  }
  void offer() {
    work_.store(1, Order::Relaxed);
    events_.wake(1);
  }

  EventCount events_;
  Atomic<uint32_t> work_;
};

class ParkOnce : public ParkModel {
 public:
  void thread(unsigned index) override { index == 0 ? sleep_until_there_is_work() : offer(); }
};
MODEL(ParkOnce, "who looks for work between prepare and sleep does not miss it", 2, All, 0)

}  // namespace skein::model
