#!/bin/sh
# sh scripts/setup.sh run|dev: finds a Python and lets scripts/setup.py make .venv with it.
set -eu
cd "$(dirname "$0")/.."
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" scripts/setup.py "$1"
    fi
done
echo "Saboq needs Python 3.11 or newer, which is not here: apt-get install python3 python3-venv (or PYTHON=/path make ...)" >&2
exit 1
