// The tokens of SIR text, for sir/read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skein::sir {

struct TextToken {
  enum class Kind : uint8_t {
    Word,     // live, bb3, int
    Number,   // 5, -2.5
    String,   // "…", unescaped
    Local,    // %3; text is the digits
    Global,   // @fib, @"show.[int]"; text is the name
    Param,    // $0; text is the digits
    Punct,    // one of ( ) [ ] { } < > , : ; . = ? and ->
    Bad,      // something else; text says what
    End,
  };
  Kind kind = Kind::End;
  std::string text;
  uint32_t begin = 0;   // offsets in the text
  uint32_t end = 0;
};

// The tokens, the last one of kind End.
std::vector<TextToken> split_text(std::string_view text);

}  // namespace skein::sir
