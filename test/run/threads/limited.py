"""Runs a program under a limit of the system, for tests of what it does when that is reached.

usage: limited.py processes NUMBER WORKERS PROGRAM    how many processes and threads its user may have
       limited.py memory MEGABYTES WORKERS PROGRAM    its address space
"""
import os
import resource
import sys

# Who has no limits becomes somebody who has.
NOBODY = 65534

kind, number, workers, program = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
# Opened before the rights to find it are gone.
file = os.open(program, os.O_RDONLY)
if kind == "processes":
    resource.setrlimit(resource.RLIMIT_NPROC, (number, number))
    if os.geteuid() == 0:
        os.setuid(NOBODY)
else:
    resource.setrlimit(resource.RLIMIT_AS, (number << 20, number << 20))
os.execve(file, [program], dict(os.environ, SKEIN_WORKERS=workers))
