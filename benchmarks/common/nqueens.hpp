// The board of the C++ contenders of nqueens: the column of the queen in each row so far.
#pragma once

#include <array>
#include <cstdint>

namespace queens {

using Board = std::array<uint8_t, 16>;

inline bool fits(const Board& board, unsigned row, unsigned column) {
  for (unsigned above = 0; above < row; ++above) {
    const unsigned other = board[above];
    const unsigned distance = row - above;
    if (other == column || other == column + distance || column == other + distance) return false;
  }
  return true;
}

}  // namespace queens
