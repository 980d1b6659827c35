// A module of the middle language from its text, for tests of what codegen makes of it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "compiler/sir/read.h"
#include "compiler/sir/verify.h"

namespace skein::codegen {

class SirText {
 public:
  explicit SirText(const std::string& text) : program_(names_, sources_) {
    FileId file = sources_.add("test.sir", text);
    sir::ReadError error;
    module_ = sir::read_module(sources_.file(file).text, sources_.file(file).base, program_, error);
    EXPECT_TRUE(module_.has_value()) << "line " << error.line << ": " << error.message;
    if (!module_) return;
    for (sir::FunctionId id : module_->functions.ids()) {
      if (module_->functions[id].kind == sir::FunctionKind::Entry) module_->entry = id;
    }
    for (const sir::Problem& problem : sir::verify(*module_, sir::VerifyStage::Specialized)) {
      ADD_FAILURE() << problem.text;
    }
  }

  sir::Module& module() { return *module_; }

 private:
  Interner names_;
  SourceMap sources_;
  types::Program program_;
  std::optional<sir::Module> module_;
};

}  // namespace skein::codegen
