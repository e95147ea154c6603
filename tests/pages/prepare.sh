# shellcheck shell=bash
#
# For the scripts that open the pages in a browser, which source it with `root` set: builds
# the console, finds a browser, and installs the packages. It leaves the folder of the
# sources with their packages in `suite`, and their programs in the PATH.

step() { printf '\n-- %s\n' "$*"; }

fail() {
    printf '%s: %s\n' "${0#"$root"/}" "$*" >&2
    exit 1
}

# Chromium or Chrome of the system: a copy of Playwright's own would be one more to keep
# current. As root on a system with its package, it is installed.
find_browser() {
    local name
    for name in "${PAGES_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if PAGES_TEST_CHROMIUM=$(command -v "$name"); then
            export PAGES_TEST_CHROMIUM
            return
        fi
    done
    if [[ ${1:-} != again && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        step 'installing Chromium'
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
            chromium fonts-dejavu-core >/dev/null
        find_browser again
        return
    fi
    fail 'there is no Chromium: install the package chromium of your system, or name one in PAGES_TEST_CHROMIUM'
}

# The packages are named by what was asked for, so that another version is another folder,
# and put in place in one step, so that half of it is never used.
install_packages() {
    local here=$1 cache=${XDG_CACHE_HOME:-$HOME/.cache}/activity-log/pages own
    suite=$here
    packages="$cache/node-$(cksum <"$here/package-lock.json" | cut -d ' ' -f 1)"
    if [[ ! -e $packages ]]; then
        command -v npm >/dev/null || fail 'npm is missing'
        step 'installing Playwright'
        mkdir -p "$cache"
        own=$(mktemp -d "$cache/node.XXXXXX")
        cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$own/"
        (cd "$own" && npm ci --silent --no-audit --no-fund)
        ln -sn "$own" "$packages" 2>/dev/null || rm -rf "$own"
    fi
    # Node looks for packages beside the sources.
    ln -sfn "$packages/node_modules" "$here/node_modules"
    export PATH="$packages/node_modules/.bin:$PATH"
}

find_browser
install_packages "$root/tests/pages"
if [[ -z ${PAGES_TEST_CONSOLE:-} ]]; then
    step 'building'
    (cd "$root" && cargo build --workspace --quiet)
    export PAGES_TEST_CONSOLE="$root/target/debug/activity-log"
fi
# shellcheck disable=SC2034 # those who source this use it
readonly suite packages
