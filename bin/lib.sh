# Read by the other scripts: finds the project, and keeps every cache inside it, so that all of them
# work with a home folder that is empty, missing or not ours.
# shellcheck shell=sh
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$root" || exit 2
python="$root/.venv/bin/python"

# The demo's data lives here too, and is nobody else's business.
[ -d .var ] || mkdir -m 700 .var || exit 2

PYTHONPATH="$root/src"
DJANGO_SETTINGS_MODULE=tactful.config.settings
PYTHONUNBUFFERED=1
# Every process that compiles Django anew spends more on that than on most of its work.
PYTHONPYCACHEPREFIX="$root/.var/cache/python"
unset PYTHONDONTWRITEBYTECODE
PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_CACHE_DIR="$root/.var/cache/pip"
UV_CACHE_DIR="$root/.var/cache/uv"
UV_NO_PROGRESS=1
npm_config_cache="$root/.var/cache/npm"
npm_config_update_notifier=false
# Trust the authorities that the machine trusts, as behind a company's own proxy.
UV_SYSTEM_CERTS=1
NODE_USE_SYSTEM_CA=1
XDG_CACHE_HOME="$root/.var/cache"
export PYTHONPATH DJANGO_SETTINGS_MODULE PYTHONUNBUFFERED PYTHONPYCACHEPREFIX PIP_DISABLE_PIP_VERSION_CHECK
export PIP_CACHE_DIR UV_CACHE_DIR UV_NO_PROGRESS npm_config_cache
export npm_config_update_notifier UV_SYSTEM_CERTS NODE_USE_SYSTEM_CA XDG_CACHE_HOME
if [ ! -w "${HOME:-/nonexistent}" ]; then
    HOME="$root/.var/home"
    mkdir -p "$HOME"
    export HOME
fi

die() {
    printf '%s\n' "$*" >&2
    exit 2
}

# One number for the content and names of files: fingerprint PATH...
fingerprint() {
    find "$@" -name node_modules -prune -o -type f -exec cksum {} + | LC_ALL=C sort | cksum
}
