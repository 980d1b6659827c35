// Types that contain themselves.
//
// A struct or enum whose value would hold another value of its own type is kept finite by a box:
// the field through which it does is a counted pointer. Which fields those are follows from the
// graph "a value of A holds a value of B": a field that leads back into its own strongly
// connected component is boxed, if it is a variant's payload or lies behind an option; a cycle
// without either has no finite value and is an error. Arrays and handles hold their contents
// elsewhere and are no edges.
#include <algorithm>

#include "compiler/check/declare.h"

namespace skein::check {

namespace {

// Structs and enums under one numbering: structs first.
struct Graph {
  Context& ctx;
  uint32_t first_struct;
  uint32_t first_enum;
  uint32_t struct_count;
  uint32_t size;
  std::vector<std::vector<uint32_t>> edges;
  std::vector<uint32_t> component;

  bool is_struct(uint32_t node) const { return node < struct_count; }
  types::StructDecl& struct_of(uint32_t node) {
    return ctx.program.structs[StructId(first_struct + node)];
  }
  types::EnumDecl& enum_of(uint32_t node) {
    return ctx.program.enums[EnumId(first_enum + node - struct_count)];
  }
  // The node of a type, or `size` if it is none of these declarations.
  uint32_t node_of(const Type& type) const {
    if (type.kind == TypeKind::Struct && type.decl >= first_struct) {
      return type.decl - first_struct;
    }
    if (type.kind == TypeKind::Enum && type.decl >= first_enum) {
      return type.decl - first_enum + struct_count;
    }
    return size;
  }
};

}  // namespace

static bool holds_args(TypeKind kind) {
  switch (kind) {
    case TypeKind::Tuple:
    case TypeKind::FixedArray:
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
    case TypeKind::Option:
    case TypeKind::Result:
    case TypeKind::Struct:
    case TypeKind::Enum:
      return true;
    default:
      return false;
  }
}

// The declarations whose values a value of `type` holds. Type arguments of structs and enums are
// taken to be held.
static void find_held(const Graph& graph, TypeId id, std::vector<uint32_t>& out) {
  const Type& type = graph.ctx.types.get(id);
  uint32_t node = graph.node_of(type);
  if (node < graph.size) out.push_back(node);
  if (!holds_args(type.kind)) return;
  for (TypeId arg : type.args) find_held(graph, arg, out);
}

template <class Visit>
static void for_each_field(Graph& graph, uint32_t node, Visit visit) {
  if (graph.is_struct(node)) {
    for (types::FieldDecl& field : graph.struct_of(node).fields) visit(field);
    return;
  }
  for (types::VariantDecl& variant : graph.enum_of(node).variants) {
    for (types::FieldDecl& field : variant.fields) visit(field);
  }
}

// Tarjan's algorithm with its own stack: a chain of types may be as long as the file.
static void find_components(Graph& graph) {
  constexpr uint32_t kNone = UINT32_MAX;
  struct Visit {
    uint32_t node;
    size_t next_edge;
  };
  std::vector<uint32_t> index(graph.size, kNone), low(graph.size, 0), open;
  std::vector<bool> is_open(graph.size, false);
  graph.component.assign(graph.size, kNone);
  uint32_t counter = 0, components = 0;
  for (uint32_t root = 0; root < graph.size; ++root) {
    if (index[root] != kNone) continue;
    std::vector<Visit> path = {{root, 0}};
    while (!path.empty()) {
      Visit& visit = path.back();
      uint32_t node = visit.node;
      if (visit.next_edge == 0) {
        index[node] = low[node] = counter++;
        open.push_back(node);
        is_open[node] = true;
      }
      if (visit.next_edge < graph.edges[node].size()) {
        uint32_t target = graph.edges[node][visit.next_edge++];
        if (index[target] == kNone) {
          path.push_back({target, 0});
        } else if (is_open[target]) {
          low[node] = std::min(low[node], index[target]);
        }
        continue;
      }
      if (low[node] == index[node]) {
        uint32_t member;
        do {
          member = open.back();
          open.pop_back();
          is_open[member] = false;
          graph.component[member] = components;
        } while (member != node);
        ++components;
      }
      path.pop_back();
      if (!path.empty()) {
        uint32_t parent = path.back().node;
        low[parent] = std::min(low[parent], low[node]);
      }
    }
  }
}

// Whether a value of the type can be made from values of the declarations found finite so far.
static bool is_finite(const Graph& graph, TypeId id, const std::vector<bool>& finite) {
  const Type& type = graph.ctx.types.get(id);
  uint32_t node = graph.node_of(type);
  if (node < graph.size) return finite[node];
  auto arg_is_finite = [&](TypeId arg) { return is_finite(graph, arg, finite); };
  if (type.kind == TypeKind::Tuple || type.kind == TypeKind::FixedArray) {
    return std::all_of(type.args.begin(), type.args.end(), arg_is_finite);
  }
  if (type.kind == TypeKind::Result) {
    return std::any_of(type.args.begin(), type.args.end(), arg_is_finite);
  }
  return true;
}

static bool fields_are_finite(const Graph& graph, const std::vector<types::FieldDecl>& fields,
                              const std::vector<bool>& finite) {
  return std::all_of(fields.begin(), fields.end(), [&](const types::FieldDecl& field) {
    return is_finite(graph, field.type, finite);
  });
}

static bool decl_is_finite(Graph& graph, uint32_t node, const std::vector<bool>& finite) {
  if (graph.is_struct(node)) return fields_are_finite(graph, graph.struct_of(node).fields, finite);
  const std::vector<types::VariantDecl>& variants = graph.enum_of(node).variants;
  return variants.empty() ||
         std::any_of(variants.begin(), variants.end(), [&](const types::VariantDecl& variant) {
           return fields_are_finite(graph, variant.fields, finite);
         });
}

// What became finite may make those finite that hold it: a work list, so that it stays linear.
static std::vector<bool> find_finite(Graph& graph) {
  std::vector<std::vector<uint32_t>> held_by(graph.size);
  for (uint32_t node = 0; node < graph.size; ++node) {
    for (uint32_t target : graph.edges[node]) held_by[target].push_back(node);
  }
  std::vector<bool> finite(graph.size, false);
  std::vector<uint32_t> pending;
  for (uint32_t node = graph.size; node > 0; --node) pending.push_back(node - 1);
  while (!pending.empty()) {
    uint32_t node = pending.back();
    pending.pop_back();
    if (finite[node] || !decl_is_finite(graph, node, finite)) continue;
    finite[node] = true;
    for (uint32_t holder : held_by[node]) {
      if (!finite[holder]) pending.push_back(holder);
    }
  }
  return finite;
}

// `enum E<T> { A(E<[T]>) }` would need endlessly many types.
static bool grows(Graph& graph, uint32_t component, TypeId id) {
  const Type& type = graph.ctx.types.get(id);
  uint32_t node = graph.node_of(type);
  bool is_inside = node < graph.size && graph.component[node] == component;
  for (TypeId arg : type.args) {
    bool is_nested = graph.ctx.types.has_param(arg) &&
                     graph.ctx.types.kind(arg) != TypeKind::Param;
    if ((is_inside && is_nested) || grows(graph, component, arg)) return true;
  }
  return false;
}

static bool leads_back(const Graph& graph, uint32_t node, TypeId type) {
  std::vector<uint32_t> held;
  find_held(graph, type, held);
  return std::any_of(held.begin(), held.end(), [&](uint32_t target) {
    return graph.component[target] == graph.component[node];
  });
}

static void box_fields(Graph& graph, uint32_t node) {
  bool is_struct = graph.is_struct(node);
  for_each_field(graph, node, [&](types::FieldDecl& field) {
    if (!leads_back(graph, node, field.type)) return;
    bool is_direct = graph.node_of(graph.ctx.types.get(field.type)) < graph.size;
    field.is_boxed = !is_struct || !is_direct;
    if (grows(graph, graph.component[node], field.type)) {
      graph.ctx.report(field.span, D::GrowingType);
      field.type = graph.ctx.types.error();
    }
  });
}

// Only of the types on a cycle; those that merely hold one of them are right in themselves.
static void report_endless(Graph& graph, uint32_t node) {
  std::vector<types::FieldDecl*> guilty;
  for_each_field(graph, node, [&](types::FieldDecl& field) {
    if (leads_back(graph, node, field.type)) guilty.push_back(&field);
  });
  if (guilty.empty()) return;
  Symbol name = graph.is_struct(node) ? graph.struct_of(node).name : graph.enum_of(node).name;
  Span span = graph.is_struct(node) ? graph.struct_of(node).span : graph.enum_of(node).span;
  Report report = graph.ctx.report(span, D::InfiniteType, {graph.ctx.text(name)});
  report.help("make the field an option, `T?`, or an array, so that there is an end");
  for (types::FieldDecl* field : guilty) {
    report.label(field->span, "this leads back to it");
    field->type = graph.ctx.types.error();
  }
}

void box_recursive_fields(Context& ctx, uint32_t first_struct, uint32_t first_enum) {
  uint32_t structs = static_cast<uint32_t>(ctx.program.structs.size()) - first_struct;
  uint32_t enums = static_cast<uint32_t>(ctx.program.enums.size()) - first_enum;
  Graph graph{ctx, first_struct, first_enum, structs, structs + enums, {}, {}};
  graph.edges.resize(graph.size);
  for (uint32_t node = 0; node < graph.size; ++node) {
    for_each_field(graph, node, [&](types::FieldDecl& field) {
      find_held(graph, field.type, graph.edges[node]);
    });
  }
  find_components(graph);
  std::vector<bool> finite = find_finite(graph);
  for (uint32_t node = 0; node < graph.size; ++node) {
    if (finite[node]) {
      box_fields(graph, node);
    } else {
      report_endless(graph, node);
    }
  }
}

}  // namespace skein::check
