#!/bin/sh
# gate.sh BENCHMARK IMAGE BASELINE: exit code 1 when the image is worse than the baseline says.
set -eu
benchmark=$1
image=$2
baseline=$3
out=$(dirname "$baseline")/gate
if [ ! -f "$baseline" ]; then
    tinysim baseline write "$baseline" "$benchmark" --image "$image"
    echo "$baseline: written; commit it" >&2
    exit 0
fi
mkdir -p "$out"
tinysim run "$benchmark" --image "$image" --json "$out/results.json" >/dev/null || [ $? -eq 1 ]
tinysim gate "$out/results.json" --baseline "$baseline" --to "$out"
