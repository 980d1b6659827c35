// See loop_sums.h.
#include "compiler/codegen/loop_sums.h"

#include <optional>
#include <vector>

#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

namespace skein::codegen {
namespace {

using llvm::BasicBlock;
using llvm::Value;

// Below it the plain form gains nothing.
constexpr uint64_t kFewRounds = 16;

// A sum begins at most so far from 0 (as a power of two), and all that is added to it goes at most as far: both together
// stay below 2^63.
constexpr unsigned kRoomBits = 61;

// `next = sum + addend`, whose overflow leaves the loop.
struct Sum {
  llvm::PHINode* sum = nullptr;
  llvm::WithOverflowInst* add = nullptr;
  Value* addend = nullptr;
  // What may be added at most, where that is known; else it is looked at in each round.
  std::optional<uint64_t> bound;
};

struct SumLoop {
  llvm::Loop* loop = nullptr;
  const llvm::SCEV* last_round = nullptr;  // the number of rounds, less one
  std::vector<Sum> sums;
};

class Finder {
 public:
  Finder(llvm::ScalarEvolution& evolution, llvm::DominatorTree& dominators)
      : evolution_(evolution), dominators_(dominators) {}

  std::optional<SumLoop> find(llvm::Loop* loop);

 private:
  bool has_one_way_on(llvm::Loop* loop) const;
  bool has_effects(const llvm::Loop* loop) const;
  std::optional<Sum> sum_of(const llvm::Loop* loop, BasicBlock* exiting);
  bool is_sum_alone(const llvm::Loop* loop, const Sum& sum) const;
  std::optional<uint64_t> bound_of(Value* addend, bool is_signed);

  llvm::ScalarEvolution& evolution_;
  llvm::DominatorTree& dominators_;
};

// Besides the ways out on overflow there is one, at the end of a round.
bool Finder::has_one_way_on(llvm::Loop* loop) const {
  return loop->isInnermost() && loop->isLoopSimplifyForm() && loop->isLCSSAForm(dominators_) &&
         loop->isLoopExiting(loop->getLoopLatch()) &&
         llvm::isa<llvm::BranchInst>(loop->getLoopLatch()->getTerminator());
}

bool Finder::has_effects(const llvm::Loop* loop) const {
  for (const BasicBlock* block : loop->blocks()) {
    for (const llvm::Instruction& inst : *block) {
      if (inst.mayHaveSideEffects()) return true;
    }
  }
  return false;
}

// Neither the sum nor the next one is looked at in the loop, but to choose between them.
bool Finder::is_sum_alone(const llvm::Loop* loop, const Sum& sum) const {
  auto is_chosen = [&](const llvm::User* user) {
    return llvm::isa<llvm::PHINode, llvm::SelectInst>(user) ||
           !loop->contains(llvm::cast<llvm::Instruction>(user));
  };
  for (const llvm::User* user : sum.sum->users()) {
    if (user != sum.add && !is_chosen(user)) return false;
  }
  for (const llvm::User* part : sum.add->users()) {
    const llvm::ExtractValueInst* extract = llvm::dyn_cast<llvm::ExtractValueInst>(part);
    if (extract == nullptr) return false;
    if (extract->getIndices()[0] == 1) continue;
    for (const llvm::User* user : extract->users()) {
      if (!is_chosen(user)) return false;
    }
  }
  return true;
}

std::optional<uint64_t> Finder::bound_of(Value* addend, bool is_signed) {
  llvm::ConstantRange range = is_signed
                                  ? evolution_.getSignedRange(evolution_.getSCEV(addend))
                                  : evolution_.getUnsignedRange(evolution_.getSCEV(addend));
  llvm::APInt most = is_signed ? llvm::APIntOps::umax(range.getSignedMin().abs(),
                                                      range.getSignedMax().abs())
                               : range.getUnsignedMax();
  if (most.getActiveBits() > 32) return std::nullopt;
  return most.getZExtValue();
}

std::optional<Sum> Finder::sum_of(const llvm::Loop* loop, BasicBlock* exiting) {
  auto* branch = llvm::dyn_cast<llvm::BranchInst>(exiting->getTerminator());
  if (branch == nullptr || branch->isUnconditional()) return std::nullopt;
  auto* test = llvm::dyn_cast<llvm::ExtractValueInst>(branch->getCondition());
  if (test == nullptr || test->getIndices()[0] != 1) return std::nullopt;
  Sum found;
  found.add = llvm::dyn_cast<llvm::WithOverflowInst>(test->getAggregateOperand());
  // Left in no other case than that of an overflow.
  if (found.add == nullptr || loop->contains(branch->getSuccessor(0))) return std::nullopt;
  if (!found.add->getLHS()->getType()->isIntegerTy(64)) return std::nullopt;
  bool adds = found.add->getBinaryOp() == llvm::Instruction::Add;
  if (!adds && !(found.add->getBinaryOp() == llvm::Instruction::Sub && found.add->isSigned())) {
    return std::nullopt;
  }
  auto sum_in = [&](Value* value) {
    auto* phi = llvm::dyn_cast<llvm::PHINode>(value);
    return phi != nullptr && phi->getParent() == loop->getHeader() ? phi : nullptr;
  };
  found.sum = sum_in(found.add->getLHS());
  found.addend = found.add->getRHS();
  if (found.sum == nullptr && adds) {
    found.sum = sum_in(found.add->getRHS());
    found.addend = found.add->getLHS();
  }
  if (found.sum == nullptr || !is_sum_alone(loop, found)) return std::nullopt;
  found.bound = bound_of(found.addend, found.add->isSigned());
  // What is added in some rounds only is not looked at: it would have to be remembered in some rounds only.
  bool is_in_each_round = dominators_.dominates(exiting, loop->getLoopLatch());
  if (!found.bound && !is_in_each_round) return std::nullopt;
  return found;
}

std::optional<SumLoop> Finder::find(llvm::Loop* loop) {
  if (!has_one_way_on(loop)) return std::nullopt;
  SumLoop found;
  found.loop = loop;
  llvm::SmallVector<BasicBlock*, 4> exiting;
  loop->getExitingBlocks(exiting);
  for (BasicBlock* block : exiting) {
    if (block == loop->getLoopLatch()) continue;
    std::optional<Sum> sum = sum_of(loop, block);
    if (!sum) return std::nullopt;
    found.sums.push_back(*sum);
  }
  if (found.sums.empty() || has_effects(loop)) return std::nullopt;
  found.last_round = evolution_.getExitCount(loop, loop->getLoopLatch());
  if (llvm::isa<llvm::SCEVCouldNotCompute>(found.last_round) ||
      found.last_round->getType()->getIntegerBitWidth() > 64) {
    return std::nullopt;
  }
  return found;
}

// Writes the plain form before a loop.
class PlainForm {
 public:
  PlainForm(const SumLoop& sums, llvm::LoopInfo& loops, llvm::DominatorTree& dominators,
            llvm::ScalarEvolution& evolution)
      : sums_(sums), loop_(sums.loop), loops_(loops), dominators_(dominators),
        evolution_(evolution) {}

  void write();

 private:
  Value* fits_at_start(llvm::IRBuilder<>& b, Value* last_round);
  void remember_addend(const Sum& sum, Value* bias);
  void wrap(const Sum& sum);
  void test_behind(BasicBlock* checked);
  template <class T>
  T* plain(T* value) const {
    llvm::Value* found = map_.lookup(value);
    return found == nullptr ? value : llvm::cast<T>(found);
  }

  const SumLoop& sums_;
  llvm::Loop* loop_;
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  llvm::ValueToValueMapTy map_;
  BasicBlock* preheader_ = nullptr;  // of the plain form
  BasicBlock* latch_ = nullptr;      // of the plain form
  Value* bits_ = nullptr;            // an addend of so many bits, with its sign, fits
  std::vector<Value*> seen_;         // the addends, or-ed, at the end of a round
};

// Whether the sums cannot overflow as long as what is added is in its bounds.
Value* PlainForm::fits_at_start(llvm::IRBuilder<>& b, Value* last_round) {
  uint64_t most_rounds = uint64_t(1) << 40;
  for (const Sum& sum : sums_.sums) {
    if (sum.bound && *sum.bound > 0) {
      most_rounds = std::min(most_rounds, (uint64_t(1) << kRoomBits) / *sum.bound);
    }
  }
  Value* fits = b.CreateICmpULT(b.CreateSub(last_round, b.getInt64(kFewRounds)),
                                b.getInt64(most_rounds - kFewRounds));
  for (const Sum& sum : sums_.sums) {
    Value* start = sum.sum->getIncomingValueForBlock(loop_->getLoopPreheader());
    Value* room = b.getInt64(uint64_t(1) << kRoomBits);
    Value* is_near = sum.add->isSigned()
                         ? b.CreateICmpULT(b.CreateAdd(start, room),
                                           b.getInt64(uint64_t(1) << (kRoomBits + 1)))
                         : b.CreateICmpULT(start, room);
    fits = b.CreateLogicalAnd(fits, is_near);
  }
  return fits;
}

// In the plain form; an addend and half of what fits, as a number without sign, has bits above those that fit only
// where the addend does not fit.
void PlainForm::remember_addend(const Sum& sum, Value* bias) {
  if (sum.bound) return;
  llvm::IRBuilder<> header(&*plain(sum.sum)->getParent()->begin());
  llvm::PHINode* before = header.CreatePHI(header.getInt64Ty(), 2, "seen");
  llvm::IRBuilder<> b(plain(sum.add));
  Value* addend = plain(sum.addend);
  if (sum.add->isSigned()) addend = b.CreateAdd(addend, bias);
  Value* seen = b.CreateOr(before, addend, "seen");
  before->addIncoming(b.getInt64(0), preheader_);
  before->addIncoming(seen, latch_);
  seen_.push_back(seen);
}

// In the plain form the sum wraps and never leaves the loop.
void PlainForm::wrap(const Sum& sum) {
  llvm::WithOverflowInst* add = plain(sum.add);
  llvm::IRBuilder<> b(add);
  Value* next = b.CreateBinOp(add->getBinaryOp(), add->getLHS(), add->getRHS());
  for (llvm::User* user : llvm::make_early_inc_range(add->users())) {
    auto* extract = llvm::cast<llvm::ExtractValueInst>(user);
    bool is_test = extract->getIndices()[0] == 1;
    extract->replaceAllUsesWith(is_test ? static_cast<Value*>(b.getFalse()) : next);
    extract->eraseFromParent();
  }
  auto* branch = llvm::cast<llvm::BranchInst>(add->getParent()->getTerminator());
  llvm::BranchInst::Create(branch->getSuccessor(1), branch->getIterator());
  branch->eraseFromParent();
  add->eraseFromParent();
}

// What is done behind the plain form: the values it leaves take the place of the loop's if all fitted.
void PlainForm::test_behind(BasicBlock* checked) {
  BasicBlock* exit = nullptr;
  for (BasicBlock* next : llvm::successors(loop_->getLoopLatch())) {
    if (!loop_->contains(next)) exit = next;
  }
  latch_->getTerminator()->replaceSuccessorWith(exit, checked);
  llvm::IRBuilder<> b(checked);
  auto leaves = [&](Value* value) {
    llvm::PHINode* phi = b.CreatePHI(value->getType(), 1);
    phi->addIncoming(value, latch_);
    return phi;
  };
  std::vector<llvm::PHINode*> seen;
  for (Value* value : seen_) seen.push_back(leaves(value));
  for (llvm::PHINode& phi : exit->phis()) {
    Value* value = phi.getIncomingValueForBlock(loop_->getLoopLatch());
    Value* copy = plain(value);
    phi.addIncoming(copy != value ? leaves(copy) : value, checked);
  }
  Value* all_fit = b.getTrue();
  for (llvm::PHINode* value : seen) {
    all_fit = b.CreateAnd(all_fit, b.CreateICmpEQ(b.CreateLShr(value, bits_), b.getInt64(0)));
  }
  llvm::MDNode* mostly = llvm::MDBuilder(b.getContext()).createLikelyBranchWeights();
  b.CreateCondBr(all_fit, exit, loop_->getLoopPreheader(), mostly);
}

void PlainForm::write() {
  BasicBlock* before = loop_->getLoopPreheader();
  llvm::SCEVExpander expander(evolution_, "rounds");
  llvm::Instruction* end = before->getTerminator();
  Value* last_round =
      expander.expandCodeFor(sums_.last_round, sums_.last_round->getType(), end->getIterator());
  llvm::IRBuilder<> b(end);
  last_round = b.CreateZExt(last_round, b.getInt64Ty());
  Value* fits = fits_at_start(b, last_round);
  // So many bits that as many addends as there are rounds stay within the room: rounds <= 2^(64 - zeros).
  Value* zeros = b.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, last_round, b.getTrue());
  bits_ = b.CreateSub(zeros, b.getInt64(64 - kRoomBits));
  Value* bias = b.CreateShl(b.getInt64(1), b.CreateSub(bits_, b.getInt64(1)));

  // The loop keeps a preheader of its own, which is entered from two sides.
  llvm::SplitBlock(before, end, &dominators_, &loops_, nullptr, "tested");
  llvm::SmallVector<BasicBlock*, 8> blocks;
  llvm::Loop* plain_loop = llvm::cloneLoopWithPreheader(loop_->getLoopPreheader(), before, loop_,
                                                        map_, ".plain", &loops_, &dominators_, blocks);
  llvm::remapInstructionsInBlocks(blocks, map_);
  preheader_ = plain_loop->getLoopPreheader();
  latch_ = plain_loop->getLoopLatch();
  for (const Sum& sum : sums_.sums) remember_addend(sum, bias);
  for (const Sum& sum : sums_.sums) wrap(sum);
  BasicBlock* checked = BasicBlock::Create(before->getContext(), "summed", before->getParent(),
                                           loop_->getLoopPreheader());
  if (llvm::Loop* around = loop_->getParentLoop()) around->addBasicBlockToLoop(checked, loops_);
  test_behind(checked);
  before->getTerminator()->eraseFromParent();
  b.SetInsertPoint(before);
  b.CreateCondBr(fits, preheader_, loop_->getLoopPreheader());
}

}  // namespace

llvm::PreservedAnalyses CombineOverflowTests::run(llvm::Function& function,
                                                  llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  bool changed = false;
  for (llvm::Loop* loop : loops) {
    changed |= llvm::simplifyLoop(loop, &dominators, &loops, &evolution,
                                  &analyses.getResult<llvm::AssumptionAnalysis>(function), nullptr,
                                  false);
    changed |= llvm::formLCSSARecursively(*loop, dominators, &loops, &evolution);
  }
  // A list of its own: loops are added meanwhile.
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    std::optional<SumLoop> found = Finder(evolution, dominators).find(loop);
    if (!found) continue;
    PlainForm(*found, loops, dominators, evolution).write();
    dominators.recalculate(function);
    evolution.forgetAllLoops();
    changed = true;
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace skein::codegen
