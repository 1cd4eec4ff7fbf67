#!/bin/sh
# Installs what packages and tests the serverless stack: the Serverless command of package-lock.json in node_modules, a
# linter and an emulator of uv.lock in build/cloud, and the packages of the artifact. Says what it does and skips what is
# done already; afterwards no network is needed.
set -eu
cd "$(dirname "$0")/../.."

say() { printf 'serverless: %s\n' "$*"; }

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    say "Node and npm are missing (20.19, 22.13 or 24 and later; Debian: nodejs npm); going on without them"
    exit 0
fi
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    say "installing the Serverless command in node_modules, 96 MB"
    # no install scripts: none of these packages needs any
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi
UV_PROJECT_ENVIRONMENT=build/cloud UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV='' \
    .venv/bin/uv sync --quiet --frozen --only-group cloud --python .venv/bin/python
case "$(uname -m)" in aarch64 | arm64) here=arm64 ;; *) here=x86_64 ;; esac
.venv/bin/python scripts/artifact.py --arch "$here"
