"""What is measured: the workloads with their sizes, their right answers, and the figures that Skein aims at.

The rows P1 to P13 number the questions; D1 to D5 are those on data. A goal is nanoseconds an operation, by the number
of workers; `beside` names a peer and how many times its time ours may take.
"""
import functools


def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def squares(n):
    return (n - 1) * n * (2 * n - 1) // 6


def below(n):
    """The sum of the numbers below n."""
    return n * (n - 1) // 2


def product(n):
    """The sum of all elements of the product of the two matrices that matmul makes."""
    columns = [sum((row + k) % 7 for row in range(n)) for k in range(n)]
    rows = [sum((k + 2 * column) % 5 for column in range(n)) for k in range(n)]
    return sum(left * right for left, right in zip(columns, rows))


@functools.cache
def sorted_check(n):
    return sum(i * (i % 7) for i in range(n))


@functools.cache
def words_check(n):
    counts = [0] * 4093
    for i in range(10 * n):
        counts[i * 2654435761 % 4093] += 1
    return sum(count * count for count in counts)


def quarters(n):
    """Four tasks send the numbers below n / 4 each."""
    return 4 * below(n // 4)


def prime(n):
    """The n-th prime."""
    found = []
    candidate = 2
    while len(found) < n:
        if all(candidate % p for p in found if p * p <= candidate):
            found.append(candidate)
        candidate += 1
    return found[-1]


def same(n):
    return n


def eight(n):
    return 8 * n


def agreed(_):
    """There is no short way to the right answer: all have to give the same."""
    return None


# How N queens can stand on a board of N by N.
WAYS = {8: 92, 10: 724, 12: 14_200, 14: 365_596}


class Workload:
    """Sizes, the right answers, and smaller sizes for those who need seconds for the rest. Where several workloads
    share the programs of one folder, `args` come behind the size. `one_worker` stands for a program of one task;
    `bytes_goal` is bytes of memory an operation, `cpu_goal` seconds of all cores. `whole`: the time is that of all the work,
    so that sizes cannot be compared."""

    def __init__(self, row, title, check, sizes, quick, *, slow=None, folder=None, args=(), goal=None, beside=None,
                 one_worker=False, bytes_goal=None, cpu_goal=None, whole=False):
        self.row, self.title, self.check, self.sizes, self.quick = row, title, check, sizes, quick
        self.slow, self.folder, self.args = slow or {}, folder, args
        self.goal, self.beside, self.one_worker = goal or {}, beside, one_worker
        self.bytes_goal, self.cpu_goal, self.whole = bytes_goal, cpu_goal, whole

    def size_for(self, contender, size):
        return min(size, self.slow.get(contender, size))


def serial(title, check, size, quick):
    return Workload("P11", title, check, [size], [quick], beside=("clang", 1.1), one_worker=True)


def select(ways, room, goal):
    title = f"N numbers from any of {ways} channels {'with room for 128' if room else 'without room'}"
    return Workload("P7", title, same, [1_000_000], [10_000], folder=f"select_{ways}", args=(room,), goal=goal)


WORKLOADS = {
    "spawn_all": Workload("P1", "spawn N tasks of n*n, then await all", squares,
                          [10_000, 100_000, 1_000_000, 10_000_000], [10_000, 100_000], args=(0,), goal={1: 5, 2: 20}),
    "spawn_again": Workload("P1", "the same in memory that two rounds before it have used", squares,
                            [100_000, 1_000_000], [10_000], folder="spawn_all", args=(2,), goal={1: 5, 2: 20}),
    "spawn_await": Workload("P2", "spawn one task, await it, repeat", squares, [1_000_000], [50_000],
                            goal={1: 4, 2: 15}),
    "fib": Workload("P3", "fib(N) by spawn, no cut-off", fib, [39], [25],
                    slow={"go": 32, "tokio": 32, "tbb": 35}, goal={1: 5, 2: 2.6}),
    "skynet": Workload("P4", "skynet, a tree of N leaves, ten wide", below, [1_000_000, 100_000_000], [10_000],
                       slow={"go": 10_000_000, "tokio": 10_000_000, "tbb": 10_000_000}, goal={2: 3.5}),
    "nqueens": Workload("P4", "N queens, a task for each that fits", WAYS.get, [14], [8],
                        slow={"go": 12}, goal={2: 1.4e9}, whole=True),
    "matmul": Workload("P4", "the product of two N by N matrices", product, [1024, 2048], [64]),
    "parked": Workload("P5", "N tasks asleep at once; the memory counts", below, [100_000, 1_000_000], [1_000],
                       bytes_goal=120),
    **{f"parked_at_{name}": Workload("P5", f"N tasks that wait at {title}; the memory counts", below, [100_000, 1_000_000],
                                     [1_000], folder="parked_receivers", args=(name,), bytes_goal=goal)
       for name, title, goal in (("one", "one channel", 105), ("own", "a channel of their own", 150))},
    "cancel_parked": Workload("P5", "cancel N tasks that wait, each", same, [100_000], [1_000]),
    "cancel_latency": Workload("P5", "from cancel to clean-up, 99th of a hundred", same, [2_000], [200],
                               goal={1: 1e6, 2: 1e6}),
    "ping_pong": Workload("P6", "a number there and back, N times, channels without room", same,
                          [1_000_000], [10_000], goal={1: 40, 2: 40}),
    "spsc": Workload("P6", "N numbers from one task to another, room for 128", below,
                     [10_000_000], [100_000], goal={1: 16, 2: 16}),
    "ring": Workload("P6", "N steps around a ring of 1000 tasks", same, [1_000_000], [10_000], goal={1: 20, 2: 20}),
    "mpmc": Workload("P6", "N numbers from four tasks to four, room for 128", quarters,
                     [4_000_000], [100_000], goal={1: 17, 2: 17}),
    "sieve": Workload("P6", "the first N primes, a task each", prime, [2000], [100], goal={1: 15_000, 2: 15_000}),
    "select_2": select(2, 0, {1: 45, 2: 45}),
    "select_2_buffered": select(2, 128, {1: 20, 2: 20}),
    "select_8": select(8, 0, {1: 85, 2: 85}),
    "select_8_buffered": select(8, 128, {1: 22, 2: 22}),
    "mutex": Workload("P8", "eight tasks add under a lock, N times each", eight, [1_000_000], [10_000],
                      goal={1: 6, 2: 12}),
    "atomic": Workload("P8", "eight tasks add to an atomic, N times each", eight, [10_000_000], [10_000],
                       goal={1: 7.5, 2: 7.5}),
    "sleepers": Workload("P9", "N tasks that sleep 1 to 1000 ms each; the CPU time counts", below,
                         [100_000], [1_000], goal={1: 1.02e9, 2: 1.02e9}, cpu_goal=0.12),
    "timers": Workload("P9", "N times a limit of an hour is set and taken back", same, [1_000_000], [10_000],
                       goal={1: 12, 2: 12}),
    "serial_nbody": serial("N steps of five planets", agreed, 2_000_000, 10_000),
    "serial_spectral": serial("the spectral norm of a matrix of N by N", agreed, 1000, 100),
    "serial_fannkuch": serial("fannkuch, all orders of N pancakes", agreed, 10, 7),
    "serial_trees": serial("binary trees up to depth N", agreed, 16, 10),
    "serial_mandelbrot": serial("N by N points of the Mandelbrot set", agreed, 1000, 100),
    "serial_nucleotides": serial("how often each piece of 8 is in N bases", agreed, 2_000_000, 20_000),
    "serial_sort": serial("sort N numbers by a quicksort of one's own", sorted_check, 1_000_000, 10_000),
    "serial_words": serial("count the words of N lines", words_check, 100_000, 2_000),
    "sum": Workload("D1", "the sum of an array of N numbers", lambda n: sum(range(1000)) * n // 1000,
                    [100_000_000], [1_000_000]),
    "sort": Workload("D2", "sort N numbers", sorted_check, [10_000_000], [100_000]),
    "mandelbrot": Workload("D3", "N by N points of the Mandelbrot set, in parallel", agreed, [2000], [100]),
    "nbody": Workload("D4", "ten steps of N bodies, all pairs", agreed, [4000], [100]),
    "words": Workload("D5", "count the words of N lines, in parallel", words_check, [400_000], [2000]),
}
