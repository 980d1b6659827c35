// Makes each piece of constant data once.
#include "compiler/codegen/constants.h"

#include <string>

#include "compiler/codegen/layout.h"
#include "compiler/codegen/runtime_abi.h"
#include "compiler/support/check.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

static llvm::GlobalVariable* private_data(llvm::Module& module, llvm::Constant* value,
                                          const std::string& name, uint64_t align) {
  llvm::GlobalVariable* global = new llvm::GlobalVariable(
      module, value->getType(), true, llvm::GlobalValue::PrivateLinkage, value, name);
  global->setAlignment(llvm::Align(align));
  // Nobody compares addresses of constants.
  global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  return global;
}

llvm::Constant* Constants::buffer(std::string_view bytes) {
  if (bytes.empty()) return rt_.empty_buffer();
  auto known = buffers_.find(bytes);
  if (known != buffers_.end()) return known->second;
  llvm::LLVMContext& context = module_.getContext();
  llvm::Type* word = llvm::Type::getInt64Ty(context);
  llvm::Constant* length = llvm::ConstantInt::get(word, bytes.size());
  // The runtime reads short text 16 bytes at a time (runtime/value/short_text.h). The next constant would begin
  // behind these zeros anyway.
  std::string filled(bytes);
  filled.resize((bytes.size() + 15) / 16 * 16);
  llvm::Constant* data = llvm::ConstantDataArray::getString(context, filled, false);
  llvm::Constant* parts[] = {llvm::ConstantInt::getSigned(word, abi::kImmortal), length, length,
                             llvm::ConstantInt::get(word, 0), data};
  llvm::Constant* value = llvm::ConstantStruct::getAnon(context, parts);
  llvm::Constant* global = private_data(module_, value, "skn.str", 16);
  buffers_.emplace(bytes, global);
  return global;
}

llvm::Constant* Constants::cell(llvm::Constant* value, const std::string& name) {
  llvm::Type* word = llvm::Type::getInt64Ty(module_.getContext());
  llvm::Constant* one = llvm::ConstantInt::get(word, 1);
  llvm::Constant* parts[] = {llvm::ConstantInt::getSigned(word, abi::kImmortal), one, one,
                             llvm::ConstantInt::get(word, 0), value};
  llvm::GlobalVariable* global =
      private_data(module_, llvm::ConstantStruct::getAnon(module_.getContext(), parts), name, 16);
  global->setConstant(false);
  global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::None);
  return global;
}

llvm::Constant* Constants::bare_box(const Layout& layout, uint32_t variant) {
  llvm::LLVMContext& context = module_.getContext();
  llvm::Type* word = llvm::Type::getInt64Ty(context);
  std::string bytes(layout.size, '\0');
  if (layout.tag != nullptr) {
    unsigned tag_size = layout.tag->getIntegerBitWidth() / 8;
    for (unsigned i = 0; i < tag_size; ++i) {
      bytes[layout.tag_offset + i] = static_cast<char>(variant >> (8 * i));
    }
  }
  llvm::Constant* parts[] = {llvm::ConstantInt::getSigned(word, abi::kImmortal),
                             llvm::ConstantInt::get(word, 0),
                             llvm::ConstantDataArray::getString(context, bytes, false)};
  llvm::Constant* value = llvm::ConstantStruct::getAnon(context, parts);
  llvm::Constant*& known = boxes_[value];
  if (known == nullptr) known = private_data(module_, value, "skn.box", abi::kAlignment);
  return known;
}

llvm::Constant* Constants::array(llvm::Type* element,
                                 const std::vector<llvm::Constant*>& elements) {
  llvm::ArrayType* type = llvm::ArrayType::get(element, elements.size());
  llvm::Constant* content = llvm::ConstantArray::get(type, elements);
  llvm::Constant*& known = arrays_[content];
  if (known != nullptr) return known;
  return known = private_data(module_, content, "skn.elements", 16);
}

llvm::Constant* Constants::c_string(std::string_view text) {
  auto known = c_strings_.find(text);
  if (known != c_strings_.end()) return known->second;
  llvm::Constant* value = llvm::ConstantDataArray::getString(module_.getContext(),
                                                             {text.data(), text.size()}, true);
  llvm::Constant* global = private_data(module_, value, "skn.text", 1);
  c_strings_.emplace(text, global);
  return global;
}

// ---- format specs: [fill][<>^][0][width][.precision][x|b|o|e|?] --------------------------------

// The UTF-8 scalar at the head of a text that check has found well-formed, and its length.
static uint32_t decode_scalar(std::string_view text, size_t& length) {
  unsigned char first = static_cast<unsigned char>(text[0]);
  length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1) return first;
  uint32_t scalar = first & (0x7fu >> length);
  for (size_t i = 1; i < length && i < text.size(); ++i) {
    scalar = scalar << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  }
  return scalar;
}

static bool is_align(char c) { return c == '<' || c == '>' || c == '^'; }

static int32_t read_number(std::string_view& text) {
  int32_t number = 0;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    number = number * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  return number;
}

static abi::FormatSpec read_spec(std::string_view text) {
  abi::FormatSpec spec = {};
  spec.precision = -1;
  size_t fill_length = 0;
  uint32_t fill = decode_scalar(text, fill_length);
  if (text.size() > fill_length && is_align(text[fill_length])) {
    spec.fill = fill;
    text.remove_prefix(fill_length);
  }
  if (!text.empty() && is_align(text[0])) {
    spec.align = static_cast<uint8_t>(text[0]);
    text.remove_prefix(1);
  }
  if (!text.empty() && text[0] == '0') {
    spec.zero = 1;
    text.remove_prefix(1);
  }
  spec.width = read_number(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    spec.precision = read_number(text);
  }
  if (!text.empty()) spec.kind = static_cast<uint8_t>(text[0]);
  return spec;
}

llvm::Constant* Constants::format_spec(std::string_view text) {
  llvm::LLVMContext& context = module_.getContext();
  if (text.empty()) return llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(context));
  auto known = specs_.find(text);
  if (known != specs_.end()) return known->second;
  abi::FormatSpec spec = read_spec(text);
  llvm::Type* word = llvm::Type::getInt32Ty(context);
  llvm::Type* byte = llvm::Type::getInt8Ty(context);
  llvm::Constant* parts[] = {
      llvm::ConstantInt::get(word, spec.fill),
      llvm::ConstantInt::getSigned(word, spec.width),
      llvm::ConstantInt::getSigned(word, spec.precision),
      llvm::ConstantInt::get(byte, spec.align),
      llvm::ConstantInt::get(byte, spec.zero),
      llvm::ConstantInt::get(byte, spec.kind),
      llvm::ConstantInt::get(byte, 0),
  };
  llvm::Constant* global =
      private_data(module_, llvm::ConstantStruct::getAnon(context, parts), "skn.format", 4);
  specs_.emplace(text, global);
  return global;
}

// ---- places ------------------------------------------------------------------------------------

uint32_t Constants::site(std::string_view function, Span span, std::string_view task) {
  if (!span.valid()) return 0;
  Location location = sources_.locate(span.begin);
  Site site = {std::string(function), std::string(location.path), location.line, location.column,
               std::string(task)};
  uint32_t next = static_cast<uint32_t>(sites_.size());
  auto [entry, is_new] = site_ids_.emplace(site, next);
  if (is_new) sites_.push_back(std::move(site));
  return entry->second;
}

void Constants::emit_sites() {
  llvm::LLVMContext& context = module_.getContext();
  llvm::Type* pointer = llvm::PointerType::getUnqual(context);
  llvm::Type* word = llvm::Type::getInt32Ty(context);
  llvm::StructType* type =
      llvm::StructType::create(context, {pointer, pointer, word, word, pointer}, "skn.site");
  std::vector<llvm::Constant*> rows = {llvm::ConstantAggregateZero::get(type)};
  for (size_t i = 1; i < sites_.size(); ++i) {
    const Site& site = sites_[i];
    llvm::Constant* task = llvm::Constant::getNullValue(pointer);
    if (!site.task.empty()) task = c_string(site.task);
    llvm::Constant* line = llvm::ConstantInt::get(word, site.line);
    llvm::Constant* column = llvm::ConstantInt::get(word, site.column);
    rows.push_back(llvm::ConstantStruct::get(
        type, {c_string(site.function), c_string(site.path), line, column, task}));
  }
  llvm::ArrayType* table = llvm::ArrayType::get(type, rows.size());
  new llvm::GlobalVariable(module_, table, true, llvm::GlobalValue::ExternalLinkage,
                           llvm::ConstantArray::get(table, rows), "skn_sites");
  new llvm::GlobalVariable(module_, word, true, llvm::GlobalValue::ExternalLinkage,
                           llvm::ConstantInt::get(word, rows.size()), "skn_site_count");
}

}  // namespace skein::codegen
