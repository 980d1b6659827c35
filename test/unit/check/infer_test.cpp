#include "compiler/check/infer.h"

#include <gtest/gtest.h>

namespace skein::check {

using types::TypeKind;
using types::TypeStore;

struct InferTest : testing::Test {
  TypeStore types;
  Infer infer{types};

  TypeId array(TypeId element) { return types.make(TypeKind::Array, {element}); }
  TypeId option(TypeId value) { return types.make(TypeKind::Option, {value}); }
};

TEST_F(InferTest, VariableTakesTheTypeItMeets) {
  TypeId var = infer.fresh({});
  EXPECT_TRUE(infer.unify(array(var), array(types.str())));
  EXPECT_EQ(infer.resolve(var), types.str());
}

TEST_F(InferTest, FailureSetsNothing) {
  TypeId a = infer.fresh({});
  TypeId b = infer.fresh({});
  TypeId left = types.make(TypeKind::Tuple, {a, types.str(), b});
  TypeId right = types.make(TypeKind::Tuple, {types.int_(), types.int_(), types.int_()});
  EXPECT_FALSE(infer.unify(left, right));
  EXPECT_TRUE(infer.is_unknown(a));
  EXPECT_TRUE(infer.is_unknown(b));
}

TEST_F(InferTest, IntegerLiteralTakesNumbersOnly) {
  TypeId literal = infer.fresh({}, VarKind::Integer);
  EXPECT_FALSE(infer.unify(literal, types.str()));
  EXPECT_FALSE(infer.unify(literal, option(types.int_())));
  EXPECT_TRUE(infer.unify(literal, types.plain(TypeKind::F32)));
}

TEST_F(InferTest, FloatLiteralTakesNoInteger) {
  TypeId literal = infer.fresh({}, VarKind::Float);
  EXPECT_FALSE(infer.unify(literal, types.int_()));
  EXPECT_TRUE(infer.unify(literal, types.plain(TypeKind::Float)));
}

TEST_F(InferTest, LiteralsThatMeetTakeTheNarrowerKind) {
  TypeId integer = infer.fresh({}, VarKind::Integer);
  TypeId real = infer.fresh({}, VarKind::Float);
  EXPECT_TRUE(infer.unify(integer, real));
  EXPECT_EQ(infer.var_kind(integer), VarKind::Float);
  infer.set_defaults();
  EXPECT_EQ(infer.resolve(integer), types.plain(TypeKind::Float));
}

TEST_F(InferTest, RollingBackRestoresKinds) {
  TypeId integer = infer.fresh({}, VarKind::Integer);
  TypeId real = infer.fresh({}, VarKind::Float);
  size_t mark = infer.mark();
  EXPECT_TRUE(infer.unify(integer, real));
  infer.roll_back(mark);
  EXPECT_EQ(infer.var_kind(integer), VarKind::Integer);
  EXPECT_EQ(infer.var_kind(real), VarKind::Float);
}

TEST_F(InferTest, NoTypeContainsItself) {
  TypeId var = infer.fresh({});
  EXPECT_FALSE(infer.unify(var, array(var)));
}

TEST_F(InferTest, NumberParametersTakeLiterals) {
  infer.begin_body({VarKind::Integer, std::nullopt});
  TypeId literal = infer.fresh({}, VarKind::Integer);
  EXPECT_FALSE(infer.unify(literal, types.param(1)));
  EXPECT_TRUE(infer.unify(literal, types.param(0)));
}

TEST_F(InferTest, OpenLiteralsBecomeIntAndFloat) {
  TypeId integer = infer.fresh({}, VarKind::Integer);
  TypeId real = infer.fresh({}, VarKind::Float);
  TypeId open = infer.fresh({7, 9});
  EXPECT_EQ(infer.resolve_for_show(array(integer)), array(types.int_()));
  auto unset = infer.set_defaults();
  ASSERT_EQ(unset.size(), 1u);
  EXPECT_EQ(unset[0].first, open);
  EXPECT_EQ(unset[0].second.begin, 7u);
  EXPECT_EQ(infer.resolve(integer), types.int_());
  EXPECT_EQ(infer.resolve(real), types.plain(TypeKind::Float));
}

TEST_F(InferTest, ManyLiteralsOfOneArrayStayFast) {
  TypeId first = infer.fresh({}, VarKind::Integer);
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(infer.unify(first, infer.fresh({}, VarKind::Integer)));
  }
  EXPECT_TRUE(infer.unify(first, types.plain(TypeKind::U8)));
}

}  // namespace skein::check
