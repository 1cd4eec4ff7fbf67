#!/bin/sh
# Makes this clone runnable: the system's libraries, the virtual environment in .venv, the packages of uv.lock.
# Says what it does, skips what is done already, and goes on as far as it can where it may not install packages.
set -eu
cd "$(dirname "$0")/.."

# What Qt, its sound, its windows and the browser's driver load from the system, each with its Debian package. Checked
# as libraries, not as packages: package names differ between releases, and other systems have the same libraries.
LIBRARIES="
libGL.so.1             libgl1
libEGL.so.1            libegl1
libxkbcommon.so.0      libxkbcommon0
libdbus-1.so.3         libdbus-1-3
libfontconfig.so.1     libfontconfig1
libglib-2.0.so.0       libglib2.0-0
libgssapi_krb5.so.2    libgssapi-krb5-2
libwayland-cursor.so.0 libwayland-cursor0
libpulse.so.0          libpulse0
libatomic.so.1         libatomic1
libxcb-cursor.so.0     libxcb-cursor0
libxcb-icccm.so.4      libxcb-icccm4
libxcb-keysyms.so.1    libxcb-keysyms1
libxcb-shape.so.0      libxcb-shape0
libxcb-xkb.so.1        libxcb-xkb1
libxkbcommon-x11.so.0  libxkbcommon-x11-0
"

say() { printf 'setup: %s\n' "$*"; }

stop() {
    say "$*" >&2
    exit 1
}

# Prints the Debian packages of missing libraries, one a line.
missing_packages() {
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p || true)
    echo "$LIBRARIES" | while read -r library package; do
        [ -n "$library" ] || continue
        case "$known" in *"$library"*) ;; *) echo "$package" ;; esac
    done
    # the tour and the tests open web pages in a real browser
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
        command -v google-chrome >/dev/null || echo chromium
    # the tests listen to what the hall display plays, on a sound server of their own
    command -v pulseaudio >/dev/null || echo pulseaudio
    command -v parec >/dev/null || echo pulseaudio-utils
    # a test makes networks of its own, to connect from another one
    command -v ip >/dev/null || [ -e /usr/sbin/ip ] || echo iproute2
    # Debian keeps the part of Python that puts pip into a new environment in a package of its own
    [ -e .venv/bin/uv ] || "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

# Prints the first Python on this machine that Now Serving runs on.
find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        command -v "$name" >/dev/null || continue
        "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue
        echo "$name"
        return
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@" # nobody is there to type a password
    fi
}

install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >>build/apt.log 2>&1
}

# shellcheck disable=SC2086  # lists of words
system_packages() {
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
        say "installing with apt-get (the log is build/apt.log): $missing"
        mkdir -p build
        as_root apt-get -qq update || say "apt-get update failed; trying with the lists there are"
        # one name that this release does not know must not block the others
        install $missing || for package in $missing; do install "$package" || true; done
        missing=$(missing_packages | tr '\n' ' ')
        [ -n "$missing" ] || return 0
    fi
    say "still missing, and I can't install it here; these are the names of Debian's packages: $missing"
    say "an administrator of a Debian system runs: apt-get install --no-install-recommends $missing"
    say "going on without; windows, sound or pictures of web pages may not work"
}

environment() {
    if [ ! -x .venv/bin/uv ]; then
        say "making a virtual environment in .venv with $("$PYTHON" --version)"
        "$PYTHON" -m venv .venv || stop "Python's venv and ensurepip are needed first (Debian: python3-venv)"
        say "installing uv, which installs the rest"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
        say "installing the packages of uv.lock; Qt alone is 250 MB, so this may take a few minutes"
    fi
    # ours is always .venv, whatever environment is active around us
    UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV='' \
        .venv/bin/uv sync --frozen --all-extras
}

PYTHON=$(find_python)
[ -n "$PYTHON" ] || stop "Now Serving needs Python 3.11, 3.12 or 3.13, and there is none on this machine"
case "$(uname -s)" in Linux) system_packages ;; esac
environment
