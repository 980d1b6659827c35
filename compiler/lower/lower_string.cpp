// Interpolated strings: a text is built in a temporary, piece by piece.
#include "compiler/lower/steps.h"

namespace skein::lower {

static void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

// The format as the user writes it, with every part in its normal form.
std::string format_text(const ast::FormatSpec& spec) {
  using Align = ast::FormatSpec::Align;
  using Kind = ast::FormatSpec::Kind;
  std::string text;
  if (spec.align != Align::Default) {
    if (spec.fill != U' ') append_utf8(text, spec.fill);
    text += spec.align == Align::Left ? '<' : spec.align == Align::Right ? '>' : '^';
  }
  if (spec.zero) text += '0';
  if (spec.width != 0) text += std::to_string(spec.width);
  if (spec.precision != ast::FormatSpec::kNoPrecision) {
    text += "." + std::to_string(spec.precision);
  }
  switch (spec.kind) {
    case Kind::Default:
      break;
    case Kind::Hex:
      text += 'x';
      break;
    case Kind::Binary:
      text += 'b';
      break;
    case Kind::Octal:
      text += 'o';
      break;
    case Kind::Exponent:
      text += 'e';
      break;
    case Kind::Debug:
      text += '?';
      break;
  }
  return text;
}

void emit_show(Body& body, TypeId type, Operand value, LocalId out, std::string spec, Span span) {
  if (body.unit.kind(type) == TypeKind::Str && spec.empty()) {
    return body.builtin(Builtin::StrAppend, {}, {Operand::mut(out), std::move(value)}, Place(),
                        span);
  }
  body.builtin(Builtin::Show, {type},
               {std::move(value), Operand::mut(out), body.const_str(std::move(spec))}, Place(),
               span);
}

// The stretch of text that the string begins with.
static std::string first_text(Body& body, const ast::InterpStr* node) {
  bool has_text = !node->parts.empty() && node->parts[0].value == nullptr;
  return has_text ? std::string(body.program.interner.text(node->parts[0].text)) : "";
}

void start_text(Body& body, const ast::InterpStr* node, LocalId text) {
  body.assign(text, body.const_str(first_text(body, node)), node->span);
  body.own(text, node->span);
}

void append_parts(Body& body, const ast::InterpStr* node, LocalId text) {
  for (size_t i = 0; i < node->parts.size(); ++i) {
    const ast::InterpPart& part = node->parts[i];
    if (part.value != nullptr) {
      Operand value = lower_borrowed(body, part.value);
      std::string spec = part.has_format ? format_text(part.format) : "";
      emit_show(body, body.program.type_of(part.value), std::move(value), text, std::move(spec),
                part.value->span);
    } else if (i > 0) {
      std::string more(body.program.interner.text(part.text));
      body.builtin(Builtin::StrAppend, {}, {Operand::mut(text), body.const_str(std::move(more))},
                   Place(), node->span);
    }
  }
}

LocalId lower_interp(Body& body, const ast::InterpStr* node) {
  LocalId text = body.new_temp(body.program.types.str(), node->span);
  start_text(body, node, text);
  append_parts(body, node, text);
  return text;
}

}  // namespace skein::lower
