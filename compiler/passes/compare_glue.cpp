// Equality, order and hashes of composite values: part by part, the first difference decides.
//
// Where the last part of a variant is a value of the same type, as in a list, the function goes
// round in a loop for it, so that a list of any length takes no stack (language rule 12).
#include <functional>
#include <utility>

#include "compiler/passes/drop_glue.h"
#include "compiler/passes/value_glue.h"

namespace skein::passes {

using types::Builtin;
using types::TypeKind;

static constexpr LocalId kResult(0);

// Writes the walk over the parts of one value (hash) or of two side by side (equal, compare).
class PartWalk {
 public:
  // `visit(places, type)`: writes what is done with a part, one place a value.
  using Visit = std::function<void(const std::vector<Place>& places, TypeId type)>;

  PartWalk(Writer& writer, TypeId type, std::vector<LocalId> values, Visit visit)
      : writer_(writer), type_(type), visit_(std::move(visit)) {
    for (LocalId value : values) places_.push_back(value);
  }

  // `at_tags` and `at_counts` are called with the numbers of the variants, or of elements.
  // At the end of each way `finish` writes the result.
  void run(const std::function<void(const std::vector<LocalId>&)>& numbers,
           const std::function<void()>& finish) {
    sir::Module& module = writer_.module;
    TypeKind kind = module.types().kind(type_);
    if (has_variants(module, type_)) {
      walk_variants(numbers, finish);
    } else if (kind == TypeKind::Array || kind == TypeKind::FixedArray) {
      walk_elements(numbers);
      finish();
    } else {
      std::vector<TypeId> fields = field_types(module, type_);
      for (uint32_t i = 0; i < fields.size(); ++i) {
        visit_(each([&](const Place& place) { return field_of(place, i); }), fields[i]);
      }
      finish();
    }
  }

 private:
  std::vector<Place> each(const std::function<Place(const Place&)>& part) const {
    std::vector<Place> parts;
    for (const Place& place : places_) parts.push_back(part(place));
    return parts;
  }

  bool ends_in_itself(uint32_t variant) {
    std::vector<TypeId> fields = writer_.module.program->variant_fields(type_, variant);
    return !fields.empty() && fields.back() == type_;
  }

  // References that go along the chain stand in for the parameters.
  BlockId begin_chain() {
    for (Place& place : places_) {
      LocalId along = writer_.new_temp(type_);
      writer_.function.locals[along].is_ref = true;
      set_ref(along, place);
      place = along;
    }
    BlockId head = writer_.new_block();
    writer_.jump(head);
    writer_.begin(head);
    return head;
  }

  void set_ref(LocalId ref, Place to) {
    Inst inst;
    inst.kind = InstKind::Ref;
    inst.dest = ref;
    inst.operands = {Operand::borrow(std::move(to))};
    writer_.emit(std::move(inst));
  }

  void walk_variants(const std::function<void(const std::vector<LocalId>&)>& numbers,
                     const std::function<void()>& finish) {
    types::Program& program = *writer_.module.program;
    uint32_t count = static_cast<uint32_t>(program.variant_count(type_));
    bool is_chain = false;
    for (uint32_t i = 0; i < count; ++i) is_chain |= ends_in_itself(i);
    BlockId head = is_chain ? begin_chain() : BlockId();
    std::vector<LocalId> tags;
    for (const Place& place : places_) tags.push_back(read_tag(writer_, place));
    numbers(tags);
    std::vector<BlockId> arms;
    for (uint32_t i = 0; i < count; ++i) arms.push_back(writer_.new_block());
    writer_.switch_on(Operand::copy(tags[0]), arms);
    for (uint32_t variant = 0; variant < count; ++variant) {
      writer_.begin(arms[variant]);
      bool goes_round = ends_in_itself(variant);
      std::vector<TypeId> fields = program.variant_fields(type_, variant);
      uint32_t last = static_cast<uint32_t>(fields.size()) - (goes_round ? 1 : 0);
      for (uint32_t i = 0; i < last; ++i) {
        visit_(each([&](const Place& place) { return payload_of(place, variant, i); }), fields[i]);
      }
      if (!goes_round) {
        finish();
        continue;
      }
      for (const Place& place : places_) {
        set_ref(place.local, payload_of(place, variant, last));
      }
      writer_.jump(head);
    }
  }

  void walk_elements(const std::function<void(const std::vector<LocalId>&)>& numbers) {
    std::vector<LocalId> counts;
    for (const Place& place : places_) counts.push_back(element_count(writer_, place, type_));
    numbers(counts);
    ElementLoop loop = begin_elements(writer_, counts[0]);
    visit_(each([&](const Place& place) { return element_of(place, loop.index); }),
           writer_.module.types().arg(type_));
    end_elements(writer_, loop);
  }

  Writer& writer_;
  TypeId type_;
  std::vector<Place> places_;
  Visit visit_;
};

void ValueGlue::write_equal(Writer& writer, TypeId type) {
  BlockId differ = writer.new_block();
  LocalId is_same = writer.new_temp(module_.types().bool_());
  auto go_on_if_same = [&] {
    BlockId next = writer.new_block();
    writer.branch(Operand::copy(is_same), next, differ);
    writer.begin(next);
  };
  auto visit = [&](const std::vector<Place>& parts, TypeId part) {
    write(writer, Builtin::Equal, part, {Operand::borrow(parts[0]), Operand::borrow(parts[1])},
          is_same, BlockId());
    go_on_if_same();
  };
  auto numbers = [&](const std::vector<LocalId>& pair) {
    writer.binary(sir::BinaryOp::Eq, is_same, Operand::copy(pair[0]), Operand::copy(pair[1]));
    go_on_if_same();
  };
  auto finish = [&] {
    writer.assign(kResult, writer.bool_const(true));
    writer.ret();
  };
  PartWalk(writer, type, {LocalId(1), LocalId(2)}, visit).run(numbers, finish);
  writer.begin(differ);
  writer.assign(kResult, writer.bool_const(false));
  writer.ret();
}

// Arrays are compared as far as both reach, then by length; so the counts come last.
void ValueGlue::write_compare(Writer& writer, TypeId type) {
  BlockId differ = writer.new_block();
  TypeId int_type = module_.types().int_();
  TypeKind kind = module_.types().kind(type);
  bool is_array = kind == TypeKind::Array;
  LocalId order = writer.new_temp(int_type);
  LocalId is_same = writer.new_temp(module_.types().bool_());
  std::vector<LocalId> lengths;
  auto go_on_if_same = [&] {
    BlockId next = writer.new_block();
    writer.binary(sir::BinaryOp::Eq, is_same, Operand::copy(order), writer.int_const(0));
    writer.branch(Operand::copy(is_same), next, differ);
    writer.begin(next);
  };
  auto visit = [&](const std::vector<Place>& parts, TypeId part) {
    write(writer, Builtin::Compare, part, {Operand::borrow(parts[0]), Operand::borrow(parts[1])},
          order, BlockId());
    go_on_if_same();
  };
  auto compare_numbers = [&](LocalId a, LocalId b) {
    writer.builtin(Builtin::Compare, int_type, {Operand::copy(a), Operand::copy(b)}, order);
  };
  auto numbers = [&](const std::vector<LocalId>& pair) {
    if (!is_array) {
      compare_numbers(pair[0], pair[1]);
      return go_on_if_same();
    }
    // The shorter length bounds the loop, which reads pair[0].
    lengths = {writer.new_temp(int_type), pair[1]};
    writer.assign(lengths[0], Operand::copy(pair[0]));
    BlockId shorter = writer.new_block();
    BlockId next = writer.new_block();
    writer.binary(sir::BinaryOp::Gt, is_same, Operand::copy(pair[0]), Operand::copy(pair[1]));
    writer.branch(Operand::copy(is_same), shorter, next);
    writer.begin(shorter);
    writer.assign(pair[0], Operand::copy(pair[1]));
    writer.jump(next);
    writer.begin(next);
  };
  auto finish = [&] {
    if (is_array) {
      compare_numbers(lengths[0], lengths[1]);
      writer.assign(kResult, Operand::copy(order));
    } else {
      writer.assign(kResult, writer.int_const(0));
    }
    writer.ret();
  };
  PartWalk(writer, type, {LocalId(1), LocalId(2)}, visit).run(numbers, finish);
  writer.begin(differ);
  writer.assign(kResult, Operand::copy(order));
  writer.ret();
}

void ValueGlue::write_hash(Writer& writer, TypeId type) {
  TypeId int_type = module_.types().int_();
  LocalId hash = writer.new_temp(module_.types().plain(TypeKind::Uint));
  writer.assign(hash, Operand::copy(LocalId(2)));
  auto mix = [&](Operand value, TypeId part) {
    write(writer, Builtin::HashValue, part, {std::move(value), Operand::copy(hash)}, hash,
          BlockId());
  };
  auto visit = [&](const std::vector<Place>& parts, TypeId part) {
    mix(Operand::borrow(parts[0]), part);
  };
  auto numbers = [&](const std::vector<LocalId>& number) {
    mix(Operand::copy(number[0]), int_type);
  };
  auto finish = [&] {
    writer.assign(kResult, Operand::copy(hash));
    writer.ret();
  };
  PartWalk(writer, type, {LocalId(1)}, visit).run(numbers, finish);
}

}  // namespace skein::passes
