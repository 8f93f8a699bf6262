#!/usr/bin/env bash
# Installs the system packages that building glow needs, by apt where it can be used; else prints the
# line to type, and stops.
set -euo pipefail

debian=(g++ cmake ninja-build mold pkg-config zlib1g-dev libfmt-dev libcli11-dev
  nlohmann-json3-dev libtomlplusplus-dev libcairo2-dev libgtest-dev libgmock-dev libbenchmark-dev
  fonts-dejavu-core clang-format chromium curl python3-venv python3-dev)

if ! command -v apt-get > /dev/null; then
  if command -v cmake > /dev/null && command -v ninja > /dev/null && command -v pkg-config > /dev/null; then
    echo "setup: no apt here; going on with what is installed" >&2
    exit 0
  fi
  cat >&2 << 'EOF'
setup: no apt here. Install what building needs, then call make again:
  dnf install gcc-c++ cmake ninja-build pkgconf zlib-devel fmt-devel cli11-devel json-devel \
    tomlplusplus-devel cairo-devel gtest-devel gmock-devel google-benchmark-devel dejavu-sans-fonts \
    clang-tools-extra chromium curl python3
  brew install cmake ninja pkg-config zlib fmt cli11 nlohmann-json tomlplusplus cairo \
    googletest google-benchmark clang-format curl python
EOF
  exit 1
fi

# Ubuntu's chromium is a snap, which no container can install: there the page is tested elsewhere.
if ! apt-cache show chromium > /dev/null 2>&1 || grep -qi '^ID=ubuntu' /etc/os-release; then
  debian=("${debian[@]/chromium/}")
fi

missing=()
for package in ${debian[@]}; do
  dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

become=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
    become=(sudo)
  else
    echo "setup: these packages are missing, and apt needs an administrator. Type this, then make again:" >&2
    echo "  sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  fi
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${become[@]}" apt-get update -qq
"${become[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
