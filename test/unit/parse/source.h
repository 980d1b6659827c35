// Source text to tree in one step, for the parser's tests.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "compiler/lex/lexer.h"
#include "compiler/parse/parse.h"
#include "compiler/syntax/print_ast.h"

namespace skein {

class Parsed {
 public:
  explicit Parsed(std::string text) {
    FileId file = sources_.add("test.sk", std::move(text));
    syntax::TokenBuffer tokens = lex::tokenize(file, sources_, names_, sink_);
    parse::Shared shared{arena_, names_, counters_, sink_};
    module_ = parse::parse_module(tokens, shared);
  }

  // The codes of all reports, with one blank between them.
  std::string reports() const {
    std::string out;
    for (const Diagnostic* diagnostic : sink_.sorted()) {
      out += (out.empty() ? "" : " ") + std::string(diagnostic_row(diagnostic->kind).code);
    }
    return out;
  }
  // The words of the first report.
  std::string message() const { return sink_.sorted().empty() ? "" : sink_.sorted()[0]->message; }
  // The whole tree on one line.
  std::string tree() const { return one_line(syntax::print_ast(*module_, names_)); }
  const ast::Module& module() const { return *module_; }
  const ast::Counters& counters() const { return counters_; }
  const DiagnosticSink& sink() const { return sink_; }
  const SourceMap& sources() const { return sources_; }
  // The body of the function that is the first declaration.
  const ast::Block& body() const { return *module_->items[0]->as<ast::FnItem>()->body; }

  // The tree of one expression, as the value of a function's body, on one line.
  static std::string expr(const std::string& text) {
    Parsed parsed("fn f() { " + text + " }");
    EXPECT_EQ(parsed.reports(), "") << text;
    if (!parsed.body().value) return "no value";
    return one_line(syntax::print_ast(*parsed.body().value, parsed.names_));
  }

 private:
  // Every run of blanks is one blank.
  static std::string one_line(const std::string& text) {
    std::string out;
    for (char c : text) {
      bool is_blank = c == ' ' || c == '\n';
      if (is_blank && (out.empty() || out.back() == ' ')) continue;
      out += is_blank ? ' ' : c;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }

  SourceMap sources_;
  Interner names_;
  DiagnosticSink sink_;
  Arena arena_;
  ast::Counters counters_;
  ast::Module* module_ = nullptr;
};

}  // namespace skein
