// The command line: what is understood, and what is said about the rest.
#include "compiler/driver/options.h"

#include <gtest/gtest.h>

namespace skein::driver {

using Args = std::vector<std::string_view>;

// The report about a wrong command line and its help, joined; "" when there is none.
static std::string complaint(const Args& args) {
  DiagnosticSink sink;
  parse_options(args, sink);
  if (!sink.has_errors()) return "";
  const Diagnostic* report = sink.sorted().front();
  return report->message + (report->helps.empty() ? "" : "; " + report->helps.front());
}

static Options options(const Args& args) {
  DiagnosticSink sink;
  Options options = parse_options(args, sink);
  EXPECT_FALSE(sink.has_errors());
  return options;
}

TEST(Options, NothingAsksForHelp) {
  EXPECT_EQ(options({}).verb, Verb::Help);
  EXPECT_EQ(options({"--help"}).verb, Verb::Help);
}

TEST(Options, FlagsStandBeforeAndAfterTheFile) {
  Options read = options({"build", "--release", "a.sk", "-o", "b", "--strip"});
  EXPECT_EQ(read.input, "a.sk");
  EXPECT_EQ(read.output, "b");
  EXPECT_TRUE(read.release);
  EXPECT_TRUE(read.strip);
}

TEST(Options, LastOptimisationLevelCounts) {
  EXPECT_FALSE(options({"build", "-O2", "-O0", "a.sk"}).release);
  EXPECT_TRUE(options({"build", "-O0", "-O2", "a.sk"}).release);
}

TEST(Options, ProgramArgumentsAreNotRead) {
  Options read = options({"run", "a.sk", "--", "--release", "--", "x"});
  EXPECT_FALSE(read.release);
  EXPECT_EQ(read.program_args, (std::vector<std::string>{"--release", "--", "x"}));
}

TEST(Options, FileThatLooksLikeAFlagComesAfterDashes) {
  EXPECT_EQ(options({"check", "--", "-a.sk"}).input, "-a.sk");
}

TEST(Options, ProductDecidesTheLastStep) {
  EXPECT_EQ(options({"build", "a.sk"}).last_step(), Step::Link);
  EXPECT_EQ(options({"emit", "ast", "a.sk"}).last_step(), Step::Parse);
  EXPECT_EQ(options({"build", "--emit=llvm-ir", "a.sk"}).last_step(), Step::Codegen);
  EXPECT_EQ(options({"build", "--stop-after=check", "a.sk"}).last_step(), Step::Check);
  EXPECT_EQ(options({"emit", "ast", "--stop-after", "lower", "a.sk"}).last_step(), Step::Parse);
}

TEST(Options, VerbIsSuggested) {
  EXPECT_EQ(complaint({"biuld", "a.sk"}), "`skein` has no verb `biuld`; did you mean `skein build`?");
  EXPECT_EQ(complaint({"a.sk"}), "`skein` has no verb `a.sk`; to run a program: `skein run a.sk`");
  EXPECT_EQ(complaint({"xylophone"}),
            "`skein` has no verb `xylophone`; `skein --help` lists the verbs");
  EXPECT_EQ(complaint({"help", "chekc"}), "`skein` has no verb `chekc`; did you mean `skein check`?");
}

TEST(Options, FlagIsSuggested) {
  EXPECT_EQ(complaint({"build", "--relase", "a.sk"}),
            "`skein build` has no flag `--relase`; did you mean `--release`?");
  EXPECT_EQ(complaint({"check", "--release", "a.sk"}),
            "`skein check` has no flag `--release`; it is a flag of `skein build`");
  EXPECT_EQ(complaint({"check", "--xyz", "a.sk"}),
            "`skein check` has no flag `--xyz`; `skein check --help` lists its flags");
}

TEST(Options, ValuesAreChecked) {
  EXPECT_EQ(complaint({"build", "a.sk", "-o"}), "the flag `-o` needs a value: OUT");
  EXPECT_EQ(complaint({"build", "--release=3", "a.sk"}),
            "the flag `--release` takes no value, but got `3`");
  EXPECT_EQ(complaint({"emit", "asn", "a.sk"}),
            "`asn` is not a value for `skein emit`; it makes tokens, ast, sir, llvm-ir, asm or obj");
  EXPECT_EQ(complaint({"build", "--color=red", "a.sk"}),
            "`red` is not a value for `--color`; --color WHEN: auto, always or never");
}

TEST(Options, OperandsAreCounted) {
  EXPECT_EQ(complaint({"new"}),
            "`skein new` needs NAME; for example: `skein new app && cd app && skein run`");
  EXPECT_EQ(complaint({"opt", "a.sir"}),
            "`skein opt` needs --pass=NAME; for example: `skein opt --pass=place_drops fib.sir`");
  EXPECT_EQ(complaint({"run", "a.sk", "x"}),
            "`skein run` does not know what to do with `x`; "
            "the program's own arguments stand after `--`");
}

TEST(Options, EveryVerbHasAPageWithAnExample) {
  for (const char* verb : {"build", "run", "check", "emit", "new", "opt", "explain", "help", "version"}) {
    std::string page = help_text(verb);
    EXPECT_EQ(page.find("skein " + std::string(verb) + ":"), 0u) << page;
    EXPECT_NE(page.find("\nexample: skein " + std::string(verb)), std::string::npos) << page;
    EXPECT_NE(help_text("").find("\n  " + std::string(verb) + " "), std::string::npos);
  }
}

}  // namespace skein::driver
