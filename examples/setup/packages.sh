# Installs Debian or Ubuntu packages that are missing, and configures builds; to be sourced.

say() { printf '%s\n' "==> $*" >&2; }

# As root, or by sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# need_packages PACKAGE…: installs those that are not there.
need_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    say "this is not Debian or Ubuntu; taking it that these are installed: $*"
    return 0
  fi
  missing=""
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "installing$missing"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
    say "that needs root: run  apt-get install$missing  as root, then this script again"
    return 1
  fi
  # An old list of packages names versions that are gone; a fresh one costs seconds.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null
}

# configure FOLDER OPTION…: of $top. With Ninja where it is installed: it compiles other files while the library's own is
# compiled. A folder keeps what it was made with.
configure() {
  folder=$1
  shift
  if [ ! -e "$folder/CMakeCache.txt" ] && command -v ninja >/dev/null 2>&1; then set -- -G Ninja "$@"; fi
  cmake -S "$top" -B "$folder" "$@" >/dev/null
}

library_packages="g++ cmake make libeigen3-dev nlohmann-json3-dev libutf8proc-dev libsentencepiece-dev libcli11-dev
  libpugixml-dev libsqlite3-dev"
# Of the connectors to vector databases, and of the servers that their tests start.
connector_packages="libfaiss-dev liblapack-dev libomp-dev libpqxx-dev libgrpc++-dev libabsl-dev protobuf-compiler
  libcurl4-openssl-dev openssl"
