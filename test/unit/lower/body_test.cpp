// The stack of clean-ups and the blocks it makes, without a program around them.
#include "compiler/lower/body.h"

#include <gtest/gtest.h>

#include "compiler/sir/print.h"
#include "compiler/sir/verify.h"

namespace skein::lower {

class BodyTest : public ::testing::Test {
 protected:
  BodyTest() {
    FunctionId id = unit_.add_made_up("f", sir::FunctionKind::Normal, {});
    sir::Local result;
    result.type = program_.types.unit();
    result.kind = sir::LocalKind::Return;
    module_.functions[id].locals.add(result);
    body_.emplace(unit_, id);
  }

  // A temporary with a text, dropped with the current scope.
  LocalId text() {
    LocalId local = body_->new_temp(program_.types.str(), {});
    body_->assign(local, body_->const_str("x"), {});
    body_->own(local, {});
    return local;
  }

  void may_panic() { body_->emit(InstKind::Yield, {}, {}); }

  // The lines of the blocks, each without its indentation.
  std::string finish() {
    body_->emit(InstKind::Return, {}, {});
    body_->finish();
    for (const sir::Problem& problem : sir::verify(module_, sir::VerifyStage::Lowered)) {
      ADD_FAILURE() << problem.text;
    }
    std::string all = sir::print(module_);
    std::string lines;
    size_t from = all.find("bb0:");
    while (from < all.size()) {
      size_t end = all.find('\n', from);
      from = all.find_first_not_of(' ', from);
      lines += all.substr(from, end - from) + "\n";
      from = end + 1;
    }
    return lines;
  }

  Interner interner_;
  SourceMap sources_;
  types::Program program_{interner_, sources_};
  sir::Module module_{program_};
  Unit unit_{program_, module_};
  std::optional<Body> body_;
};

TEST_F(BodyTest, InstructionsOfOneScopeShareTheCleanup) {
  text();
  may_panic();
  may_panic();
  body_->leave(0, {});
  EXPECT_EQ(finish(),
            "bb0:\n"
            "live %1\n"
            "%1 = assign const \"x\": str\n"
            "yield unwind bb1\n"
            "yield unwind bb1\n"
            "drop move %1\n"
            "dead %1\n"
            "return\n"
            "bb1 cleanup:\n"
            "drop move %1 in_cleanup\n"
            "resume_unwind\n"
            "}\n");
}

TEST_F(BodyTest, CleanupsOfInnerScopesGoOnToThoseOutside) {
  text();
  may_panic();
  size_t inner = body_->mark();
  text();
  may_panic();
  body_->leave(inner, {});
  may_panic();
  body_->leave(0, {});
  std::string blocks = finish();
  EXPECT_NE(blocks.find("bb1 cleanup:\ndrop move %2 in_cleanup\njump bb2\n"), std::string::npos)
      << blocks;
  EXPECT_NE(blocks.find("bb2 cleanup:\ndrop move %1 in_cleanup\nresume_unwind\n"),
            std::string::npos)
      << blocks;
}

TEST_F(BodyTest, LeavingTheMiddleOfAScopeKeepsItsCleanups) {
  text();
  BlockId out = body_->new_block();
  BlockId on = body_->new_block();
  body_->branch(body_->const_bool(true), out, on, {});
  body_->begin(out);
  body_->exit(0, {});
  body_->emit(InstKind::Return, {}, {});
  body_->begin(on);
  may_panic();
  body_->leave(0, {});
  std::string blocks = finish();
  EXPECT_NE(blocks.find("bb1:\ndrop move %1\ndead %1\nreturn\n"), std::string::npos) << blocks;
  EXPECT_NE(blocks.find("bb2:\nyield unwind bb3\ndrop move %1\ndead %1\nreturn\n"),
            std::string::npos)
      << blocks;
}

TEST_F(BodyTest, WhatNothingReachesLeavesNoTrace) {
  body_->emit(InstKind::Return, {}, {});
  may_panic();
  body_->begin(body_->new_block());
  may_panic();
  EXPECT_EQ(finish(), "bb0:\nreturn\n}\n");
}

TEST_F(BodyTest, BlocksThatFollowEachOtherAreJoined) {
  BlockId empty = body_->new_block();
  BlockId last = body_->new_block();
  body_->jump(empty, {});
  body_->begin(empty);
  body_->jump(last, {});
  body_->begin(last);
  may_panic();
  EXPECT_EQ(finish(), "bb0:\nyield\nreturn\n}\n");
}

}  // namespace skein::lower
