// Splits SIR text into tokens. Ends of lines mean nothing: each instruction's own form says where
// it ends.
#include "compiler/sir/text.h"

#include <charconv>

namespace skein::sir {

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '#';
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<TextToken> run() {
    for (;;) {
      skip_space();
      TextToken token;
      token.begin = at_;
      if (at_ == text_.size()) {
        token.end = at_;
        tokens_.push_back(std::move(token));
        return std::move(tokens_);
      }
      read(token);
      token.end = at_;
      tokens_.push_back(std::move(token));
    }
  }

 private:
  char peek(uint32_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void skip_space() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '/' && peek(1) == '/') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }

  void read(TextToken& token) {
    char c = peek();
    if (is_letter(c)) {
      token.kind = TextToken::Kind::Word;
      token.text = read_word();
    } else if (is_digit(c) || (c == '-' && is_digit(peek(1)))) {
      token.kind = TextToken::Kind::Number;
      token.text = read_number();
    } else if (c == '"') {
      token.kind = TextToken::Kind::String;
      read_string(token);
    } else if ((c == '%' || c == '$') && is_digit(peek(1))) {
      token.kind = c == '%' ? TextToken::Kind::Local : TextToken::Kind::Param;
      ++at_;
      token.text = read_digits();
    } else if (c == '@') {
      read_global(token);
    } else if (c == '-' && peek(1) == '>') {
      token.kind = TextToken::Kind::Punct;
      token.text = "->";
      at_ += 2;
    } else if (std::string_view("()[]{}<>,:;.=?").find(c) != std::string_view::npos) {
      token.kind = TextToken::Kind::Punct;
      token.text = c;
      ++at_;
    } else {
      token.kind = TextToken::Kind::Bad;
      token.text = std::string("`") + c + "` means nothing here";
      ++at_;
    }
  }

  std::string read_digits() {
    uint32_t begin = at_;
    while (is_digit(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string read_word() {
    uint32_t begin = at_;
    while (is_letter(peek()) || is_digit(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  // After a point comes the number of a field, and the next point begins the next step.
  std::string read_number() {
    if (!tokens_.empty() && tokens_.back().text == ".") return read_digits();
    uint32_t begin = at_;
    if (peek() == '-') ++at_;
    read_digits();
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      read_digits();
    }
    bool has_sign = peek(1) == '-' || peek(1) == '+';
    if (peek() == 'e' && is_digit(peek(has_sign ? 2 : 1))) {
      at_ += has_sign ? 2 : 1;
      read_digits();
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  void read_global(TextToken& token) {
    ++at_;
    token.kind = TextToken::Kind::Global;
    if (peek() == '"') {
      read_string(token);
      return;
    }
    uint32_t begin = at_;
    while (is_letter(peek()) || is_digit(peek()) || peek() == '.') ++at_;
    token.text = std::string(text_.substr(begin, at_ - begin));
  }

  void read_string(TextToken& token) {
    ++at_;
    while (at_ < text_.size() && peek() != '"') {
      char c = text_[at_++];
      token.text += c == '\\' ? read_escape() : c;
    }
    if (at_ == text_.size()) {
      token.kind = TextToken::Kind::Bad;
      token.text = "the string does not end";
      return;
    }
    ++at_;
  }

  char read_escape() {
    char c = peek();
    if (at_ < text_.size()) ++at_;
    if (c == 'n') return '\n';
    if (c != 'x' || at_ + 2 > text_.size()) return c;
    unsigned value = 0;
    std::from_chars(text_.data() + at_, text_.data() + at_ + 2, value, 16);
    at_ += 2;
    return static_cast<char>(value);
  }

  std::string_view text_;
  uint32_t at_ = 0;
  std::vector<TextToken> tokens_;
};

std::vector<TextToken> split_text(std::string_view text) { return Splitter(text).run(); }

}  // namespace skein::sir
