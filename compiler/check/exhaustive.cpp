// Whether patterns cover every value, and whether each can match at all.
//
// After Maranget, "Warnings for pattern matching" (2007): rows of patterns against a vector of
// types. The first column is split by the constructors of its type: variants, `true` and `false`,
// lengths of arrays (ctors.h), or, for integers and characters, the stretches between the bounds
// that the patterns name. For each, the rows that match it are kept with the patterns of its parts
// in front. What is left without a row when the columns are used up is missing; a pattern that adds
// nothing to the rows above it is unreachable.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "compiler/check/check_pattern.h"
#include "compiler/check/ctors.h"

namespace skein::check {

using Witness = std::vector<std::string>;

static constexpr size_t kMaxSteps = 1 << 21;
static constexpr size_t kMaxWitnesses = 4;

// ---- rows ----------------------------------------------------------------------------------

// Replaces `a | b` in the first column by a row each.
static std::vector<Row> expand_or(std::vector<Row> rows) {
  bool has_or = std::any_of(rows.begin(), rows.end(), [](const Row& row) {
    return row.back()->kind == Pat::Kind::Or;
  });
  if (!has_or) return rows;
  std::vector<Row> out;
  for (const Row& row : rows) {
    if (row.back()->kind != Pat::Kind::Or) {
      out.push_back(row);
      continue;
    }
    std::vector<Row> choices;
    for (const Pat* choice : row.back()->parts) {
      choices.push_back(row);
      choices.back().back() = choice;
    }
    choices = expand_or(std::move(choices));
    out.insert(out.end(), choices.begin(), choices.end());
  }
  return out;
}

// The rows that match constructor `ctor`, its parts in front.
static std::vector<Row> specialize(Cover& cover, const std::vector<Row>& rows, const Ctors& ctors,
                                   uint32_t ctor, size_t part_count) {
  std::vector<Row> out;
  cover.steps += rows.size();
  for (const Row& row : rows) {
    if (!ctors.matches(*row.back(), ctor)) continue;
    Row rest(row.begin(), row.end() - 1);
    std::vector<const Pat*> parts = ctors.parts_of(*row.back(), part_count, cover.wild);
    rest.insert(rest.end(), parts.rbegin(), parts.rend());
    cover.steps += parts.size();
    out.push_back(std::move(rest));
  }
  return out;
}

// The rows whose first pattern takes all values of a test, without that column.
template <class Matches>
static std::vector<Row> keep(Cover& cover, const std::vector<Row>& rows, Matches matches) {
  std::vector<Row> out;
  cover.steps += rows.size();
  for (const Row& row : rows) {
    if (row.back()->kind == Pat::Kind::Wild || matches(*row.back())) {
      out.emplace_back(row.begin(), row.end() - 1);
    }
  }
  return out;
}

static std::vector<Row> keep_wild(Cover& cover, const std::vector<Row>& rows) {
  return keep(cover, rows, [](const Pat&) { return false; });
}

static std::vector<Row> keep_stretch(Cover& cover, const std::vector<Row>& rows,
                                     Stretch stretch) {
  return keep(cover, rows, [&](const Pat& pat) {
    return pat.kind == Pat::Kind::Range && pat.low <= stretch.low && pat.high >= stretch.high;
  });
}

// The stretches of `domain` between the bounds that the rows name in their first column.
static std::vector<Stretch> split(const std::vector<Row>& rows, std::vector<Stretch> domain) {
  std::vector<Wide> cuts;   // first values of stretches
  for (const Row& row : rows) {
    if (row.back()->kind != Pat::Kind::Range) continue;
    cuts.push_back(row.back()->low);
    cuts.push_back(row.back()->high + 1);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Stretch> out;
  for (Stretch stretch : domain) {
    auto cut = std::upper_bound(cuts.begin(), cuts.end(), stretch.low);
    for (; cut != cuts.end() && *cut <= stretch.high; ++cut) {
      out.push_back({stretch.low, *cut - 1});
      stretch.low = *cut;
    }
    out.push_back(stretch);
  }
  return out;
}

// For each constructor the rows that match it, as `specialize` wants them.
static std::vector<std::vector<Row>> rows_by_ctor(Cover& cover, const std::vector<Row>& rows,
                                                  const Ctors& ctors) {
  size_t count = ctors.count();
  std::vector<std::vector<Row>> out(count);
  for (const Row& row : rows) {
    if (row.back()->kind == Pat::Kind::Ctor) out[row.back()->ctor].push_back(row);
    if (row.back()->kind != Pat::Kind::Array) continue;
    for (uint32_t ctor = 0; ctor < count; ++ctor) {
      if (ctors.matches(*row.back(), ctor)) out[ctor].push_back(row);
    }
  }
  for (const Row& row : rows) {
    if (row.back()->kind != Pat::Kind::Wild) continue;
    cover.steps += count;
    if (cover.steps > kMaxSteps) break;
    for (std::vector<Row>& of_ctor : out) of_ctor.push_back(row);
  }
  return out;
}

// For each stretch the rows that name all of it, without that column. `split` made the stretches,
// so that no row names a part of one.
static std::vector<std::vector<Row>> rows_by_stretch(Cover& cover, const std::vector<Row>& rows,
                                                     const std::vector<Stretch>& stretches) {
  std::vector<std::vector<Row>> out(stretches.size());
  for (const Row& row : rows) {
    if (row.back()->kind != Pat::Kind::Range) continue;
    auto at = std::lower_bound(stretches.begin(), stretches.end(), row.back()->low,
                               [](const Stretch& stretch, Wide low) { return stretch.low < low; });
    for (; at != stretches.end() && at->high <= row.back()->high; ++at) {
      if (++cover.steps > kMaxSteps) return out;
      out[static_cast<size_t>(at - stretches.begin())].emplace_back(row.begin(), row.end() - 1);
    }
  }
  return out;
}

// The rows of one column for the arms of a `match`, found by what they match: that an arm can match
// is asked for each in turn, and a table of ten thousand would compare every two of them.
class Arms {
 public:
  void add(const Pat* pat) {
    switch (pat->kind) {
      case Pat::Kind::Or:
        for (const Pat* choice : pat->parts) add(choice);
        return;
      case Pat::Kind::Wild:
      case Pat::Kind::Array:
        return wild_.push_back({pat});
      case Pat::Kind::Ctor:
        return ctors_[pat->ctor].push_back({pat});
      case Pat::Kind::Literal:
        return literals_[pat->literal].push_back({pat});
      case Pat::Kind::Range:
        ranges_.emplace(pat->low, pat);
        widest_ = std::max(widest_, pat->high - pat->low);
        return;
    }
  }

  // Those that can match what `pat` does, and perhaps others.
  std::vector<Row> near(const Pat* pat) const {
    std::vector<Row> out = wild_;
    auto add_all = [&](const std::vector<Row>& rows) {
      out.insert(out.end(), rows.begin(), rows.end());
    };
    if (pat->kind == Pat::Kind::Ctor) {
      auto found = ctors_.find(pat->ctor);
      if (found != ctors_.end()) add_all(found->second);
    } else if (pat->kind == Pat::Kind::Literal) {
      auto found = literals_.find(pat->literal);
      if (found != literals_.end()) add_all(found->second);
    } else if (pat->kind == Pat::Kind::Range) {
      auto end = ranges_.upper_bound(pat->high);
      for (auto at = ranges_.lower_bound(pat->low - widest_); at != end; ++at) {
        out.push_back({at->second});
      }
    } else {
      for (const auto& [ctor, rows] : ctors_) add_all(rows);
      for (const auto& [literal, rows] : literals_) add_all(rows);
      for (const auto& [low, range] : ranges_) out.push_back({range});
    }
    return out;
  }

 private:
  std::vector<Row> wild_;   // also those of arrays
  std::unordered_map<uint32_t, std::vector<Row>> ctors_;
  std::unordered_map<std::string, std::vector<Row>> literals_;
  std::multimap<Wide, const Pat*> ranges_;   // by their first value
  Wide widest_ = 0;
};

// ---- what is missing -----------------------------------------------------------------------

static std::vector<Witness> find_missing(Cover& cover, std::vector<Row> rows,
                                         const std::vector<TypeId>& types);

static std::string number_text(Wide value) {
  bool is_negative = value < 0;
  if (is_negative) value = -value;
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value > 0);
  return is_negative ? "-" + digits : digits;
}

static std::string value_text(TypeKind kind, Wide value) {
  if (kind != TypeKind::Char) return number_text(value);
  if (value >= 0x20 && value < 0x7f) return "'" + std::string(1, static_cast<char>(value)) + "'";
  static constexpr char kHex[] = "0123456789abcdef";
  std::string digits;
  for (Wide rest = value; rest > 0 || digits.empty(); rest /= 16) {
    digits.insert(digits.begin(), kHex[static_cast<int>(rest % 16)]);
  }
  return "'\\u{" + digits + "}'";
}

static std::string stretch_text(TypeKind kind, Stretch stretch) {
  std::vector<Stretch> domain = domain_of(kind);
  bool is_first = stretch.low == domain.front().low;
  bool is_last = stretch.high == domain.back().high;
  if (is_first && is_last) return "_";
  if (stretch.low == stretch.high) return value_text(kind, stretch.low);
  if (is_last) return value_text(kind, stretch.low) + "..";
  if (is_first) return "..=" + value_text(kind, stretch.high);
  return value_text(kind, stretch.low) + "..=" + value_text(kind, stretch.high);
}

static void add_in_front(std::vector<Witness>& out, const std::vector<Witness>& rest,
                         const std::string& head) {
  for (const Witness& witness : rest) {
    if (out.size() >= kMaxWitnesses) return;
    out.push_back(witness);
    out.back().push_back(head);
  }
}

static std::vector<Witness> missing_ctors(Cover& cover, const std::vector<Row>& rows,
                                          const std::vector<TypeId>& rest_types,
                                          const Ctors& ctors) {
  size_t count = ctors.count();
  std::vector<bool> is_named(count, false);
  bool names_any = false;
  for (const Row& row : rows) {
    const Pat& head = *row.back();
    if (head.kind == Pat::Kind::Wild) continue;
    names_any = true;
    if (head.kind == Pat::Kind::Ctor) is_named[head.ctor] = true;
    for (uint32_t ctor = 0; head.kind == Pat::Kind::Array && ctor < count; ++ctor) {
      if (ctors.matches(head, ctor)) is_named[ctor] = true;
    }
  }
  std::vector<Witness> out;
  if (!names_any && count != 1) {
    add_in_front(out, find_missing(cover, keep_wild(cover, rows), rest_types), "_");
    return out;
  }
  std::optional<std::vector<Witness>> of_wild;
  std::vector<std::vector<Row>> by_ctor = rows_by_ctor(cover, rows, ctors);
  for (uint32_t ctor = 0; ctor < count && out.size() < kMaxWitnesses; ++ctor) {
    std::vector<TypeId> parts = ctors.parts(ctor);
    if (!is_named[ctor] && count != 1) {
      if (!of_wild) of_wild = find_missing(cover, keep_wild(cover, rows), rest_types);
      std::vector<std::string> holes(parts.size(), "_");
      add_in_front(out, *of_wild, ctors.text(ctor, holes));
      continue;
    }
    std::vector<TypeId> types = rest_types;
    types.insert(types.end(), parts.rbegin(), parts.rend());
    for (Witness& witness :
         find_missing(cover, specialize(cover, by_ctor[ctor], ctors, ctor, parts.size()), types)) {
      if (out.size() >= kMaxWitnesses) break;
      std::vector<std::string> shown(witness.rbegin(),
                                     witness.rbegin() + static_cast<ptrdiff_t>(parts.size()));
      witness.resize(witness.size() - parts.size());
      bool all_holes = std::all_of(shown.begin(), shown.end(),
                                   [](const std::string& part) { return part == "_"; });
      witness.push_back(count == 1 && all_holes ? "_" : ctors.text(ctor, shown));
      out.push_back(std::move(witness));
    }
  }
  return out;
}

static std::vector<Witness> missing_stretches(Cover& cover, const std::vector<Row>& rows,
                                              const std::vector<TypeId>& rest_types,
                                              TypeKind kind) {
  std::vector<Witness> out;
  std::vector<Stretch> uncovered;   // neighbours made one
  std::optional<std::vector<Witness>> of_wild;
  std::vector<Stretch> stretches = split(rows, domain_of(kind));
  std::vector<std::vector<Row>> naming = rows_by_stretch(cover, rows, stretches);
  std::vector<Row> wild = keep_wild(cover, rows);
  for (size_t i = 0; i < stretches.size(); ++i) {
    if (cover.steps > kMaxSteps || out.size() >= kMaxWitnesses) break;
    Stretch stretch = stretches[i];
    if (!naming[i].empty()) {
      cover.steps += wild.size();
      naming[i].insert(naming[i].end(), wild.begin(), wild.end());
      add_in_front(out, find_missing(cover, std::move(naming[i]), rest_types),
                   stretch_text(kind, stretch));
      continue;
    }
    bool is_neighbour = !uncovered.empty() && uncovered.back().high + 1 >= stretch.low - 0x800;
    if (kind == TypeKind::Char && is_neighbour && uncovered.back().high == 0xD7FF) {
      uncovered.back().high = stretch.high;
    } else if (!uncovered.empty() && uncovered.back().high + 1 == stretch.low) {
      uncovered.back().high = stretch.high;
    } else {
      uncovered.push_back(stretch);
    }
  }
  for (Stretch stretch : uncovered) {
    if (!of_wild) of_wild = find_missing(cover, keep_wild(cover, rows), rest_types);
    add_in_front(out, *of_wild, stretch_text(kind, stretch));
  }
  return out;
}

// Whether one row matches everything, so that nothing has to be split.
static bool has_row_of_holes(const std::vector<Row>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) {
    return std::all_of(row.begin(), row.end(),
                       [](const Pat* pat) { return pat->kind == Pat::Kind::Wild; });
  });
}

// Vectors of patterns that no row matches, some of them; each as text, first column last.
static std::vector<Witness> find_missing(Cover& cover, std::vector<Row> rows,
                                         const std::vector<TypeId>& types) {
  if (cover.steps > kMaxSteps) return {};
  if (types.empty()) return rows.empty() ? std::vector<Witness>{{}} : std::vector<Witness>{};
  if (has_row_of_holes(rows)) return {};
  rows = expand_or(std::move(rows));
  TypeId type = cover.ctx.infer.resolve(types.back());
  std::vector<TypeId> rest(types.begin(), types.end() - 1);
  Ctors ctors(cover.ctx, type, rows);
  if (ctors.count() > 0) return missing_ctors(cover, rows, rest, ctors);
  TypeKind kind = cover.ctx.types.kind(type);
  if (is_ordered(kind)) return missing_stretches(cover, rows, rest, kind);
  std::vector<Witness> out;
  add_in_front(out, find_missing(cover, keep_wild(cover, rows), rest), "_");
  return out;
}

// ---- what is unreachable -------------------------------------------------------------------

// Whether some value matches `row` and none of `rows`.
static bool is_useful(Cover& cover, std::vector<Row> rows, const Row& row,
                      const std::vector<TypeId>& types) {
  if (cover.steps > kMaxSteps) return true;
  if (types.empty()) return rows.empty();
  rows = expand_or(std::move(rows));
  Context& ctx = cover.ctx;
  TypeId type = ctx.infer.resolve(types.back());
  const Pat& head = *row.back();
  Row rest_row(row.begin(), row.end() - 1);
  std::vector<TypeId> rest(types.begin(), types.end() - 1);

  Ctors ctors(ctx, type, rows, &head);
  auto with_ctor = [&](uint32_t ctor, const std::vector<Row>& matching) {
    std::vector<TypeId> parts = ctors.parts(ctor);
    std::vector<TypeId> inner = rest;
    inner.insert(inner.end(), parts.rbegin(), parts.rend());
    std::vector<Row> one = specialize(cover, {row}, ctors, ctor, parts.size());
    return is_useful(cover, specialize(cover, matching, ctors, ctor, parts.size()), one[0], inner);
  };
  switch (head.kind) {
    case Pat::Kind::Or:
      return std::any_of(head.parts.begin(), head.parts.end(), [&](const Pat* choice) {
        Row one = row;
        one.back() = choice;
        return is_useful(cover, rows, one, types);
      });
    case Pat::Kind::Ctor:
      return with_ctor(head.ctor, rows);
    case Pat::Kind::Array:
      for (uint32_t ctor = 0; ctor < ctors.count(); ++ctor) {
        if (ctors.matches(head, ctor) && with_ctor(ctor, rows)) return true;
      }
      return false;
    case Pat::Kind::Range: {
      std::vector<Stretch> stretches = split(rows, {{head.low, head.high}});
      return std::any_of(stretches.begin(), stretches.end(), [&](Stretch stretch) {
        return is_useful(cover, keep_stretch(cover, rows, stretch), rest_row, rest);
      });
    }
    case Pat::Kind::Literal: {
      std::vector<Row> same = keep(cover, rows, [&](const Pat& pat) {
        return pat.kind == Pat::Kind::Literal && pat.literal == head.literal;
      });
      return is_useful(cover, std::move(same), rest_row, rest);
    }
    case Pat::Kind::Wild:
      break;
  }
  // Where no row asks, the parts are not looked at: those of a recursive type never end.
  bool is_asked = std::any_of(rows.begin(), rows.end(), [](const Row& other) {
    return other.back()->kind != Pat::Kind::Wild;
  });
  if (!is_asked) return is_useful(cover, keep_wild(cover, rows), rest_row, rest);
  std::vector<std::vector<Row>> by_ctor = rows_by_ctor(cover, rows, ctors);
  for (uint32_t ctor = 0; ctor < ctors.count(); ++ctor) {
    if (with_ctor(ctor, by_ctor[ctor])) return true;
  }
  if (ctors.count() > 0) return false;
  TypeKind kind = ctx.types.kind(type);
  if (!is_ordered(kind)) return is_useful(cover, keep_wild(cover, rows), rest_row, rest);
  std::vector<Stretch> stretches = split(rows, domain_of(kind));
  std::vector<std::vector<Row>> naming = rows_by_stretch(cover, rows, stretches);
  std::vector<Row> wild = keep_wild(cover, rows);
  return std::any_of(naming.begin(), naming.end(), [&](std::vector<Row>& matching) {
    cover.steps += wild.size();
    matching.insert(matching.end(), wild.begin(), wild.end());
    return is_useful(cover, std::move(matching), rest_row, rest);
  });
}

// ---- reports -------------------------------------------------------------------------------

static std::string list_of(const std::vector<Witness>& missing) {
  std::string out;
  size_t shown = std::min<size_t>(missing.size(), kMaxWitnesses - 1);
  for (size_t i = 0; i < shown; ++i) out += (i > 0 ? ", " : "") + quoted(missing[i][0]);
  if (missing.size() > shown) out += " and more";
  return out;
}

static void check_let_pattern(Cover& cover, const PendingMatch& match) {
  Context& ctx = cover.ctx;
  Row row = {simplify(cover, match.pattern)};
  if (cover.has_error) return;
  std::vector<Witness> missing = find_missing(cover, {row}, {match.subject});
  if (missing.empty()) return;
  ctx.report(match.span, D::RefutableLet, {list_of(missing)})
      .help("say what happens then: `let … = … else { … }`, or look with `match`");
}

static void label_enum(Context& ctx, Report& report, TypeId subject) {
  const types::EnumDecl& decl = ctx.program.enums[types::EnumId(ctx.types.get(subject).decl)];
  if (!ctx.program.modules[decl.module].is_std) report.label(decl.span, "declared here");
}

// Whether `pat` matches something that no arm does.
static bool adds_to(Cover& cover, const Arms& arms, const Pat* pat, TypeId subject) {
  if (pat->kind != Pat::Kind::Or) return is_useful(cover, arms.near(pat), {pat}, {subject});
  return std::any_of(pat->parts.begin(), pat->parts.end(), [&](const Pat* choice) {
    return adds_to(cover, arms, choice, subject);
  });
}

static void check_match_arms(Cover& cover, const PendingMatch& match) {
  Context& ctx = cover.ctx;
  std::vector<TypeId> types = {match.subject};
  std::vector<Row> rows;
  Arms arms;
  for (const ast::MatchArm& arm : match.match->arms) {
    Row row = {simplify(cover, arm.pattern)};
    if (cover.has_error) return;
    if (!adds_to(cover, arms, row[0], match.subject)) {
      ctx.report(arm.pattern->span, D::UnreachableArm)
          .help("the arms above match everything that it matches");
    }
    if (arm.guard) continue;
    arms.add(row[0]);
    rows.push_back(std::move(row));
  }
  std::vector<Witness> missing = find_missing(cover, rows, types);
  if (cover.steps > kMaxSteps) {
    ctx.report(match.span, D::MatchTooComplex);
    return;
  }
  if (missing.empty()) return;
  Report report = ctx.report(match.span, D::MissingCase, {list_of(missing)});
  TypeKind kind = ctx.types.kind(ctx.infer.resolve(match.subject));
  if (kind == TypeKind::Enum) {
    label_enum(ctx, report, ctx.infer.resolve(match.subject));
    report.help("add an arm for it, or `_ => …` for all that are left");
  } else if (kind == TypeKind::Option && missing.size() == 1) {
    report.help(missing[0][0] == "none" ? "add an arm for it: `none => …`"
                                        : "add an arm for it: `v => …`");
  } else {
    report.help("add an arm `_ => …` for all that are left");
  }
}

void check_pending_matches(Context& ctx) {
  for (const PendingMatch& match : ctx.matches) {
    if (ctx.types.has_error(ctx.infer.resolve(match.subject))) continue;
    Cover cover(ctx);
    if (match.match) {
      check_match_arms(cover, match);
    } else {
      check_let_pattern(cover, match);
    }
  }
  ctx.matches.clear();
}

}  // namespace skein::check
