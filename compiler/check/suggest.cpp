// "did you mean `x`?" for every kind of name.
#include "compiler/check/suggest.h"

#include <algorithm>

namespace skein::check {

bool suggest(Report& report, Span span, std::string_view wrong,
             std::vector<std::string_view> names, std::string_view behind) {
  // Names come out of hash tables; sorted, the answer is always the same.
  std::sort(names.begin(), names.end());
  std::string_view nearest = nearest_name(wrong, names);
  if (nearest.empty() || nearest == wrong) return false;
  report.help("did you mean `" + std::string(nearest) + "`?")
      .fix(span, std::string(nearest) + std::string(behind));
  return true;
}

}  // namespace skein::check
