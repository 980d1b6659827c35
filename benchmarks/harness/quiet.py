"""Waits until nothing else computes on the machine, and tells whether something did while a program ran."""
import sys
import time

TICKS = 100  # /proc/stat counts hundredths of a second
SHARE = 0.12  # of a core: what others may use of a quiet machine
SLACK = 0.03  # seconds: what the ticks may be wrong by
PATIENCE = 10
LOOK = 0.2


def busy_ticks(stat):
    """What all cores did so far, of the text of /proc/stat: also what the host of a virtual machine took away."""
    user, nice, system, _, _, irq, soft, steal = map(int, stat.split("\n", 1)[0].split()[1:9])
    return user + nice + system + irq + soft + steal


def busy_seconds():
    with open("/proc/stat", encoding="ascii") as file:
        return busy_ticks(file.read()) / TICKS


def is_noise(others, wall):
    return others > SHARE * wall + SLACK


class Patience:
    """How long to wait yet: on a machine that does not become quiet, less each time."""
    left = PATIENCE


def wait():
    """Whether the machine is quiet, now or soon. Where it is not, the runs say for themselves that they are noisy."""
    end = time.monotonic() + Patience.left
    while time.monotonic() < end:
        before = busy_seconds()
        time.sleep(LOOK)
        if busy_seconds() - before <= SHARE * LOOK + 1 / TICKS:
            Patience.left = PATIENCE
            return True
    if Patience.left == PATIENCE:
        print("others compute on this machine: it is measured all the same", file=sys.stderr)
    Patience.left = max(Patience.left / 2, 2 * LOOK)
    return False
