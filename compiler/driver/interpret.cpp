#include "compiler/driver/interpret.h"

#include <unistd.h>

#include "compiler/interpret/machine.h"
#include "compiler/link/output_file.h"

namespace skein::driver {

using interpret::Outcome;

// What a compiled program ends with after a panic that nobody takes.
static constexpr int kPanicked = 101;

static void print_panic(const Outcome& outcome, Session& session) {
  std::string text = "panic: " + outcome.words + "\n";
  if (outcome.span.valid()) {
    Location at = session.sources.locate(outcome.span.begin);
    text += "  --> " + std::string(at.path) + ":" + std::to_string(at.line) + ":" +
            std::to_string(at.column) + "\n";
  }
  link::write_fully(STDERR_FILENO, text);
}

int interpret_program(sir::Module& module, Session& session) {
  interpret::Limits limits;
  limits.steps = uint64_t{1} << 40;
  limits.frames = 1u << 20;
  limits.elements = 1u << 26;
  interpret::Machine machine(module, limits);
  machine.set_print_hook([](uint64_t descriptor, std::string_view text) {
    link::write_fully(static_cast<int>(descriptor), text);
  });
  Outcome outcome = machine.run(module.entry);
  switch (outcome.state) {
    case Outcome::State::Done:
    case Outcome::State::Exited:
      return static_cast<int>(outcome.value.bits & 0xff);
    case Outcome::State::Panicked:
      print_panic(outcome, session);
      return kPanicked;
    case Outcome::State::Refused:
    case Outcome::State::TooLong:
    case Outcome::State::Nested:
      break;
  }
  bool is_refused = outcome.state == Outcome::State::Refused;
  std::string what = is_refused ? "it " + outcome.words : "it takes " + outcome.words;
  session.sink.report(outcome.span, D::NotInterpreted, {what})
      .help("`skein run` compiles the program, and runs all of them");
  return 0;
}

}  // namespace skein::driver
