#include "compiler/driver/options.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "compiler/driver/files.h"
#include "compiler/support/check.h"

namespace skein::driver {

struct VerbRow {
  Verb verb;
  std::string_view name;
  std::string_view operands;   // as the usage line shows them
  std::string_view summary;
  std::string_view example;
  bool needs_input;
};

static constexpr VerbRow kVerbs[] = {
    {Verb::Build, "build", "[FILE]", "compile a program to an executable",
     "skein build --release fib.sk -o fib && ./fib", false},
    {Verb::Run, "run", "[FILE] [-- ARGS]", "compile a program and run it",
     "skein run fib.sk -- 30", false},
    {Verb::Scale, "scale", "[FILE] [-- ARGS]", "measure what more workers do for a program",
     "skein scale sort.sk -- 1000000", false},
    {Verb::Test, "test", "[FILE] [FILTER]", "run the `test` blocks of a file or package",
     "skein test parser.sk numbers", false},
    {Verb::Check, "check", "[FILE]", "report what is wrong with a program, and make nothing",
     "skein check --json fib.sk", false},
    {Verb::Emit, "emit", "PRODUCT [FILE]",
     "print what a step makes: tokens, ast, sir, llvm-ir, asm or obj",
     "skein emit llvm-ir --release fib.sk", false},
    {Verb::New, "new", "NAME", "begin a package in a folder of its own",
     "skein new app && cd app && skein run", true},
    {Verb::Opt, "opt", "FILE.sir", "run passes over the text of the middle language and print it",
     "skein opt --pass=place_drops fib.sir", true},
    {Verb::Interpret, "interpret", "[FILE]",
     "run a program without making code of it, slowly", "skein interpret fib.sk", false},
    {Verb::Fix, "fix", "FILE …", "make the changes that reports offer",
     "skein fix --dry-run fib.sk", true},
    {Verb::Explain, "explain", "CODE | suspends FUNCTION [FILE]",
     "say what a report is about, or why a function can suspend",
     "skein explain type-mismatch", true},
    {Verb::Doc, "doc", "[NAME]",
     "show what the comments of the library and of your package say about a name",
     "skein doc str.split", false},
    {Verb::Help, "help", "[VERB]", "show this page, or that of a verb", "skein help build", false},
    {Verb::Version, "version", "", "print the version", "skein version", false},
};

template <class T>
struct Choice {
  std::string_view name;
  T value;
};

static constexpr Choice<Product> kProducts[] = {
    {"tokens", Product::Tokens}, {"ast", Product::Ast},   {"sir", Product::Sir},
    {"llvm-ir", Product::LlvmIr}, {"asm", Product::Asm},  {"obj", Product::Object},
};
static constexpr Choice<Step> kSteps[] = {
    {"lex", Step::Lex},     {"parse", Step::Parse},     {"check", Step::Check},
    {"lower", Step::Lower}, {"passes", Step::Passes},   {"codegen", Step::Codegen},
};
static constexpr Choice<ColorMode> kColors[] = {
    {"auto", ColorMode::Auto}, {"always", ColorMode::Always}, {"never", ColorMode::Never},
};

template <class T, size_t n>
static bool choose(const Choice<T> (&choices)[n], std::string_view name, T& value) {
  for (const Choice<T>& choice : choices) {
    if (choice.name != name) continue;
    value = choice.value;
    return true;
  }
  return false;
}

static void split_commas(std::string_view list, std::vector<std::string>& items) {
  while (true) {
    size_t comma = list.find(',');
    items.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

static bool read_number(std::string_view text, uint32_t& number) {
  std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() && result.ptr == text.data() + text.size() && number > 0;
}

static constexpr uint32_t on(Verb verb) { return 1u << static_cast<uint32_t>(verb); }
static constexpr uint32_t kLinking = on(Verb::Build) | on(Verb::Run) | on(Verb::Scale) | on(Verb::Test);
static constexpr uint32_t kCompiling = kLinking | on(Verb::Emit);
static constexpr uint32_t kFrontEnd = kCompiling | on(Verb::Check);
static constexpr uint32_t kReporting =
    kFrontEnd | on(Verb::Opt) | on(Verb::Interpret) | on(Verb::Fix) | on(Verb::New) | on(Verb::Doc);

struct FlagRow {
  std::string_view name;
  std::string_view value;   // how the help shows it; empty: the flag takes none
  uint32_t verbs;
  std::string_view help;
  // Puts the flag into the options; false: the value is none of those it can have.
  bool (*apply)(Options& options, std::string_view value);
};

static constexpr FlagRow kFlags[] = {
    {"-o", "OUT", on(Verb::Build) | on(Verb::Emit),
     "write to OUT (default: the file's name without `.sk`, here)",
     [](Options& o, std::string_view v) { return o.output = v, !v.empty(); }},
    {"--release", "", kCompiling, "optimise; the same as -O2",
     [](Options& o, std::string_view) { return o.release = true; }},
    {"-O2", "", kCompiling, "", [](Options& o, std::string_view) { return o.release = true; }},
    {"-O0", "", kCompiling, "do not optimise (the default)",
     [](Options& o, std::string_view) { return o.release = false, true; }},
    {"--cpu", "NAME", kCompiling,
     "make code for this processor and those that can what it can (default: any x86-64): `native`, the one "
     "at hand, or a name such as x86-64-v3 or znver3",
     [](Options& o, std::string_view v) {
       std::optional<codegen::Cpu> cpu = codegen::find_cpu(v);
       if (cpu) o.cpu = *cpu;
       return cpu.has_value();
     }},
    {"--emit", "PRODUCT", on(Verb::Build),
     "make tokens, ast, sir, llvm-ir, asm or obj in place of an executable",
     [](Options& o, std::string_view v) { return choose(kProducts, v, o.product); }},
    {"--stop-after", "STEP", kFrontEnd,
     "stop after lex, parse, check, lower, passes or codegen",
     [](Options& o, std::string_view v) {
       Step step = Step::Link;
       bool known = choose(kSteps, v, step);
       o.stop_after = step;
       return known;
     }},
    {"--dump-after", "PASS", kCompiling | on(Verb::Opt),
     "print the middle language after a pass (or after `all`, or after `lower`)",
     [](Options& o, std::string_view v) { return split_commas(v, o.dump_after), !v.empty(); }},
    {"--static", "", kLinking, "use no shared libraries",
     [](Options& o, std::string_view) { return o.is_static = true; }},
    {"--strip", "", on(Verb::Build) | on(Verb::Run), "leave out symbols and debug information",
     [](Options& o, std::string_view) { return o.strip = true; }},
    {"-l", "NAME", kLinking, "link with the library NAME (`libNAME`)",
     [](Options& o, std::string_view v) { return o.link_libs.emplace_back(v), !v.empty(); }},
    {"-L", "DIR", kLinking, "look for libraries in DIR first",
     [](Options& o, std::string_view v) { return o.link_paths.emplace_back(v), !v.empty(); }},
    {"--no-cache", "", kLinking,
     "build anew, and keep nothing of it for later",
     [](Options& o, std::string_view) { return o.no_cache = true; }},
    {"--deny-warnings", "", kLinking | on(Verb::Check),
     "take warnings for errors",
     [](Options& o, std::string_view) { return o.deny_warnings = true; }},
    {"--jobs", "N", on(Verb::Test), "run N tests at once (default: one a core)",
     [](Options& o, std::string_view v) { return read_number(v, o.jobs); }},
    {"--timeout", "SECONDS", on(Verb::Test), "end a test that takes longer (default: 60)",
     [](Options& o, std::string_view v) { return read_number(v, o.timeout); }},
    {"--lib", "", on(Verb::New), "begin a library: a package without `main`",
     [](Options& o, std::string_view) { return o.is_library = true; }},
    {"--verify", "", on(Verb::Check),
     "compare the reports with the `//~ error CODE` comments of the file",
     [](Options& o, std::string_view) { return o.verify = true; }},
    {"--dry-run", "", on(Verb::Fix), "show the changes, and leave the files as they are",
     [](Options& o, std::string_view) { return o.dry_run = true; }},
    {"--pages", "DIR", on(Verb::Doc),
     "write pages of all modules into DIR: of the package around, or of the library",
     [](Options& o, std::string_view v) { return o.pages = v, !v.empty(); }},
    {"--pass", "NAME", on(Verb::Opt), "the pass to run; several with commas, in order",
     [](Options& o, std::string_view v) { return split_commas(v, o.passes), !v.empty(); }},
    {"--time-passes", "", kFrontEnd | on(Verb::Opt), "say on standard error how long each step took",
     [](Options& o, std::string_view) { return o.time_passes = true; }},
    {"--color", "WHEN", kReporting, "auto, always or never",
     [](Options& o, std::string_view v) { return choose(kColors, v, o.color); }},
    {"--json", "", kReporting, "print reports as JSON",
     [](Options& o, std::string_view) { return o.json = true; }},
};

static const VerbRow* find_verb(std::string_view name) {
  for (const VerbRow& row : kVerbs) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

static const VerbRow& row_of(Verb verb) { return kVerbs[static_cast<size_t>(verb)]; }

static const FlagRow* find_flag(std::string_view name) {
  for (const FlagRow& row : kFlags) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

static bool applies(const FlagRow& flag, Verb verb) { return (flag.verbs & on(verb)) != 0; }

// Reads the arguments from left to right.
class Reader {
 public:
  Reader(const std::vector<std::string_view>& args, DiagnosticSink& sink)
      : args_(args), sink_(sink) {}

  Options read() {
    read_verb();
    while (at_ < args_.size() && !sink_.has_errors()) read_argument(args_[at_++]);
    if (!sink_.has_errors()) check_complete();
    return std::move(options_);
  }

 private:
  void read_verb() {
    if (args_.empty()) return;
    std::string_view word = args_[at_++];
    if (word == "-h" || word == "--help") return;
    if (word == "-V" || word == "--version") word = "version";
    if (const VerbRow* row = find_verb(word)) {
      options_.verb = row->verb;
      // Nobody cares how that scales which is not optimised.
      options_.release = options_.verb == Verb::Scale;
    } else {
      report_unknown_verb(word);
    }
  }

  void report_unknown_verb(std::string_view word) {
    Report report = sink_.report({}, D::UnknownVerb, {word});
    std::vector<std::string_view> names;
    for (const VerbRow& known : kVerbs) names.push_back(known.name);
    std::string_view near = nearest_name(word, names);
    if (word.ends_with(".sk")) {
      report.help("to run a program: `skein run " + std::string(word) + "`");
    } else if (!near.empty()) {
      report.help("did you mean `skein " + std::string(near) + "`?");
    } else {
      report.help("`skein --help` lists the verbs");
    }
  }

  void read_argument(std::string_view arg) {
    if (arg == "-h" || arg == "--help") {
      options_.input = row_of(options_.verb).name;
      options_.verb = Verb::Help;
      at_ = args_.size();
    } else if (arg == "--") {
      bool is_run = options_.verb == Verb::Run || options_.verb == Verb::Scale;
      for (; at_ < args_.size() && !sink_.has_errors(); ++at_) {
        if (is_run) options_.program_args.emplace_back(args_[at_]);
        if (!is_run) read_operand(args_[at_]);
      }
    } else if (arg.size() > 1 && arg[0] == '-') {
      read_flag(arg);
    } else {
      read_operand(arg);
    }
  }

  bool makes_program() const {
    return (kLinking & on(options_.verb)) != 0;
  }

  // `-lm`, `-L/opt/lib`: for the linker.
  bool read_link_flag(std::string_view arg) {
    bool is_one = arg.size() > 2 && (arg[1] == 'l' || arg[1] == 'L') && makes_program();
    if (is_one) options_.link_inputs.emplace_back(arg);
    return is_one;
  }

  static bool is_link_input(std::string_view arg) {
    return arg.ends_with(".o") || arg.ends_with(".a") || arg.ends_with(".so") ||
           arg.find(".so.") != std::string_view::npos;
  }

  void read_flag(std::string_view arg) {
    if (read_link_flag(arg)) return;
    size_t equals = arg.starts_with("--") ? arg.find('=') : std::string_view::npos;
    std::string_view name = arg.substr(0, equals);
    const FlagRow* flag = find_flag(name);
    if (!flag || !applies(*flag, options_.verb)) return report_unknown_flag(name, flag);
    bool has_value = equals != std::string_view::npos;
    std::string_view value = has_value ? arg.substr(equals + 1) : std::string_view();
    if (flag->value.empty() && has_value) {
      sink_.report({}, D::FlagTakesNoValue, {name, value});
      return;
    }
    if (!flag->value.empty() && !has_value) {
      if (at_ == args_.size()) {
        sink_.report({}, D::FlagNeedsValue, {name, flag->value});
        return;
      }
      value = args_[at_++];
    }
    if (!flag->apply(options_, value)) {
      sink_.report({}, D::BadFlagValue, {value, name})
          .help(std::string(name) + " " + std::string(flag->value) + ": " + std::string(flag->help));
    }
  }

  void report_unknown_flag(std::string_view name, const FlagRow* elsewhere) {
    const VerbRow& verb = row_of(options_.verb);
    Report report = sink_.report({}, D::UnknownFlag, {verb.name, name});
    if (elsewhere) {
      for (const VerbRow& other : kVerbs) {
        if (!applies(*elsewhere, other.verb)) continue;
        report.help("it is a flag of `skein " + std::string(other.name) + "`");
        return;
      }
    }
    std::vector<std::string_view> names = {"--help"};
    for (const FlagRow& flag : kFlags) {
      if (applies(flag, verb.verb)) names.push_back(flag.name);
    }
    std::string_view near = nearest_name(name, names);
    if (near.empty()) {
      report.help("`skein " + std::string(verb.name) + " --help` lists its flags");
    } else {
      report.help("did you mean `" + std::string(near) + "`?");
    }
  }

  void read_operand(std::string_view arg) {
    bool is_product = options_.verb == Verb::Emit && options_.product == Product::Executable;
    if (is_product) {
      if (choose(kProducts, arg, options_.product)) return;
      sink_.report({}, D::BadFlagValue, {arg, "skein emit"})
          .help("it makes tokens, ast, sir, llvm-ir, asm or obj");
      return;
    }
    if (makes_program() && is_link_input(arg)) {
      options_.link_inputs.emplace_back(arg);
      return;
    }
    if (options_.verb == Verb::Explain && arg == "suspends" && options_.function.empty()) {
      if (at_ < args_.size()) options_.function = args_[at_++];
      if (!options_.function.empty()) return;
    }
    // What names no file or folder is a part of names of tests.
    bool is_path = arg.ends_with(".sk") || is_folder(std::string(arg));
    if (options_.verb == Verb::Test && options_.filter.empty() && !arg.empty() && !is_path) {
      options_.filter = arg;
      return;
    }
    if (options_.input.empty() && !arg.empty()) {
      options_.input = arg;
      return;
    }
    if (options_.verb == Verb::Fix && !arg.empty()) {
      options_.more_inputs.emplace_back(arg);
      return;
    }
    Report report = sink_.report({}, D::ExtraOperand, {row_of(options_.verb).name, arg});
    bool takes_args = options_.verb == Verb::Run || options_.verb == Verb::Scale;
    if (takes_args) report.help("the program's own arguments stand after `--`");
  }

  void check_complete() {
    bool asks_for_verb = options_.verb == Verb::Help && !options_.input.empty();
    if (asks_for_verb && !find_verb(options_.input)) return report_unknown_verb(options_.input);
    const VerbRow& verb = row_of(options_.verb);
    bool needs_product = options_.verb == Verb::Emit && options_.product == Product::Executable;
    if (needs_product || (verb.needs_input && options_.input.empty() && options_.function.empty())) {
      sink_.report({}, D::MissingOperand, {verb.name, verb.operands})
          .help("for example: `" + std::string(verb.example) + "`");
    }
    if (options_.verb == Verb::Opt && options_.passes.empty() && !sink_.has_errors()) {
      sink_.report({}, D::MissingOperand, {verb.name, "--pass=NAME"})
          .help("for example: `" + std::string(verb.example) + "`");
    }
  }

  const std::vector<std::string_view>& args_;
  DiagnosticSink& sink_;
  size_t at_ = 0;
  Options options_;
};

Options parse_options(const std::vector<std::string_view>& args, DiagnosticSink& sink) {
  return Reader(args, sink).read();
}

static Step step_of(Product product) {
  switch (product) {
    case Product::Tokens: return Step::Lex;
    case Product::Ast: return Step::Parse;
    case Product::Sir: return Step::Passes;
    case Product::LlvmIr:
    case Product::Asm:
    case Product::Object: return Step::Codegen;
    case Product::Executable: return Step::Link;
  }
  SKEIN_UNREACHABLE("unknown product");
}

Step Options::last_step() const {
  // The last two reporters to the user are passes; what they leave is also what is interpreted.
  bool makes_no_code = verb == Verb::Check || verb == Verb::Fix || verb == Verb::Explain ||
                       verb == Verb::Interpret;
  Step last = makes_no_code ? Step::Passes : step_of(product);
  return stop_after ? std::min(*stop_after, last) : last;
}

static void append_padded(std::string& out, std::string_view text, size_t width) {
  out += text;
  out.append(text.size() < width ? width - text.size() : 1, ' ');
}

static std::string general_help() {
  std::string out = "skein: compile and run programs of many tasks\n\nusage: skein VERB …\n\n";
  for (const VerbRow& verb : kVerbs) {
    out += "  ";
    append_padded(out, std::string(verb.name) + " " + std::string(verb.operands), 24);
    out += std::string(verb.summary) + "\n";
  }
  out += "\nWithout FILE, the package around this folder is meant: see `skein new`.\n";
  out += "`skein VERB --help` shows the flags of a verb.\n";
  out += "exit status: 0 all is well, 1 errors in the program, 2 wrong use or a refusal of the system,\n"
         "             70 a bug in skein\n";
  return out;
}

std::string help_text(std::string_view verb) {
  const VerbRow* found = find_verb(verb);
  if (!found) return general_help();
  const VerbRow& row = *found;
  std::string out = "skein " + std::string(row.name) + ": " + std::string(row.summary) + "\n\n";
  out += "usage: skein " + std::string(row.name);
  if (!row.operands.empty()) out += " " + std::string(row.operands);
  out += "\n\n";
  for (const FlagRow& flag : kFlags) {
    if (!applies(flag, row.verb) || flag.help.empty()) continue;
    std::string shown(flag.name);
    if (!flag.value.empty()) shown += (shown.size() == 2 ? " " : "=") + std::string(flag.value);
    out += "  ";
    append_padded(out, shown, 24);
    out += std::string(flag.help) + "\n";
  }
  append_padded(out, "  -h, --help", 26);
  out += "show this page\n\nexample: " + std::string(row.example) + "\n";
  return out;
}

}  // namespace skein::driver
