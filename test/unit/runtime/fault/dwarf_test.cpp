// Debug information is read without ever leaving its section, however damaged.
#include "runtime/fault/dwarf.h"
#include "runtime/fault/line_table.h"
#include "runtime/fault/symbolize.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace skein::fault {

TEST(Bytes, NumbersOfEveryKind) {
  const uint8_t data[] = {0x34, 0x12, 0xE5, 0x8E, 0x26, 0x7F, 'h', 'i', 0};
  Bytes bytes(data, sizeof(data));
  EXPECT_EQ(bytes.fixed(2), 0x1234u);
  EXPECT_EQ(bytes.uleb(), 624485u);
  EXPECT_EQ(bytes.sleb(), -1);
  EXPECT_STREQ(bytes.text(), "hi");
  EXPECT_TRUE(bytes.good() && bytes.at_end());
}

TEST(Bytes, EndIsNeverPassed) {
  const uint8_t data[] = {0x80, 0x80, 'x'};
  Bytes number(data, 2);
  number.uleb();
  EXPECT_FALSE(number.good());
  Bytes text(data + 2, 1);
  EXPECT_STREQ(text.text(), "");
  EXPECT_FALSE(text.good());
  Bytes word(data, 3);
  EXPECT_EQ(word.fixed(8), 0u);
  EXPECT_FALSE(word.good());
  Bytes skipped(data, 3);
  skipped.skip(UINT64_MAX);
  EXPECT_TRUE(!skipped.good() && skipped.at_end());
  EXPECT_EQ(Bytes(data, 3).part(2, 100).size(), 1u);
  EXPECT_EQ(Bytes(data, 3).part(4, 1).size(), 0u);
}

TEST(Symbolizer, AddressOutsideTheProgramIsUnknown) {
  Symbolizer symbolizer;
  SourceFrame frames[4];
  EXPECT_EQ(symbolizer.find(16, frames, 4), 0u);
}

// Sections of noise, with headers that look right often enough to get past the first checks.
TEST(Dwarf, NoiseDoesNoHarm) {
  std::mt19937 random(4);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<uint8_t> info(64);
    std::vector<uint8_t> rest(96);
    for (uint8_t& byte : info) byte = static_cast<uint8_t>(random() % 48);
    for (uint8_t& byte : rest) byte = static_cast<uint8_t>(random() % 48);
    const uint8_t head[] = {uint8_t(info.size() - 4), 0, 0, 0, 5, 0, 1, 8, 0, 0, 0, 0};
    memcpy(info.data(), head, sizeof(head));
    const Bytes noise(rest.data(), rest.size());
    Sections sections = {Bytes(info.data(), info.size()), noise, noise, noise, noise, noise, noise,
                         noise};
    Bytes units = sections.info;
    Unit unit;
    Entry entry;
    while (read_unit(sections, units, unit, entry)) {
      EntryReader reader(unit);
      Bytes entries = unit.entries;
      for (int i = 0; i < 100 && !entries.at_end() && !reader.failed(); ++i) {
        if (reader.read(entries, entry)) (void)reader.covers(entry, random());
      }
      unit.lines = random() % rest.size();
      (void)find_line(unit, random() % 4096);
      (void)find_file(unit, 1);
    }
  }
}

}  // namespace skein::fault
