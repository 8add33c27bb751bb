#!/bin/sh
# gate.sh BENCHMARK IMAGE BASELINE: exit code 1 when the image is worse than the baseline says.
set -eu
benchmark=$1
image=$2
baseline=$3
beside=$(dirname "$baseline")
if [ ! -f "$baseline" ]; then
    tinysim baseline write "$baseline" "$benchmark" --image "$image"
    echo "$baseline: written; commit it" >&2
    exit 0
fi
code=0
tinysim run "$benchmark" --image "$image" --baseline "$baseline" --json "$beside/gate.json" || code=$?
if [ -f "$beside/gate.json" ]; then
    tinysim report "$beside/gate.json" --markdown "$beside/gate.md" --junit "$beside/gate.xml"
fi
exit "$code"
