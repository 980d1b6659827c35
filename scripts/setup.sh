# What scripts/skein, scripts/test and scripts/bench share: installing the tools and building. Sourced by bash.
# Everything said here goes to standard error: standard output belongs to the program that is run.
set -euo pipefail

script=$(readlink -f "${BASH_SOURCE[0]}")  # also through a link in some bin directory
root=${script%/scripts/*}

say() { printf 'skein: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# A package and what shows that it is there: a command, or a path.
tools=(
  clang-22=clang++-22
  lld-22=/usr/lib/llvm-22/bin/ld.lld
  llvm-22-dev=/usr/lib/llvm-22/lib/cmake/llvm/LLVMConfig.cmake
  llvm-22-tools=/usr/lib/llvm-22/bin/FileCheck
  libclang-rt-22-dev=/usr/lib/llvm-22/lib/clang/22/lib
  libtomlplusplus-dev=/usr/include/toml++/toml.h
  zlib1g-dev=/usr/include/zlib.h
  libzstd-dev=/usr/include/zstd.h
  libre2-dev=/usr/include/re2/re2.h
  libssl-dev=/usr/include/openssl/evp.h
  libtommath-dev=/usr/include/tommath.h
  libutf8proc-dev=/usr/include/utf8proc.h
  tzdata=/usr/share/zoneinfo/UTC
  cmake=cmake
  ninja-build=ninja
  ccache=ccache
  libgtest-dev=/usr/include/gtest/gtest.h
  relacy-dev=/usr/include/relacy/relacy.hpp
  python3=python3
)

# Of the pairs that are given, the packages of which nothing shows. A path may be a pattern.
missing_packages() {
  local tool
  for tool in "$@"; do
    local probe=${tool#*=}
    compgen -G "$probe" >/dev/null || command -v "$probe" >/dev/null || printf '%s ' "${tool%%=*}"
  done
}

# Whether apt is there to install with; says why not.
can_install() {
  local ID="" ID_LIKE=""
  [[ -r /etc/os-release ]] && . /etc/os-release
  if [[ " $ID $ID_LIKE " != *" debian "* ]] || ! command -v apt-get >/dev/null; then
    say "these are missing, and this script installs them on Debian only: $*"
    return 1
  fi
  if [[ $EUID -ne 0 ]] && ! command -v sudo >/dev/null; then
    say "missing: $*; run this as root once, or install sudo"
    return 1
  fi
}

# install_packages PACKAGE…: one call of apt; what it said is shown when it fails.
install_packages() {
  can_install "$@" || return
  local as_root=() log failed=0
  [[ $EUID -eq 0 ]] || as_root=(sudo)
  log=$(mktemp)
  { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 || failed=1
  [[ $failed -eq 0 ]] || cat "$log" >&2
  rm -f "$log"
  return "$failed"
}

# Installs what building needs and is missing.
install_tools() {
  local packages
  read -ra packages <<<"$(missing_packages "${tools[@]}")"
  [[ ${#packages[@]} -eq 0 ]] && return
  say "installing ${packages[*]} (several hundred MB, once)"
  install_packages "${packages[@]}" || fail "could not install: ${packages[*]}"
}

# Shows ninja's counts as one line that renews itself; to a file, as nothing.
show_progress() {
  local line
  while IFS= read -r line; do
    [[ -t 2 && $line == \[* ]] && printf '\r\033[Kskein: building %s' "${line%%]*}]" >&2
    printf '%s\n' "$line" >>"$1"
  done
  [[ -t 2 ]] && printf '\r\033[K' >&2
  return 0
}

# build PRESET TARGET…: configures and builds quietly; on failure the whole log is shown. Whoever comes
# while another builds the same preset waits, and finds it done.
build() {
  local preset=$1 folder=$root/build/$1
  shift
  mkdir -p "$folder"
  local lock
  exec {lock}>"$folder/.lock"
  flock "$lock"
  local log=$folder/build.log
  : >"$log"
  [[ -e $folder/build.ninja ]] || say "building for the first time, a few minutes (preset $preset)"
  local failed=0
  if [[ ! -e $folder/build.ninja ]]; then
    (cd "$root" && cmake --preset "$preset") >>"$log" 2>&1 || failed=1
  fi
  if [[ $failed -eq 0 ]]; then
    cmake --build "$folder" --target "$@" 2>&1 | show_progress "$log" || failed=1
  fi
  exec {lock}>&-
  [[ $failed -eq 0 ]] && return
  cat "$log" >&2
  fail "the build failed; its log is above and in $log"
}
