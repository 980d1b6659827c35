#include "compiler/types/program.h"

#include <gtest/gtest.h>

namespace skein::types {

struct ProgramTest : testing::Test {
  Interner names;
  SourceMap sources;
  Program program{names, sources};
  TypeStore& types = program.types;

  TypeId task() { return types.make(TypeKind::Task, {types.int_()}); }
  TypeId add_struct(std::string_view name, std::vector<TypeId> fields, bool is_boxed = false) {
    StructDecl decl;
    decl.name = names.intern(name);
    for (TypeId type : fields) {
      FieldDecl field;
      field.type = type;
      field.is_boxed = is_boxed;
      decl.fields.push_back(field);
    }
    return types.struct_(program.structs.add(decl), {});
  }
};

TEST_F(ProgramTest, TypesAreSpelledAsTheUserWritesThem) {
  TypeId pair = types.make(TypeKind::Tuple, {types.int_(), types.str()});
  EXPECT_EQ(program.type_name(pair), "(int, str)");
  EXPECT_EQ(program.type_name(types.make(TypeKind::Array, {task()})), "[Task<int>]");
  EXPECT_EQ(program.type_name(types.make(TypeKind::Option, {types.int_()})), "int?");
  TypeId result = types.make(TypeKind::Result, {pair, types.str()});
  EXPECT_EQ(program.type_name(result), "Result<(int, str), str>");
  EXPECT_EQ(program.type_name(types.fixed_array(types.bool_(), 4)), "[bool; 4]");
  EXPECT_EQ(program.type_name(types.unit()), "()");
}

TEST_F(ProgramTest, FnTypesShowModesAndResults) {
  TypeId array = types.make(TypeKind::Array, {types.int_()});
  TypeId fn = types.fn({array, types.str()}, {ParamMode::Mut, ParamMode::Own}, types.int_());
  EXPECT_EQ(program.type_name(fn), "fn(mut [int], own str) -> int");
  EXPECT_EQ(program.type_name(types.make(TypeKind::Option, {types.fn({}, {}, types.unit())})),
            "(fn())?");
}

TEST_F(ProgramTest, ParametersHaveTheNamesOfTheirDeclaration) {
  std::vector<TypeParamDecl> params(1);
  params[0].name = names.intern("Key");
  TypeId array = types.make(TypeKind::Array, {types.param(0)});
  EXPECT_EQ(program.type_name(array, params), "[Key]");
}

TEST_F(ProgramTest, FieldsHaveTheirArgumentsPutIn) {
  StructDecl decl;
  decl.name = names.intern("Box");
  decl.type_params.resize(1);
  FieldDecl field;
  field.type = types.make(TypeKind::Array, {types.param(0)});
  decl.fields.push_back(field);
  TypeId box = types.struct_(program.structs.add(decl), {types.str()});
  EXPECT_EQ(program.fields(box)[0], types.make(TypeKind::Array, {types.str()}));
  EXPECT_EQ(program.type_name(box), "Box<str>");
}

TEST_F(ProgramTest, OptionsAndResultsHaveVariants) {
  TypeId option = types.make(TypeKind::Option, {types.str()});
  TypeId result = types.make(TypeKind::Result, {types.int_(), types.str()});
  EXPECT_TRUE(program.variant_fields(option, 0).empty());
  EXPECT_EQ(program.variant_fields(option, 1)[0], types.str());
  EXPECT_EQ(program.variant_fields(result, 1)[0], types.str());
  EXPECT_EQ(program.variant_name(result, 0), "ok");
}

TEST_F(ProgramTest, NumbersNeedNoDropAndTextDoes) {
  EXPECT_FALSE(traits_of(program, add_struct("P", {types.int_(), types.bool_()})).needs_drop);
  TypeTraits text = traits_of(program, add_struct("S", {types.str()}));
  EXPECT_TRUE(text.needs_drop);
  EXPECT_FALSE(text.is_move_only);
}

TEST_F(ProgramTest, TasksMakeWhatHoldsThemMoveOnly) {
  TypeId inner = add_struct("Inner", {task()});
  TypeId outer = types.make(TypeKind::Option, {types.make(TypeKind::Array, {inner})});
  TypeTraits traits = traits_of(program, outer);
  EXPECT_TRUE(traits.is_move_only);
  EXPECT_TRUE(traits.has_task);
  EXPECT_TRUE(traits.needs_drop);
}

TEST_F(ProgramTest, HandlesDoNotHoldWhatTheyLeadTo) {
  TypeTraits traits = traits_of(program, types.make(TypeKind::Mutex, {task()}));
  EXPECT_FALSE(traits.is_move_only);
  EXPECT_TRUE(traits.needs_drop);
}

TEST_F(ProgramTest, TypesThatContainThemselvesAreAskedOnce) {
  StructId id(static_cast<uint32_t>(program.structs.size()));
  TypeId node = types.struct_(id, {});
  add_struct("Node", {types.int_(), types.make(TypeKind::Option, {node})}, true);
  TypeTraits traits = traits_of(program, node);
  EXPECT_TRUE(traits.needs_drop);
  EXPECT_FALSE(traits.has_task);
}

TEST_F(ProgramTest, SubstitutionKeepsWhatHasNoParameter) {
  TypeId array = types.make(TypeKind::Array, {types.str()});
  EXPECT_EQ(types.substitute(array, {}), array);
  EXPECT_TRUE(types.is_generic(types.make(TypeKind::Array, {types.param(0)})));
  EXPECT_FALSE(types.is_generic(array));
}

}  // namespace skein::types
