// The words of tokens.def behind each kind, and the dump of a file's tokens.
#include "compiler/syntax/token.h"

#include <algorithm>
#include <unordered_map>

namespace skein::syntax {

static constexpr std::string_view kNames[] = {
#define SKEIN_TOKEN(name, words) #name,
#define SKEIN_PUNCT(name, text) #name,
#define SKEIN_KEYWORD(name, text) "Kw" #name,
#include "compiler/syntax/tokens.def"
};

static constexpr std::string_view kWords[] = {
#define SKEIN_TOKEN(name, words) words,
#define SKEIN_PUNCT(name, text) "`" text "`",
#define SKEIN_KEYWORD(name, text) "`" text "`",
#include "compiler/syntax/tokens.def"
};

std::string_view token_kind_name(TokenKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::string_view token_kind_words(TokenKind kind) { return kWords[static_cast<size_t>(kind)]; }

bool is_keyword(TokenKind kind) { return kind >= TokenKind::KwAs; }

TokenKind keyword_kind(std::string_view text) {
  static const std::unordered_map<std::string_view, TokenKind> kKeywords = {
#define SKEIN_KEYWORD(name, text) {text, TokenKind::Kw##name},
#include "compiler/syntax/tokens.def"
  };
  auto found = kKeywords.find(text);
  return found == kKeywords.end() ? TokenKind::Name : found->second;
}

TokenKind punct_kind(std::string_view text) {
  static const std::unordered_map<std::string_view, TokenKind> kPuncts = {
#define SKEIN_PUNCT(name, text) {text, TokenKind::name},
#include "compiler/syntax/tokens.def"
  };
  auto found = kPuncts.find(text);
  return found == kPuncts.end() ? TokenKind::Name : found->second;
}

const char* suffix_text(NumberSuffix suffix) {
  switch (suffix) {
    case NumberSuffix::None: return "";
    case NumberSuffix::I8: return "i8";
    case NumberSuffix::I16: return "i16";
    case NumberSuffix::I32: return "i32";
    case NumberSuffix::I64: return "i64";
    case NumberSuffix::Int: return "int";
    case NumberSuffix::U8: return "u8";
    case NumberSuffix::U16: return "u16";
    case NumberSuffix::U32: return "u32";
    case NumberSuffix::U64: return "u64";
    case NumberSuffix::Uint: return "uint";
    case NumberSuffix::F32: return "f32";
    case NumberSuffix::Float: return "float";
  }
  SKEIN_UNREACHABLE("a number suffix out of range");
}

Symbol TokenBuffer::doc_before(uint32_t token_index) const {
  auto found = std::lower_bound(docs_.begin(), docs_.end(), token_index,
                                [](const DocComment& doc, uint32_t at) { return doc.token < at; });
  if (found == docs_.end() || found->token != token_index) return Symbol();
  return found->text;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      static constexpr char kDigits[] = "0123456789abcdef";
      out += "\\x";
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string print_tokens(const TokenBuffer& tokens, const SourceMap& sources,
                         const Interner& names) {
  std::string out;
  for (const Token& token : tokens.tokens()) {
    Location at = sources.locate(token.span.begin);
    out += std::to_string(at.line) + ":" + std::to_string(at.column) + " ";
    out += token_kind_name(token.kind);
    switch (token.kind) {
      case TokenKind::Str:
      case TokenKind::ByteStr:
      case TokenKind::InterpText: out += " " + quoted(names.text(tokens.symbol(token))); break;
      case TokenKind::Duration:
        out += " " + std::to_string(tokens.duration_ns(token)) + "ns";
        break;
      case TokenKind::Newline:
      case TokenKind::EndOfFile: break;
      default: out += " " + quoted(sources.text(token.span)); break;
    }
    out += "\n";
  }
  return out;
}

}  // namespace skein::syntax
