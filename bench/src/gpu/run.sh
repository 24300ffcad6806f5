#!/bin/sh
# Trains three models on the GPU of this machine beside its processor and checks every operation, in under 4 minutes.
# Needs a driver, tar and gzip. Arguments: --seconds N, --out FILE. Results: $OUT/gpu-results.json, else in this folder.
set -eu
PATH="${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
here=$(cd "$(dirname "$0")" && pwd)
room=$(mktemp -d "${TMPDIR:-/tmp}/gai-gpu-XXXXXX")
trap 'rm -rf "$room"' EXIT
tar xzf "$here/payload.tar.gz" -C "$room"

# Libraries that came along serve only where the system has none.
libraries=${LD_LIBRARY_PATH:-}
"$room/bin/node" --version >/dev/null 2>&1 || libraries="$libraries:$room/lib/base"
ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' || libraries="$libraries:$room/lib/vulkan"
LD_LIBRARY_PATH=${libraries#:}
XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$room}
ORT_DISABLE_TELEMETRY=1
export LD_LIBRARY_PATH XDG_RUNTIME_DIR ORT_DISABLE_TELEMETRY

"$room/bin/node" "$room/app/main.mjs" --out "${OUT:-$here}/gpu-results.json" "$@"
