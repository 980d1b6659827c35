// A deadline that fires while its block is being left (task/deadline.h).
#include "runtime/task/deadline.h"

#include "runtime/task/node.h"
#include "runtime/task/scope.h"
#include "test/model/host.h"

namespace skein::model {

static void wake(task::Host&, abi::Frame* frame) { make_ready(frame); }

class DeadlineFires : public Model {
 public:
  void begin() override {
    task::enter_scope(scope_, &owner_);
    deadline_ = task::new_deadline(scope_, 0, sizeof(task::Deadline), host_);
  }
  // The timer is out of its wheel: one thread acts on it, the other leaves the block.
  void thread(unsigned index) override {
    if (index == 0) {
      task::fire_deadline(deadline_, host_);
    } else {
      task::leave_fired_deadline(deadline_, host_);
      (void)task::leave_scope(scope_, abi::kScopeTimedOut);
      CHECK(!task::is_cancelled(&owner_));
      release(scope_);
    }
  }

 private:
  task::Host host_{wake};
  abi::Node owner_ = {};
  abi::Scope* scope_ = new (allocate(sizeof(abi::Scope))) abi::Scope();
  task::Deadline* deadline_ = nullptr;
};
MODEL(DeadlineFires, "the record is freed once, and the block outlives who ends it", 2, Switches, 4)

}  // namespace skein::model
