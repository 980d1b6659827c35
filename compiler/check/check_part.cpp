// Parts of values: fields, elements, payloads of options and results.
#include <algorithm>

#include "compiler/check/captures.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/check_map.h"
#include "compiler/check/method.h"
#include "compiler/check/spellings.h"
#include "compiler/check/suggest.h"
#include "compiler/check/trait_operator.h"

namespace skein::check {

// Says that the type has to be known here and is not.
static TypeId report_unknown_type(Context& ctx, const ast::Expr* expr) {
  ctx.report(expr->span, D::NeedsType).help("write its type where it is declared");
  return ctx.types.error();
}

// ---- chains --------------------------------------------------------------------------------

static TypeId tried_type(Context& ctx, const ast::Expr* node, TypeId type);

TypeId chained_type(Context& ctx, const ast::Expr* node, TypeId receiver) {
  TypeId type = ctx.infer.shallow(receiver);
  if (ctx.types.kind(type) == TypeKind::Option) return ctx.infer.shallow(ctx.types.arg(type));
  if (ctx.types.kind(type) == TypeKind::Error) return type;
  if (ctx.types.kind(type) == TypeKind::Result) {
    return ctx.infer.shallow(tried_type(ctx, node, type));
  }
  ctx.report(node->span, D::BadChain, {ctx.show(type)}).help("`.` is enough here");
  return ctx.types.error();
}

TypeId chain_result(Context& ctx, TypeId receiver, TypeId part) {
  TypeId type = ctx.infer.shallow(part);
  if (ctx.kind(receiver) == TypeKind::Result) return type;
  TypeKind kind = ctx.types.kind(type);
  if (kind == TypeKind::Option || kind == TypeKind::Error) return type;
  return ctx.types.make(TypeKind::Option, {type});
}

// ---- fields --------------------------------------------------------------------------------

bool can_see_field(const Context& ctx, ModuleId owner, const types::FieldDecl& field) {
  return field.is_pub || owner == ctx.table->module;
}

void help_with_fields(Context& ctx, Report& report, std::span<const types::FieldDecl> fields) {
  static constexpr size_t kMost = 8;
  if (fields.empty() || fields.size() > kMost) return;
  std::string names;
  for (const types::FieldDecl& field : fields) {
    names += (names.empty() ? "" : ", ") + quoted(ctx.text(field.name));
  }
  report.help((fields.size() == 1 ? "its field is " : "its fields are ") + names);
}

// Help for a field that is a thing of another language, or a method; says whether there was any.
static bool help_with_method(Context& ctx, Report& report, const ast::Field* node, TypeId type) {
  std::string_view text = ctx.text(node->name.name);
  size_t mark = ctx.infer.mark();
  std::optional<MethodMatch> method = try_method(ctx, type, node->name.name, node->name.span);
  ctx.infer.roll_back(mark);
  bool is_length = text == "length" || text == "size" || text == "count";
  if (method) {
    report.help("it is a method: write `" + std::string(text) + "()`")
        .fix(node->name.span, std::string(text) + "()");
  } else if (ctx.kind(type) == TypeKind::Task && text == "await") {
    report.help("`await` stands before the task, or is a method: `await t`, `t.await()`")
        .fix(node->name.span, "await()");
  } else if (text == "await") {
    report.help("a call gives its value at once, whether it waits or not: leave `.await` away")
        .fix({node->name.span.begin - 1, node->name.span.end}, "");
  } else if (help_to_reach_value(ctx, report, type)) {
    return true;
  } else if (is_length && ctx.kind(type) != TypeKind::Struct) {
    report.help("Skein's spelling is `len()`").fix(node->name.span, "len()");
  } else {
    return false;
  }
  return true;
}

static void report_unknown_field(Context& ctx, const ast::Field* node, TypeId type) {
  std::string_view text = ctx.text(node->name.name);
  Report report = ctx.report(node->name.span, D::UnknownField, {ctx.show(type), text});
  TypeKind kind = ctx.kind(type);
  if (kind == TypeKind::Tuple) report.help("parts of a tuple are reached with `.0`");
  if (kind == TypeKind::Option || kind == TypeKind::Task || kind == TypeKind::Result) {
    TypeId inner = ctx.infer.shallow(ctx.types.arg(ctx.infer.shallow(type)));
    std::string way = kind == TypeKind::Option   ? "it may be `none`: `?.`, `!` or `if let`"
                      : kind == TypeKind::Result ? "it may be an error: `?`, `!` or `match`"
                                                 : "await the task first";
    if (ctx.types.kind(inner) == TypeKind::Struct) {
      report.help(way);
      return;
    }
  }
  std::vector<std::string_view> names;
  if (kind == TypeKind::Struct) {
    const Type& head = ctx.types.get(ctx.infer.shallow(type));
    for (const types::FieldDecl& field : ctx.program.structs[StructId(head.decl)].fields) {
      names.push_back(ctx.text(field.name));
    }
  }
  if (suggest(report, node->name.span, text, std::move(names))) return;
  if (help_with_method(ctx, report, node, type) || kind != TypeKind::Struct) return;
  const types::StructDecl& decl =
      ctx.program.structs[StructId(ctx.types.get(ctx.infer.shallow(type)).decl)];
  if (ctx.program.modules[decl.module].is_std) return;
  report.label(decl.span, "declared here");
  help_with_fields(ctx, report, decl.fields);
}

// The type of a field of a value, with its position noted.
static TypeId field_type(Context& ctx, const ast::Field* node, TypeId type) {
  const Type head = ctx.types.get(type);
  if (head.kind == TypeKind::Error) return type;
  if (head.kind == TypeKind::Range || head.kind == TypeKind::RangeInclusive) {
    bool is_start = node->name.name == ctx.known.start;
    if (is_start || node->name.name == ctx.known.end) {
      ctx.fact(node).field = is_start ? 0 : 1;
      return head.args[0];
    }
  }
  if (std::optional<TypeId> value = guarded_type(ctx, node, type)) {
    ctx.fact(node).field = 0;
    return *value;
  }
  if (head.kind == TypeKind::Struct) {
    const types::StructDecl& decl = ctx.program.structs[StructId(head.decl)];
    for (uint32_t i = 0; i < decl.fields.size(); ++i) {
      if (decl.fields[i].name != node->name.name) continue;
      if (!can_see_field(ctx, decl.module, decl.fields[i])) {
        ctx.report(node->name.span, D::PrivateField,
                   {ctx.text(node->name.name), ctx.text(decl.name)});
      }
      ctx.fact(node).field = i;
      if (!node->optional) note_captured_field(ctx, node->receiver, node, i);
      return ctx.types.substitute(decl.fields[i].type, head.args);
    }
  }
  if (ctx.infer.is_unknown(type)) return report_unknown_type(ctx, node->receiver);
  report_unknown_field(ctx, node, type);
  return ctx.types.error();
}

TypeId check_field(Context& ctx, const ast::Field* node, const Want& want) {
  if (!node->optional) {
    std::optional<TypeId> path = check_path_field(ctx, node, want);
    if (path) return *path;
  }
  TypeId receiver = ctx.infer.shallow(check_expr(ctx, node->receiver));
  if (!node->optional) return field_type(ctx, node, receiver);
  TypeId inner = chained_type(ctx, node, receiver);
  return chain_result(ctx, receiver, field_type(ctx, node, inner));
}

TypeId check_tuple_index(Context& ctx, const ast::TupleIndex* node) {
  TypeId receiver = ctx.infer.shallow(check_expr(ctx, node->receiver));
  TypeId type = node->optional ? chained_type(ctx, node, receiver) : receiver;
  const Type head = ctx.types.get(type);
  if (head.kind == TypeKind::Error) return type;
  if (ctx.infer.is_unknown(type)) return report_unknown_type(ctx, node->receiver);
  if (head.kind != TypeKind::Tuple || node->index >= head.args.size()) {
    Report report = ctx.report(node->index_span, D::UnknownField,
                               {ctx.show(type), std::to_string(node->index)});
    if (head.kind == TypeKind::Tuple) {
      report.help("it has " + counted(head.args.size(), "part") + ", counted from 0");
    }
    if (head.kind == TypeKind::Array) report.help("elements are reached with `[…]`");
    return ctx.types.error();
  }
  ctx.fact(node).field = node->index;
  if (!node->optional) note_captured_field(ctx, node->receiver, node, node->index);
  TypeId part = head.args[node->index];
  return node->optional ? chain_result(ctx, receiver, part) : part;
}

// ---- elements ------------------------------------------------------------------------------

// `xs[-1]`: an element counted from the end in other languages, always a panic here.
static void check_negative_index(Context& ctx, const ast::Index* node, const ast::Expr* index) {
  const ast::Unary* minus = index->try_as<ast::Unary>();
  bool is_negative = minus && minus->op == ast::UnaryOp::Neg && minus->operand->is<ast::IntLit>();
  if (!is_negative || minus->operand->as<ast::IntLit>()->value == 0) return;
  std::string text(ctx.program.sources.text(index->span));
  std::string array(ctx.program.sources.text(node->receiver->span));
  bool is_last = minus->operand->as<ast::IntLit>()->value == 1;
  Report report = ctx.report(index->span, D::NegativeIndex, {text});
  std::string from_end = array + "[" + array + ".len() - " + text.substr(1) + "]";
  report.help("from the end it is `" + from_end + "`" +
              (is_last ? ", or `" + array + ".last()`, which gives an option" : ""));
  if (node->receiver->is<ast::Name>()) report.fix(node->span, from_end);
}

TypeId check_index(Context& ctx, const ast::Index* node) {
  TypeId type = ctx.infer.shallow(check_expr(ctx, node->receiver));
  const Type head = ctx.types.get(type);
  if (is_map(ctx, type)) return check_map_index(ctx, node, type);
  if (node->args.size() != 1 || node->args[0].name.valid()) {
    for (const ast::Arg& arg : node->args) check_expr(ctx, arg.value);
    if (head.kind == TypeKind::Error) return type;
    ctx.report(node->args.back().value->span, D::BadIndex)
        .help("an array is read by one position: `xs[i]`; only a map has `default:`");
    return ctx.types.error();
  }
  const ast::Expr* index = node->args[0].value;
  switch (head.kind) {
    case TypeKind::Array:
    case TypeKind::FixedArray:
      check_value(ctx, index, Want::must(ctx.types.int_(), node->receiver->span,
                                         "elements are counted with an `int`"));
      check_negative_index(ctx, node, index);
      return head.args[0];
    case TypeKind::Error:
      check_expr(ctx, index);
      return type;
    case TypeKind::Str:
      check_expr(ctx, index);
      ctx.report(node->span, D::StrIndex)
          .help("`s.bytes()[i]` is a byte, `s.chars()[i]` a character, `s[a..b]` a part");
      return ctx.types.error();
    default:
      break;
  }
  check_expr(ctx, index);
  if (ctx.infer.is_unknown(type)) return report_unknown_type(ctx, node->receiver);
  TraitId trait = index_trait(ctx);
  std::optional<TypeId> result = apply_trait(ctx, node, trait, type, {node->receiver, index});
  if (result) return *result;
  Report report = ctx.report(node->receiver->span, D::NotIndexable, {ctx.show(type)});
  help_with_trait(ctx, report, trait, type, ctx.fact(index).type);
  if (head.kind == TypeKind::Tuple) report.help("parts of a tuple are reached with `.0`");
  if (head.kind == TypeKind::Fn) report.help("type arguments stand in angles: `f<int>(x)`");
  return ctx.types.error();
}

TypeId check_slice(Context& ctx, const ast::Slice* node) {
  TypeId type = ctx.infer.shallow(check_expr(ctx, node->receiver));
  Want bound = Want::must(ctx.types.int_());
  if (node->range->low) check_value(ctx, node->range->low, bound);
  if (node->range->high) check_value(ctx, node->range->high, bound);
  ctx.set_type(node->range, ctx.types.make(node->range->inclusive ? TypeKind::RangeInclusive
                                                                  : TypeKind::Range,
                                           {ctx.types.int_()}));
  switch (ctx.types.kind(type)) {
    case TypeKind::Array:
    case TypeKind::Str:
    case TypeKind::Error:
      return type;
    case TypeKind::FixedArray:
      return ctx.types.make(TypeKind::Array, {ctx.types.arg(type)});
    default:
      break;
  }
  if (ctx.infer.is_unknown(type)) return report_unknown_type(ctx, node->receiver);
  ctx.report(node->receiver->span, D::NotIndexable, {ctx.show(type)});
  return ctx.types.error();
}

// ---- payloads ------------------------------------------------------------------------------

// `!` or `?` on what is no option and no `Result`. Behind `<-ch` or `await t` it is read before them.
static TypeId report_nothing_to_unwrap(Context& ctx, const ast::Expr* node, const ast::Expr* operand,
                                       TypeId type, const std::string& mark,
                                       std::string_view purpose) {
  TypeKind kind = ctx.types.kind(type);
  Report report = ctx.report(node->span, D::NothingToUnwrap, {ctx.show(type), mark});
  if (kind != TypeKind::Chan && kind != TypeKind::Task) {
    report.help("`" + mark + "` " + std::string(purpose) + " a `T?` or a `Result`");
    return ctx.types.error();
  }
  std::string taken = kind == TypeKind::Chan ? "<-" : "await ";
  std::string text(ctx.program.sources.text(operand->span));
  report.help("take what comes out of it first: `(" + taken + text + ")" + mark + "`");
  return ctx.types.error();
}

TypeId check_unwrap(Context& ctx, const ast::Unwrap* node) {
  TypeId type = ctx.infer.shallow(check_expr(ctx, node->operand));
  TypeKind kind = ctx.types.kind(type);
  if (kind == TypeKind::Option || kind == TypeKind::Result) return ctx.types.arg(type);
  if (kind == TypeKind::Error) return type;
  if (ctx.infer.is_unknown(type)) return report_unknown_type(ctx, node->operand);
  return report_nothing_to_unwrap(ctx, node, node->operand, type, "!", "takes the value out of");
}

// Where `?` leads to: the result of the function, or of the spawn block around.
static bool returns_kind(Context& ctx, TypeId wrapped) {
  return ctx.infer.unify(ctx.body->result, wrapped);
}

static TypeId report_bad_try(Context& ctx, const ast::Expr* node, TypeId type) {
  Report report = ctx.report(node->span, D::BadTry, {ctx.show(type), ctx.show(ctx.body->result)});
  if (ctx.body->result_span.valid()) {
    report.label(ctx.body->result_span, "the function gives this");
  }
  bool is_option = ctx.kind(type) == TypeKind::Option;
  report.help(is_option ? "give an option, or look with `if let`, `??` or `!`"
                        : "give a `Result`, or look with `match` or `!`");
  return ctx.types.arg(ctx.infer.shallow(type));
}

// The error of `from`, a Result, becomes that of `to` by `From`.
static TypeId convert_error(Context& ctx, const ast::Expr* node, const Type& from, TypeId to) {
  TypeId found = ctx.infer.shallow(from.args[1]);
  TypeId wanted = ctx.infer.shallow(ctx.types.get(to).args[1]);
  std::optional<Conversion> conversion = find_conversion(ctx, found, wanted, node->span);
  if (conversion) {
    bool is_chain = node->kind != ast::ExprKind::Try;
    types::CallFact& call = is_chain ? ctx.add_chain_conversion(node) : ctx.add_call(node);
    call.callee = conversion->fn;
    call.type_args = std::move(conversion->type_args);
    return from.args[0];
  }
  TypeId whole = ctx.types.intern(from);
  Report report = ctx.report(node->span, D::BadTry, {ctx.show(whole), ctx.show(to)});
  if (ctx.body->result_span.valid()) {
    report.label(ctx.body->result_span, "the function gives this");
  }
  TypeKind kind = ctx.kind(wanted);
  if (kind == TypeKind::Struct || kind == TypeKind::Enum) {
    report.help("say how: `impl From<" + ctx.show(found) + "> for " + ctx.show(wanted) +
                " { fn from(own value: " + ctx.show(found) + ") -> " + ctx.show(wanted) +
                " { … } }`");
  }
  if (kind == TypeKind::Dyn) {
    report.help("make it an error: `impl Error for " + ctx.show(found) + " {}`");
  }
  report.help("convert it here: `.map_err(|e| …)?`");
  return from.args[0];
}

// The value that `?` takes out of one of `type`, an option or a `Result`.
static TypeId tried_type(Context& ctx, const ast::Expr* node, TypeId type) {
  const Type head = ctx.types.get(type);
  if (head.kind == TypeKind::Option) {
    TypeId any = ctx.types.make(TypeKind::Option, {ctx.infer.fresh(node->span)});
    if (returns_kind(ctx, any)) return head.args[0];
    return report_bad_try(ctx, node, type);
  }
  TypeId value = ctx.infer.fresh(node->span);
  if (returns_kind(ctx, ctx.types.make(TypeKind::Result, {value, head.args[1]}))) {
    return head.args[0];
  }
  // It was only there to ask.
  ctx.infer.unify(value, ctx.types.unit());
  TypeId result = ctx.infer.shallow(ctx.body->result);
  if (ctx.types.kind(result) == TypeKind::Result) return convert_error(ctx, node, head, result);
  return report_bad_try(ctx, node, type);
}

TypeId check_try(Context& ctx, const ast::Try* node) {
  TypeId type = ctx.infer.shallow(check_expr(ctx, node->operand));
  if (ctx.types.kind(type) == TypeKind::Error) return type;
  if (ctx.infer.is_unknown(type)) return report_unknown_type(ctx, node->operand);
  TypeKind kind = ctx.types.kind(type);
  if (kind == TypeKind::Option || kind == TypeKind::Result) return tried_type(ctx, node, type);
  return report_nothing_to_unwrap(ctx, node, node->operand, type, "?",
                                  "passes on `none` or the error of");
}

}  // namespace skein::check
