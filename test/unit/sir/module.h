// A module read from text, with everything it stands on.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "compiler/sir/read.h"

namespace skein::sir {

class ReadModule {
 public:
  static constexpr bool kMayFail = true;

  explicit ReadModule(std::string source, bool may_fail = false) : text(std::move(source)) {
    module_ = read_module(text, 0, program_, error);
    if (!may_fail) {
      EXPECT_TRUE(module_.has_value()) << error.line << ": " << error.message;
    }
  }

  bool ok() const { return module_.has_value(); }
  Module& module() { return *module_; }
  types::Program& program() { return program_; }
  // The function of that name.
  Function& function(std::string_view name) {
    for (Function& function : module_->functions) {
      if (function.name == name) return function;
    }
    ADD_FAILURE() << "no function " << name;
    return module_->functions[FunctionId(0)];
  }

  std::string text;
  ReadError error;

 private:
  Interner interner_;
  SourceMap sources_;
  types::Program program_{interner_, sources_};
  std::optional<Module> module_;
};

}  // namespace skein::sir
