// Reads SIR in rounds over one list of tokens: names of declarations, their fields, heads of
// functions, bodies; so that everything may name what comes later.
#include "compiler/sir/read.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "compiler/sir/text.h"

namespace skein::sir {

using types::TypeKind;

class Reader {
 public:
  Reader(std::string_view text, uint32_t base, types::Program& program, ReadError& error)
      : text_(text), base_(base), program_(program), error_(error), module_(program),
        tokens_(split_text(text)) {}

  std::optional<Module> run() {
    for_each_item(&Reader::declare);
    for_each_item(&Reader::read_item);
    if (failed_) return std::nullopt;
    return std::move(module_);
  }

 private:
  using Kind = TextToken::Kind;

  // Tokens.

  const TextToken& peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }

  bool at_punct(std::string_view text) const {
    return peek().kind == Kind::Punct && peek().text == text;
  }

  bool at_word(std::string_view text) const {
    return peek().kind == Kind::Word && peek().text == text;
  }

  bool take_punct(std::string_view text) {
    if (!at_punct(text)) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view text) {
    if (!at_word(text)) return false;
    ++at_;
    return true;
  }

  void expect_punct(std::string_view text) {
    if (!take_punct(text)) fail("expected `" + std::string(text) + "`");
  }

  std::string expect(Kind kind, std::string_view what) {
    if (failed_) return "";
    if (peek().kind != kind) {
      fail("expected " + std::string(what));
      return "";
    }
    return tokens_[at_++].text;
  }

  // The first failure wins; the rest of the reading falls through.
  void fail(std::string message) {
    if (failed_) return;
    failed_ = true;
    const TextToken& token = peek();
    error_.line = 1 + static_cast<uint32_t>(
                          std::count(text_.begin(), text_.begin() + token.begin, '\n'));
    if (token.kind == Kind::Bad) message = token.text;
    error_.message = std::move(message);
  }

  uint32_t to_index(std::string_view digits) {
    uint32_t value = 0;
    std::from_chars_result result =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
      fail("expected a small number");
    }
    return value;
  }

  uint32_t expect_index() { return to_index(expect(Kind::Number, "a number")); }

  Span span_from(size_t first_token) const {
    return {base_ + tokens_[first_token].begin, base_ + tokens_[at_ - 1].end};
  }

  Symbol take_name() { return program_.interner.intern(expect(Kind::Word, "a name")); }

  // Items.

  void for_each_item(void (Reader::*read)()) {
    at_ = 0;
    while (!failed_ && peek().kind != Kind::End) (this->*read)();
  }

  void declare() {
    if (take_word("struct")) {
      types::StructDecl decl;
      decl.name = program_.interner.intern(peek().text);
      structs_[peek().text] = program_.structs.add(std::move(decl));
    } else if (take_word("enum")) {
      types::EnumDecl decl;
      decl.name = program_.interner.intern(peek().text);
      enums_[peek().text] = program_.enums.add(std::move(decl));
    } else if (skip_function_words()) {
      declare_function(expect(Kind::Global, "the name of a function"));
    } else {
      return fail("expected `struct`, `enum` or `fn`");
    }
    skip_braces();
  }

  bool skip_function_words() {
    function_kind_ = FunctionKind::Normal;
    if (take_word("task")) function_kind_ = FunctionKind::TaskBody;
    if (take_word("entry")) function_kind_ = FunctionKind::Entry;
    if (take_word("glue")) function_kind_ = FunctionKind::Glue;
    if (take_word("const")) function_kind_ = FunctionKind::Const;
    if (take_word("static")) function_kind_ = FunctionKind::Static;
    if (take_word("gen")) function_kind_ = FunctionKind::Generator;
    return take_word("fn");
  }

  void declare_function(std::string name) {
    if (functions_.contains(name)) return fail("a second function `" + name + "`");
    Function function;
    function.name = name;
    function.display_name = name;
    function.kind = function_kind_;
    FunctionId id = module_.functions.add(std::move(function));
    functions_[name] = id;
    if (function_kind_ == FunctionKind::Entry) module_.entry = id;
    // Calls further up need the number of parameters, nothing else of the head.
    if (take_punct("<")) module_.functions[id].type_param_count = expect_index();
  }

  void skip_braces() {
    while (!failed_ && !at_punct("{")) {
      if (peek().kind == Kind::End) return fail("expected `{`");
      ++at_;
    }
    while (!failed_ && !at_punct("}")) {
      if (peek().kind == Kind::End || peek().kind == Kind::Bad) return fail("expected `}`");
      ++at_;
    }
    ++at_;
  }

  void read_item() {
    if (take_word("struct")) return read_struct();
    if (take_word("enum")) return read_enum();
    skip_function_words();
    read_function();
  }

  void read_struct() {
    types::StructDecl& decl = program_.structs[structs_[expect(Kind::Word, "a name")]];
    read_head(decl.type_params, decl.drop_fn);
    decl.fields = read_fields("}");
  }

  void read_enum() {
    types::EnumDecl& decl = program_.enums[enums_[expect(Kind::Word, "a name")]];
    read_head(decl.type_params, decl.drop_fn);
    while (!failed_ && !take_punct("}")) {
      types::VariantDecl variant;
      variant.name = take_name();
      if (take_punct("(")) variant.fields = read_fields(")");
      variant.has_names = !variant.fields.empty() && variant.fields[0].name.valid();
      decl.variants.push_back(std::move(variant));
      if (!at_punct("}")) expect_punct(",");
    }
  }

  // `<2> drop @File.drop {`
  void read_head(std::vector<types::TypeParamDecl>& params, types::FnId& drop_fn) {
    if (take_punct("<")) {
      params.resize(expect_index());
      expect_punct(">");
    }
    if (take_word("drop")) {
      std::string name = expect(Kind::Global, "the name of a function");
      types::FnDecl decl;
      decl.name = program_.interner.intern(name);
      decl.display_name = name;
      drop_fn = program_.fns.add(std::move(decl));
      if (functions_.contains(name)) module_.functions[functions_[name]].decl = drop_fn;
    }
    expect_punct("{");
  }

  std::vector<types::FieldDecl> read_fields(std::string_view end) {
    std::vector<types::FieldDecl> fields;
    while (!failed_ && !take_punct(end)) {
      types::FieldDecl field;
      field.is_boxed = take_word("box");
      if (peek().kind == Kind::Word && peek(1).text == ":") {
        field.name = take_name();
        expect_punct(":");
      }
      field.type = read_type();
      fields.push_back(std::move(field));
      if (!at_punct(end)) expect_punct(",");
    }
    return fields;
  }

  // Types.

  TypeId read_type() {
    TypeId type = read_simple_type();
    while (!failed_ && take_punct("?")) type = program_.types.make(TypeKind::Option, {type});
    return type;
  }

  TypeId read_simple_type() {
    types::TypeStore& types = program_.types;
    if (failed_) return types.error();
    if (take_punct("(")) return read_tuple();
    if (take_punct("[")) {
      TypeId element = read_type();
      if (!take_punct(";")) {
        expect_punct("]");
        return types.make(TypeKind::Array, {element});
      }
      uint32_t length = expect_index();
      expect_punct("]");
      return types.fixed_array(element, length);
    }
    if (peek().kind == Kind::Param) return types.param(to_index(tokens_[at_++].text));
    if (take_word("fn")) return read_fn_type();
    if (take_word("once") && take_word("fn")) return types.once(read_fn_type());
    bool is_dyn = take_word("dyn");
    std::string name = expect(Kind::Word, "a type");
    std::vector<TypeId> args;
    if (take_punct("<")) args = read_types(">");
    return is_dyn ? dyn_type(name, std::move(args)) : named_type(name, std::move(args));
  }

  TypeId read_tuple() {
    std::vector<TypeId> parts;
    bool has_comma = false;
    while (!failed_ && !take_punct(")")) {
      parts.push_back(read_type());
      if (at_punct(")")) continue;
      expect_punct(",");
      has_comma = true;
    }
    if (parts.empty()) return program_.types.unit();
    if (parts.size() == 1 && !has_comma) return parts[0];
    return program_.types.make(TypeKind::Tuple, std::move(parts));
  }

  TypeId read_fn_type() {
    expect_punct("(");
    std::vector<TypeId> params;
    std::vector<ParamMode> modes;
    while (!failed_ && !take_punct(")")) {
      modes.push_back(take_mode());
      params.push_back(read_type());
      if (!at_punct(")")) expect_punct(",");
    }
    expect_punct("->");
    TypeId result = read_type();
    return program_.types.fn(std::move(params), std::move(modes), result);
  }

  ParamMode take_mode() {
    if (take_word("mut")) return ParamMode::Mut;
    return take_word("own") ? ParamMode::Own : ParamMode::Borrow;
  }

  std::vector<TypeId> read_types(std::string_view end) {
    std::vector<TypeId> types;
    while (!failed_ && !take_punct(end)) {
      types.push_back(read_type());
      if (!at_punct(end)) expect_punct(",");
    }
    return types;
  }

  TypeId named_type(const std::string& name, std::vector<TypeId> args) {
    types::TypeStore& types = program_.types;
    if (structs_.contains(name)) return types.struct_(structs_[name], std::move(args));
    if (enums_.contains(name)) return types.enum_(enums_[name], std::move(args));
    for (TypeKind kind : {
#define SKEIN_TYPE(kind, spelling, shape) TypeKind::kind,
#include "compiler/types/types.def"
         }) {
      if (types::spelling(kind) != name) continue;
      return args.empty() ? types.plain(kind) : types.make(kind, std::move(args));
    }
    --at_;
    fail("no type is named `" + name + "`");
    return types.error();
  }

  TypeId dyn_type(const std::string& name, std::vector<TypeId> args) {
    if (!traits_.contains(name)) {
      types::TraitDecl decl;
      decl.name = program_.interner.intern(name);
      traits_[name] = program_.traits.add(std::move(decl));
    }
    types::Type type;
    type.kind = TypeKind::Dyn;
    type.decl = traits_[name].index;
    type.args = std::move(args);
    return program_.types.intern(std::move(type));
  }

  // Functions.

  void read_function() {
    size_t first = at_;
    Function& function = module_.functions[functions_[expect(Kind::Global, "a function")]];
    function_ = &function;
    if (take_punct("<")) {
      expect_index();
      expect_punct(">");
    }
    function.locals.add({});
    read_params();
    expect_punct("->");
    function.locals[LocalId(0)].is_ref = take_word("mut");
    function.locals[LocalId(0)].type = read_type();
    function.locals[LocalId(0)].kind = LocalKind::Return;
    if (take_word("suspends")) function.suspends = Suspends::Yes;
    if (take_word("plain")) function.suspends = Suspends::No;
    if (take_word("display")) function.display_name = expect(Kind::String, "a name in quotes");
    if (take_word("let_go")) function.let_go = read_function_name();
    function.span = function.locals[LocalId(0)].span = span_from(first);
    expect_punct("{");
    while (!failed_ && !at_block()) read_local();
    while (!failed_ && !take_punct("}")) read_block();
  }

  void read_params() {
    expect_punct("(");
    while (!failed_ && !take_punct(")")) {
      Local param;
      param.kind = LocalKind::Param;
      size_t first = at_;
      expect_new_local();
      param.mode = take_mode();
      param.is_ref = param.mode == ParamMode::Mut;
      if (peek().kind == Kind::Word) param.name = take_name();
      expect_punct(":");
      param.type = read_type();
      param.span = span_from(first);
      function_->locals.add(std::move(param));
      ++function_->param_count;
      if (!at_punct(")")) expect_punct(",");
    }
  }

  void expect_new_local() {
    uint32_t number = to_index(expect(Kind::Local, "a local"));
    if (number == function_->locals.size()) return;
    --at_;
    fail("the next local is %" + std::to_string(function_->locals.size()));
  }

  // At `bb3:`, or at the closing brace of a function without blocks.
  bool at_block() const { return at_punct("}") || (is_block_name(peek().text)); }

  static bool is_block_name(std::string_view text) {
    return text.size() > 2 && text.substr(0, 2) == "bb" &&
           text.find_first_not_of("0123456789", 2) == std::string_view::npos;
  }

  void read_local() {
    Local local;
    size_t first = at_;
    if (take_word("flag")) local.kind = LocalKind::Flag;
    if (take_word("var")) local.kind = LocalKind::Var;
    local.is_ref = take_word("ref");
    local.is_borrow = take_word("borrowed");
    local.is_kept = take_word("kept");
    expect_new_local();
    if (peek().kind == Kind::Word) {
      local.name = take_name();
      local.kind = LocalKind::Var;
    }
    expect_punct(":");
    local.type = read_type();
    local.span = span_from(first);
    function_->locals.add(std::move(local));
  }

  void read_block() {
    if (read_block_name().index != function_->blocks.size()) {
      --at_;
      return fail("the next block is bb" + std::to_string(function_->blocks.size()));
    }
    Block block;
    block.is_cleanup = take_word("cleanup");
    if (take_word("depth")) block.depth = to_index(expect(Kind::Number, "a depth"));
    expect_punct(":");
    while (!failed_ && !at_block()) block.insts.push_back(read_inst());
    function_->blocks.add(std::move(block));
  }

  BlockId read_block_name() {
    std::string name = expect(Kind::Word, "a block");
    if (failed_) return BlockId();
    if (!is_block_name(name)) {
      --at_;
      fail("expected a block");
      return BlockId();
    }
    return BlockId(to_index(std::string_view(name).substr(2)));
  }

  // Instructions.

  Inst read_inst() {
    Inst inst;
    size_t first = at_;
    if (peek().kind == Kind::Local) {
      inst.dest = read_place();
      expect_punct("=");
    }
    read_kind(inst);
    read_details(inst);
    read_operands(inst);
    read_targets(inst);
    inst.in_cleanup = take_word("in_cleanup");
    if (take_word("unwind")) inst.unwind = read_block_name();
    if (!failed_) inst.span = span_from(first);
    return inst;
  }

  void read_kind(Inst& inst) {
    std::string word = expect(Kind::Word, "an instruction");
    if (failed_) return;
    if (std::optional<UnaryOp> unary = find_unary_op(word)) {
      inst.kind = InstKind::Unary;
      inst.unary = *unary;
    } else if (std::optional<BinaryOp> binary = find_binary_op(word)) {
      inst.kind = InstKind::Binary;
      inst.binary = *binary;
    } else if (std::optional<InstKind> kind = find_inst(word)) {
      inst.kind = *kind;
    } else {
      --at_;
      fail("no instruction is named `" + word + "`");
    }
  }

  static bool names_callee(InstKind kind) {
    return kind == InstKind::Call || kind == InstKind::Spawn || kind == InstKind::Closure ||
           kind == InstKind::Generator;
  }

  void read_details(Inst& inst) {
    if (failed_) return;
    bool has_text = inst.kind == InstKind::Spawn || inst.kind == InstKind::ScopeEnter ||
                    inst.kind == InstKind::PanicKind ||
                    inst.kind == InstKind::Select || inst.kind == InstKind::CallC;
    if (has_text && peek().kind == Kind::String) inst.text = tokens_[at_++].text;
    bool has_index = inst.kind == InstKind::Variant || inst.kind == InstKind::CallC ||
                     inst.kind == InstKind::CallDyn;
    if (has_index) inst.index = expect_index();
    if (marks_life(inst)) inst.dest = read_place();
    if (inst.kind == InstKind::Builtin) {
      std::string name = expect(Kind::Word, "a builtin");
      std::optional<Builtin> builtin = types::find_builtin(name);
      if (!builtin) return fail("no builtin is named `" + name + "`");
      inst.builtin = *builtin;
    }
    if (inst.kind == InstKind::Call) inst.gives_place = take_word("place");
    if (inst.kind == InstKind::Spawn) inst.is_named = take_word("named");
    bool has_callee = names_callee(inst.kind) ||
                      (inst.kind == InstKind::CFunction && peek().kind == Kind::Global);
    if (has_callee) inst.callee = read_function_name();
    if (failed_) return;
    bool has_types = has_callee || inst.kind == InstKind::Builtin;
    if (has_types && take_punct("<")) inst.type_args = read_types(">");
  }

  FunctionId read_function_name() {
    std::string name = expect(Kind::Global, "a function");
    if (failed_) return FunctionId();
    if (functions_.contains(name)) return functions_[name];
    fail("no function is named `" + name + "`");
    return FunctionId();
  }

  bool at_operand() const {
    return at_word("copy") || at_word("move") || at_word("borrow") || at_word("mut") ||
           at_word("const");
  }

  void read_operands(Inst& inst) {
    if (failed_) return;
    if (names_callee(inst.kind) || inst.kind == InstKind::Builtin ||
        inst.kind == InstKind::CFunction) {
      expect_punct("(");
      while (!failed_ && !take_punct(")")) {
        inst.operands.push_back(read_operand());
        if (!at_punct(")")) expect_punct(",");
      }
      return;
    }
    if (!at_operand()) return;
    inst.operands.push_back(read_operand());
    while (!failed_ && at_punct(",") && !is_block_name(peek(1).text)) {
      ++at_;
      inst.operands.push_back(read_operand());
    }
  }

  void read_targets(Inst& inst) {
    if (failed_) return;
    if (inst.kind == InstKind::Switch) return read_cases(inst);
    bool has_two = inst.kind == InstKind::Branch || inst.kind == InstKind::YieldValue;
    size_t count = inst.kind == InstKind::Jump ? 1 : has_two ? 2 : 0;
    for (size_t i = 0; i < count && !failed_; ++i) {
      if (!inst.operands.empty() || i > 0) expect_punct(",");
      inst.targets.push_back(read_block_name());
    }
  }

  void read_cases(Inst& inst) {
    expect_punct("[");
    while (!failed_ && !take_punct("]")) {
      if (!take_word("else")) inst.cases.push_back(to_bits(expect(Kind::Number, "a case")));
      expect_punct(":");
      inst.targets.push_back(read_block_name());
      if (!at_punct("]")) expect_punct(",");
    }
  }

  Place read_place() {
    Place place;
    place.local = read_local_use();
    while (!failed_) {
      Projection step;
      // The cases of a switch begin with a bracket too.
      if (at_punct("[") && peek(1).kind == Kind::Local) {
        ++at_;
        step.kind = Projection::Kind::Index;
        step.local = read_local_use();
        expect_punct("]");
      } else if (take_punct(".")) {
        if (peek().kind == Kind::Word && peek().text.size() > 1 && peek().text[0] == 'v') {
          step.kind = Projection::Kind::Variant;
          step.variant = to_index(std::string_view(tokens_[at_++].text).substr(1));
          expect_punct(".");
        }
        step.index = expect_index();
      } else {
        break;
      }
      place.path.push_back(step);
    }
    return place;
  }

  LocalId read_local_use() {
    LocalId id(to_index(expect(Kind::Local, "a local")));
    if (!failed_ && id.index >= function_->locals.size()) {
      --at_;
      fail("%" + std::to_string(id.index) + " is not declared");
    }
    return id;
  }

  Operand read_operand() {
    if (take_word("copy")) return Operand::copy(read_place());
    if (take_word("move")) return Operand::move(read_place());
    if (take_word("borrow")) return Operand::borrow(read_place());
    if (take_word("mut")) return Operand::mut(read_place());
    if (take_word("const")) return read_constant();
    fail("expected an operand");
    return {};
  }

  Operand read_constant() {
    if (at_punct("(") && peek(1).text == ")") {
      at_ += 2;
      return Operand::unit(program_.types.unit());
    }
    Kind kind = peek().kind;
    if (kind != Kind::String && kind != Kind::Number && kind != Kind::Word) {
      fail("expected a constant");
      return {};
    }
    std::string text = tokens_[at_++].text;
    expect_punct(":");
    TypeId type = read_type();
    if (failed_) return {};
    if (kind == Kind::String) return Operand::constant_str(type, std::move(text));
    if (types::is_float(program_.types.kind(type))) {
      double number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      return Operand::constant_float(type, number);
    }
    if (kind == Kind::Word) return Operand::constant_int(type, text == "true" ? 1 : 0);
    return Operand::constant_int(type, to_bits(text));
  }

  uint64_t to_bits(const std::string& text) {
    const char* end = text.data() + text.size();
    uint64_t bits = 0;
    int64_t value = 0;
    std::from_chars_result result = text[0] == '-' ? std::from_chars(text.data(), end, value)
                                                   : std::from_chars(text.data(), end, bits);
    if (result.ec != std::errc() || result.ptr != end) fail("expected an integer");
    return text[0] == '-' ? static_cast<uint64_t>(value) : bits;
  }

  std::string_view text_;
  uint32_t base_;
  types::Program& program_;
  ReadError& error_;
  Module module_;
  std::vector<TextToken> tokens_;
  size_t at_ = 0;
  bool failed_ = false;
  Function* function_ = nullptr;
  FunctionKind function_kind_ = FunctionKind::Normal;
  std::unordered_map<std::string, types::StructId> structs_;
  std::unordered_map<std::string, types::EnumId> enums_;
  std::unordered_map<std::string, types::TraitId> traits_;
  std::unordered_map<std::string, FunctionId> functions_;
};

std::optional<Module> read_module(std::string_view text, uint32_t base, types::Program& program,
                                  ReadError& error) {
  return Reader(text, base, program, error).run();
}

}  // namespace skein::sir
