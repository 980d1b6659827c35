"""What the figures belong to: the machine in words, the versions of what was compared, the day."""
import datetime
import os
import platform
import re
import subprocess

VERSIONS = {
    "go": ["go", "version"],
    "rustc": ["rustc", "--version"],
    "clang": ["clang++-22", "--version"],
    "tokio, rayon and other crates": ["dpkg-query", "-W", "-f", "${Package} ${Version}, ", "librust-tokio-dev",
                                      "librust-rayon-dev", "librust-crossbeam-channel-dev", "librust-parking-lot-dev"],
    "oneTBB": ["dpkg-query", "-W", "-f", "${Version}", "libtbb-dev"],
}


def output(command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def words():
    """The processor, its cores, the memory and the system; no name of the machine."""
    model = re.search(r"model name\s*:\s*(.+)", read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", read("/proc/meminfo"))
    system = re.search(r'PRETTY_NAME="(.+)"', read("/etc/os-release"))
    virtual = ", virtual" if "hypervisor" in read("/proc/cpuinfo") else ""
    parts = [model.group(1).strip() if model else platform.machine(),
             f"{os.cpu_count()} cores{virtual}",
             f"{int(memory.group(1)) / 2**20:.0f} GiB of memory" if memory else "",
             system.group(1) if system else "", f"Linux {platform.release().split('-')[0]}"]
    return ", ".join(part for part in parts if part)


def versions():
    found = {name: output(command).split("\n")[0].strip(", ") for name, command in VERSIONS.items()}
    return {name: text for name, text in found.items() if text}


def today():
    return datetime.date.today().isoformat()
