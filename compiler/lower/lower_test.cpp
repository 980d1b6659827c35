// A program made by `skein test` runs one test, the one with the number it is given:
//
//     switch chosen_test() { 0 => test "adds" …, else => prints the names, a line each }
//
// It says that the test's body has ended by a byte on the descriptor 3. A function returns when the
// tasks it gave up have ended, so what runs after that byte are tasks that were left behind.
// driver/test_runner is the other side of this.
#include "compiler/lower/lower_test.h"

#include <algorithm>

#include "compiler/lower/steps.h"

namespace skein::lower {

static constexpr int64_t kEndDescriptor = 3;

static void print(Body& body, std::string text, int64_t descriptor, Span span) {
  body.builtin(Builtin::Print, {},
               {body.const_str(std::move(text)), body.const_bool(false),
                body.const_int(descriptor)},
               Place(), span);
}

void emit_test_end(Body& body, Span span) { print(body, "e", kEndDescriptor, span); }

static void call(Body& body, types::FnId fn, const Place& dest, Span span) {
  Inst inst;
  inst.kind = InstKind::Call;
  inst.span = span;
  inst.dest = dest;
  inst.callee = body.unit.function_of(fn);
  body.emit(std::move(inst));
}

// A line a test; with the module in front where several have tests.
static std::string names_of_tests(const types::Program& program) {
  const std::vector<types::FnId>& tests = program.tests;
  auto module_of = [&](types::FnId id) { return program.fns[id].module; };
  bool is_one_module = std::all_of(tests.begin(), tests.end(), [&](types::FnId id) {
    return module_of(id) == module_of(tests.front());
  });
  std::string names;
  for (types::FnId id : tests) {
    std::string name(program.interner.text(program.fns[id].name));
    std::replace(name.begin(), name.end(), '\n', ' ');
    if (!is_one_module) {
      names += std::string(program.interner.text(program.modules[module_of(id)].name)) + ": ";
    }
    names += name + "\n";
  }
  return names;
}

FunctionId lower_test_entry(Unit& unit) {
  const std::vector<types::FnId>& tests = unit.program.tests;
  Span span = tests.empty() ? Span() : unit.program.fns[tests.front()].span;
  FunctionId id = unit.add_made_up("skn.main", sir::FunctionKind::Entry, span);
  sir::Local status;
  status.type = unit.program.types.int_();
  status.kind = sir::LocalKind::Return;
  status.span = span;
  unit.module.functions[id].locals.add(status);
  Body body(unit, id);
  body.assign(body.fn.return_local(), body.const_int(0), span);
  LocalId chosen = body.new_temp(unit.program.types.int_(), span);
  call(body, unit.program.core.chosen_test, chosen, span);
  Inst choice;
  choice.kind = InstKind::Switch;
  choice.span = span;
  choice.operands = {Operand::copy(chosen)};
  for (uint64_t i = 0; i < tests.size(); ++i) choice.cases.push_back(i);
  for (size_t i = 0; i <= tests.size(); ++i) choice.targets.push_back(body.new_block());
  std::vector<BlockId> ways = choice.targets;
  BlockId end = body.new_block();
  body.emit(std::move(choice));
  for (size_t i = 0; i < tests.size(); ++i) {
    body.begin(ways[i]);
    call(body, tests[i], Place(), unit.program.fns[tests[i]].span);
    body.jump(end, span);
  }
  body.begin(ways.back());
  print(body, names_of_tests(unit.program), 1, span);
  body.jump(end, span);
  body.begin(end);
  body.emit(InstKind::Return, {}, span);
  body.finish();
  return id;
}

}  // namespace skein::lower
