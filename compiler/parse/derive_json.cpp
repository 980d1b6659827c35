// Writes the `impl Json` of a struct or enum.
//
// The methods call what std.json's readers and writers have for them; there it says what the form of a value is. Names
// that end with `'`, which no source text can hold, are variables of the methods, or what std.json calls so, whatever
// the names around mean. All tokens are empty and stand where the derive is written: they touch each other, and what
// is said about them is said there.
#include "compiler/parse/derive_json.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace skein::parse {

using syntax::Token;
using syntax::TokenBuffer;
using syntax::TokenKind;

static bool have_names(std::span<const ast::FieldDecl> fields) {
  return std::all_of(fields.begin(), fields.end(),
                     [](const ast::FieldDecl& field) { return field.name.valid(); });
}

// Whether all its names could be read.
static bool has_names(const ast::Item& item) {
  if (!item.name.valid()) return false;
  const ast::StructItem* node = item.try_as<ast::StructItem>();
  const ast::Generics& generics = node ? node->generics : item.as<ast::EnumItem>()->generics;
  for (const ast::GenericParam& param : generics.params) {
    if (!param.name.valid()) return false;
  }
  if (node) return have_names(node->fields);
  std::span<const ast::VariantDecl> variants = item.as<ast::EnumItem>()->variants;
  return std::all_of(variants.begin(), variants.end(), [](const ast::VariantDecl& variant) {
    return variant.name.valid() && have_names(variant.fields);
  });
}

static bool is_called(const ast::Attribute& attribute, std::string_view name, const Interner& names) {
  return attribute.name.valid() && names.text(attribute.name.name) == name;
}

// The `Json` in `@derive(Eq, Json)`.
static std::optional<Span> find_json(const ast::Item& item, const Interner& names) {
  for (const ast::Attribute& attribute : item.attributes) {
    if (!is_called(attribute, "derive", names)) continue;
    for (const ast::Arg& arg : attribute.args) {
      const ast::Name* name = arg.value->try_as<ast::Name>();
      if (name && names.text(name->name) == "Json") return name->span;
    }
  }
  return std::nullopt;
}

namespace {

class Writer {
 public:
  Writer(FileId file, Span place, Interner& names)
      : tokens_(file), place_{place.begin, place.begin}, names_(names) {}

  void write_struct(const ast::StructItem& item);
  void write_enum(const ast::EnumItem& item);
  TokenBuffer finish() {
    add(TokenKind::EndOfFile, Symbol());
    return std::move(tokens_);
  }

 private:
  void add(TokenKind kind, Symbol symbol) {
    tokens_.add({.kind = kind, .value = symbol.index, .span = place_});
  }
  // Tokens that are written with blanks between them.
  Writer& code(std::string_view text);
  Writer& name(Symbol symbol);
  Writer& string(Symbol symbol) {
    add(TokenKind::Str, symbol);
    return *this;
  }
  Writer& string(std::string_view text) { return string(names_.intern(text)); }
  Writer& number(size_t value) {
    uint32_t index = tokens_.add_int({.value = value});
    tokens_.add({.kind = TokenKind::Int, .value = index, .span = place_});
    return *this;
  }
  // The variable for a part of the value.
  Writer& part(size_t i) { return code("part" + std::to_string(i) + "'"); }

  void begin_impl(Symbol type, const ast::Generics& generics);
  void begin_read();
  Symbol json_name(Symbol name, std::span<const ast::Attribute> attributes) const;
  Symbol json_name(const ast::FieldDecl& field) const {
    return json_name(field.name.name, field.attributes);
  }
  Symbol json_name(const ast::VariantDecl& variant) const {
    return json_name(variant.name.name, variant.attributes);
  }
  void read_members(std::span<const ast::FieldDecl> fields, std::string_view way = {});
  void write_variant(const ast::VariantDecl& variant);
  void payload_of(const ast::VariantDecl& variant);
  void pattern_of(const ast::VariantDecl& variant);
  void read_variant(const ast::EnumItem& item, const ast::VariantDecl& variant);
  void replace_defaults(const ast::EnumItem& item, const ast::VariantDecl& variant);
  void required(const ast::FieldDecl& field, size_t i, std::string_view way = {});
  // How errors name a member; the way leads to the object.
  std::string step(std::string_view way, const ast::FieldDecl& field) const {
    return std::string(way) + std::string(names_.text(json_name(field)));
  }

  TokenBuffer tokens_;
  Span place_;
  Interner& names_;
};

}  // namespace

Writer& Writer::code(std::string_view text) {
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    TokenKind kind = syntax::punct_kind(word);
    add(kind == TokenKind::Name ? syntax::keyword_kind(word) : kind, names_.intern(word));
  }
  return *this;
}

// A field may be called by a reserved word.
Writer& Writer::name(Symbol symbol) {
  add(syntax::keyword_kind(names_.text(symbol)), symbol);
  return *this;
}

// `@json("user-name")` before a field or variant.
Symbol Writer::json_name(Symbol name, std::span<const ast::Attribute> attributes) const {
  for (const ast::Attribute& attribute : attributes) {
    if (!is_called(attribute, "json", names_) || attribute.args.size() != 1) continue;
    if (const ast::StrLit* text = attribute.args[0].value->try_as<ast::StrLit>()) return text->value;
  }
  return name;
}

// Its bounds are those of the type; the parser adds them.
void Writer::begin_impl(Symbol type, const ast::Generics& generics) {
  code("impl Json' for").name(type);
  if (!generics.params.empty()) {
    code("<");
    for (const ast::GenericParam& param : generics.params) name(param.name.name).code(",");
    code(">");
  }
  code("{ fn write_json < W' : Write' > ( self , mut out' : JsonWriter' < W' > ) {");
}

void Writer::begin_read() {
  code("} fn read_json < R' : Read' > ( mut from' : JsonReader' < R' > ) -> Result' < Self , JsonError' > {");
}

// ---- structs -------------------------------------------------------------------------------

// Reads an object; what it has for each field is in the variable of that part.
void Writer::read_members(std::span<const ast::FieldDecl> fields, std::string_view way) {
  code("from' . begin_object ( ) ? ;");
  for (size_t i = 0; i < fields.size(); ++i) code("var").part(i).code("= none ;");
  code("while let name' = from' . next_name ( ) ? { match name' {");
  for (size_t i = 0; i < fields.size(); ++i) {
    string(json_name(fields[i])).code("=> from' . member (").string(step(way, fields[i]));
    code(", mut").part(i).code(") ? ,");
  }
  code("_ => from' . unknown ( name' ) ? } } ;");
}

void Writer::required(const ast::FieldDecl& field, size_t i, std::string_view way) {
  name(field.name.name).code(": from' . required (").string(step(way, field)).code(",").part(i).code(") ? ,");
}

void Writer::write_struct(const ast::StructItem& item) {
  begin_impl(item.name.name, item.generics);
  code("out' . begin_object ( ) ;");
  for (const ast::FieldDecl& field : item.fields) {
    code("out' . member (").string(json_name(field)).code(", self .").name(field.name.name).code(") ;");
  }
  code("out' . end_object ( ) ;");
  begin_read();
  read_members(item.fields);
  // Fields with a default begin with it.
  code("var made' =").name(item.name.name).code("{");
  for (size_t i = 0; i < item.fields.size(); ++i) {
    if (!item.fields[i].fallback) required(item.fields[i], i);
  }
  code("} ;");
  for (size_t i = 0; i < item.fields.size(); ++i) {
    if (!item.fields[i].fallback) continue;
    code("from' . replace ( mut made' .").name(item.fields[i].name.name).code(",").part(i).code(") ;");
  }
  code("from' . made ( made' ) } }");
}

// ---- enums ---------------------------------------------------------------------------------

// Its parts, in a pattern or to make one.
void Writer::payload_of(const ast::VariantDecl& variant) {
  if (variant.payload.empty()) return;
  code("(");
  for (size_t i = 0; i < variant.payload.size(); ++i) part(i).code(",");
  code(")");
}

void Writer::pattern_of(const ast::VariantDecl& variant) {
  name(variant.name.name);
  payload_of(variant);
  if (variant.has_named_fields) {
    code("{");
    for (size_t i = 0; i < variant.fields.size(); ++i) {
      name(variant.fields[i].name.name).code(":").part(i).code(",");
    }
    code("}");
  }
}

void Writer::write_variant(const ast::VariantDecl& variant) {
  pattern_of(variant);
  if (variant.payload.empty() && !variant.has_named_fields) {
    code("=> out' . string (").string(json_name(variant)).code(") ,");
    return;
  }
  code("=> { out' . begin_variant (").string(json_name(variant)).code(") ;");
  bool is_array = variant.payload.size() > 1;
  if (is_array) code("out' . begin_array ( ) ;");
  for (size_t i = 0; i < variant.payload.size(); ++i) code("out' . value (").part(i).code(") ;");
  if (is_array) code("out' . end_array ( ) ;");
  if (variant.has_named_fields) {
    code("out' . begin_object ( ) ;");
    for (size_t i = 0; i < variant.fields.size(); ++i) {
      code("out' . member (").string(json_name(variant.fields[i])).code(",").part(i).code(") ;");
    }
    code("out' . end_object ( ) ;");
  }
  code("out' . end_object ( ) } ,");
}

void Writer::read_variant(const ast::EnumItem& item, const ast::VariantDecl& variant) {
  Symbol text = json_name(variant);
  bool is_bare = variant.payload.empty() && !variant.has_named_fields;
  string(text).code("=> {").code(is_bare ? "from' . no_payload (" : "from' . payload (").string(text).code(") ? ;");
  if (variant.payload.size() == 1) code("let").part(0).code("= from' . only (").string(text).code(") ? ;");
  if (variant.payload.size() > 1) {
    code("from' . begin_array ( ) ? ;");
    for (size_t i = 0; i < variant.payload.size(); ++i) {
      code("let").part(i).code("= from' . element (").number(i).code(") ? ;");
    }
    code("from' . end_array ( ) ? ;");
  }
  std::string way = std::string(names_.text(text)) + ".";
  if (variant.has_named_fields) read_members(variant.fields, way);
  if (!is_bare) code("from' . end_payload ( ) ? ;");
  code("var made' =").name(item.name.name).code(".").name(variant.name.name);
  payload_of(variant);
  if (variant.has_named_fields) {
    code("{");
    for (size_t i = 0; i < variant.fields.size(); ++i) {
      if (!variant.fields[i].fallback) required(variant.fields[i], i, way);
    }
    code("}");
  }
  code(";");
  replace_defaults(item, variant);
  code("from' . made ( made' ) } ,");
}

// As of structs: what was read takes the place of the defaults that the fields begin with.
void Writer::replace_defaults(const ast::EnumItem& item, const ast::VariantDecl& variant) {
  std::vector<size_t> with_default;
  for (size_t i = 0; i < variant.fields.size(); ++i) {
    if (variant.fields[i].fallback) with_default.push_back(i);
  }
  if (with_default.empty()) return;
  code("match made' {").name(variant.name.name).code("{");
  for (size_t i : with_default) {
    name(variant.fields[i].name.name).code(": mut place" + std::to_string(i) + "' ,");
  }
  code(".. } => {");
  for (size_t i : with_default) {
    code("from' . replace ( mut place" + std::to_string(i) + "' ,").part(i).code(") ;");
  }
  code("}");
  if (item.variants.size() > 1) code(", _ => { }");
  code("} ;");
}

void Writer::write_enum(const ast::EnumItem& item) {
  begin_impl(item.name.name, item.generics);
  code("match self {");
  for (const ast::VariantDecl& variant : item.variants) write_variant(variant);
  code("}");
  begin_read();
  code("let name' = from' . variant ( ) ? ; match name' {");
  std::string known;
  for (const ast::VariantDecl& variant : item.variants) {
    read_variant(item, variant);
    known += (known.empty() ? "" : ", ") + std::string(names_.text(json_name(variant)));
  }
  code("_ => from' . no_variant ( name' ,").string(known).code(") } } }");
}

std::optional<TokenBuffer> derive_json(const ast::Item& item, FileId file, Interner& names) {
  bool is_type = item.is<ast::StructItem>() || item.is<ast::EnumItem>();
  std::optional<Span> place = is_type && has_names(item) ? find_json(item, names) : std::nullopt;
  if (!place) return std::nullopt;
  Writer writer(file, *place, names);
  if (const ast::StructItem* node = item.try_as<ast::StructItem>()) {
    writer.write_struct(*node);
  } else {
    writer.write_enum(*item.as<ast::EnumItem>());
  }
  return writer.finish();
}

}  // namespace skein::parse
