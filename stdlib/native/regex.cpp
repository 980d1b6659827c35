// RE2 for std.regex (../regex.sk), which is C++, by functions of C's. Whoever is given a pattern frees it.
#include <re2/re2.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

extern "C" {

// A pattern, or where it is wrong one whose skn_regex_error() says why.
RE2* skn_regex_new(const char* pattern, bool ignores_case, int64_t max_memory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!ignores_case);
  options.set_max_mem(max_memory);
  return new RE2(pattern, options);
}

void skn_regex_free(RE2* regex) { delete regex; }

// Nothing where the pattern is right.
const char* skn_regex_error(const RE2* regex) { return regex->ok() ? nullptr : regex->error().c_str(); }

int32_t skn_regex_groups(const RE2* regex) { return regex->NumberOfCapturingGroups(); }

// The number of the group with this name, -1 if there is none.
int32_t skn_regex_group(const RE2* regex, const char* name) {
  auto group = regex->NamedCapturingGroups().find(name);
  return group == regex->NamedCapturingGroups().end() ? -1 : group->second;
}

// Looks for the first match in text[from, length). Where each of the first `count` groups begins and ends goes to
// `places`, -1 twice for one that took no part.
bool skn_regex_match(const RE2* regex, const char* text, int64_t length, int64_t from, int64_t* places,
                     int32_t count) {
  std::vector<re2::StringPiece> groups(count);
  re2::StringPiece whole(text, length);
  if (!regex->Match(whole, from, length, RE2::UNANCHORED, groups.data(), count)) return false;
  for (int32_t i = 0; i < count; ++i) {
    bool is_part = groups[i].data() != nullptr;
    places[2 * i] = is_part ? groups[i].data() - text : -1;
    places[2 * i + 1] = is_part ? places[2 * i] + static_cast<int64_t>(groups[i].size()) : -1;
  }
  return true;
}

}  // extern "C"
