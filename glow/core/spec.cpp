#include "glow/core/spec.h"

#include <cctype>

#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow {
namespace {

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  Spec spec() {
    Spec spec{word("a name"), {}};
    if (peek() == '(') {
      ++at_;
      while (peek() != ')') {
        const std::string key = word("a key");
        expect('=');
        spec.options.emplace_back(key, value(0));
        if (peek() != ')') expect(',');
      }
      ++at_;
    }
    if (peek() != '\0') fail("nothing more");
    return spec;
  }

 private:
  // The next character that is not white space; 0 at the end.
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void expect(char c) {
    if (peek() != c) fail(fmt::format("'{}'", c));
    ++at_;
  }
  [[noreturn]] void fail(const std::string& expected) {
    throw ValueError("in '{}', at character {}: expected {}{}", text_, at_ + 1, expected,
                     at_ < text_.size() ? fmt::format(", got '{}'", text_[at_]) : "");
  }

  std::string word(const char* expected) {
    peek();
    const size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) {
      ++at_;
    }
    if (at_ == begin) fail(expected);
    return text_.substr(begin, at_ - begin);
  }

  Value value(int depth) {
    if (depth > 4) fail("a shallower list");
    if (peek() == '[') {
      ++at_;
      List list;
      while (peek() != ']') {
        list.push_back(value(depth + 1));
        if (peek() != ']') expect(',');
      }
      ++at_;
      return {list, text_};
    }
    if (peek() == '"' || peek() == '\'') {
      const char quote = text_[at_++];
      const size_t end = text_.find(quote, at_);
      if (end == std::string::npos) fail(fmt::format("a closing {}", quote));
      std::string content = text_.substr(at_, end - at_);
      at_ = end + 1;
      return {content, text_};
    }
    const size_t begin = at_;
    at_ = std::min(text_.find_first_of(",)] \t\n", at_), text_.size());
    if (at_ == begin) fail("a value");
    const std::string token = text_.substr(begin, at_ - begin);
    if (token == "true" || token == "false") return {token == "true", text_};
    if (int64_t integer = 0; parse_number(token, integer)) return {integer, text_};
    if (double number = 0; parse_number(token, number)) return {number, text_};
    return {token, text_};
  }

  const std::string& text_;
  size_t at_ = 0;
};

}  // namespace

Spec parse_spec(const std::string& text) { return Parser(text).spec(); }

}  // namespace glow
