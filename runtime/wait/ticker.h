// Channels that time fills: `time.ticker` and `time.after`.
//
// A ticker is a timer with a record of its own, in the wheel of a worker, which sends the time to its
// channel whenever it is due. The channel has room for one: a tick that nobody has taken yet stands for
// those that follow. Closing the channel, which dropping its receiver does, withdraws the timer; whoever
// of the two sides is last to be done with the record frees it.
#pragma once

#include <cstdint>

namespace skein::wait {

class Channel;
struct Ticker;

// Sends to the channel every so many nanoseconds; `once`: a single time. The channel, which has room
// for one 8-byte value, belongs to the ticker too.
void start_ticker(Channel* channel, int64_t nanoseconds, bool once);

// The channel is closed.
void stop_ticker(Ticker* ticker);

}  // namespace skein::wait
