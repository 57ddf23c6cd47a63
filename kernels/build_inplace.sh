#!/bin/sh
# Builds the extension into src/mlpstudy/engine/native, for development without reinstalling.
# Usage: kernels/build_inplace.sh [PYTHON] [BUILD_DIR]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=${1:-python3}
build=${2:-$root/build/inplace}
cmake -S "$root" -B "$build" -G Ninja -DPython_EXECUTABLE="$(command -v "$python")" >/dev/null
cmake --build "$build"
# A new file, then a rename: a process that has the old one loaded keeps it whole.
for module in "$build"/_kernels.*.so; do
    cp "$module" "$root/src/mlpstudy/engine/native/.new"
    mv "$root/src/mlpstudy/engine/native/.new" "$root/src/mlpstudy/engine/native/$(basename "$module")"
done
