#!/usr/bin/env bash
# Fetches what make needs before it can run a target: uv, or an environment that follows uv.lock. A failure is one line that
# says what to do; what pip and uv printed is in build/prepare*.log, and with VERBOSE=1 on the terminal.
# It runs before any of the rest is there, also in the Bash 3.2 of macOS.
#
#   tools/prepare.sh .uv                                fetch uv
#   tools/prepare.sh .venv-audit --only-group audit     make an environment, with these options of `uv sync`
set -euo pipefail

target=$1
shift
log="build/prepare$target.log"
quiet=--quiet
case "${VERBOSE:-0}" in 0 | no | false | off) ;; *) quiet= ;; esac

main() {
  mkdir -p build
  : >"$log"
  if [ -n "${SSL_CERT_FILE:-}" ]; then
    [ -r "$SSL_CERT_FILE" ] || fail "SSL_CERT_FILE=$SSL_CERT_FILE cannot be read."
    export PIP_CERT="${PIP_CERT:-$SSL_CERT_FILE}" # uv heeds SSL_CERT_FILE, but not every pip does
  fi
  if [ "$target" = .uv ]; then
    fetch_uv
  else
    export UV_PROJECT_ENVIRONMENT=$target
    logged "$UV" sync --locked $quiet "$@" || { explain; fail "$("$UV" --version 2>&1) cannot prepare $target: $(headline)."; }
  fi
}

# By pip into a plain folder or, where Python has no pip or its settings forbid that, into a virtual environment.
fetch_uv() {
  local pip='' venv=''
  command -v python3 >/dev/null || fail 'python3 is missing. Install Python 3.'
  logged python3 --version || fail "python3 does not run: $(headline)."
  logged python3 -m pip --version && pip=1
  logged python3 -c 'import ensurepip' && venv=1
  [ -n "$pip$venv" ] || fail 'Python has neither pip nor ensurepip. Install python3-pip or python3-venv (Debian, Ubuntu), or uv: https://docs.astral.sh/uv/.'
  rm -rf .uv
  export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_PROGRESS_BAR=off PIP_REQUIRE_VIRTUALENV=0 PIP_USER=0
  if [ -n "$pip" ]; then
    logged python3 -m pip install --target .uv uv && return
    explain
  fi
  if [ -n "$venv" ]; then
    rm -rf .uv
    logged python3 -m venv .uv && logged .uv/bin/python -m pip install uv && return
    explain
  fi
  fail "pip cannot fetch uv: $(headline). Install uv yourself: https://docs.astral.sh/uv/."
}

logged() {
  if [ -n "$quiet" ]; then "$@" >>"$log" 2>&1; else "$@" 2>&1 | tee -a "$log"; fi
}

# Ends with the cause that the log shows, if it is a known one. The messages are of uv 0.8 to 0.13 and of pip 20 to 26.
explain() {
  case "$(cat "$log")" in
    *'No space left on device'* | *'Disk quota exceeded'*)
      fail "The disk is full: that of this folder, or that of the caches of uv and pip (XDG_CACHE_HOME)." ;;
    *'invalid peer certificate'* | *CERTIFICATE_VERIFY_FAILED*)
      fail "A server's TLS certificate is not trusted${SSL_CERT_FILE:+ with SSL_CERT_FILE=$SSL_CERT_FILE}, as behind a proxy that inspects TLS. Set SSL_CERT_FILE to a PEM file with the proxy's CA certificate; where the system trusts it, that is often /etc/ssl/certs/ca-certificates.crt." ;;
    *'No interpreter found for Python'* | *-install_only*)
      fail "Python $(cat .python-version) is missing and cannot be downloaded: $(reason). Install it (python$(cat .python-version) of your system's packages, or brew install python@$(cat .python-version)), or check the network and HTTPS_PROXY." ;;
    *'Failed to fetch'* | *'Failed to download'* | *'Could not fetch URL'* | *'onnection broken'* | *'timed out'*)
      fail "A download fails: $(reason). Check the network and, behind a proxy, HTTPS_PROXY." ;;
    *'uv.lock'*'needs to be updated'*)
      fail "uv.lock does not fit pyproject.toml: run uv lock. Or uv is set to another index than the lock's, pypi.org (UV_DEFAULT_INDEX, uv.toml): unset that." ;;
  esac
}

# Prints the innermost cause that uv gives, or the system's error that pip names, or the headline.
reason() {
  {
    sed -n 's/^ *[Cc]aused* *[by]*: //p' "$log" | tail -n 1
    sed -n 's/.*\[Errno -*[0-9]*\] \([A-Za-z ,]*\).*/\1/p' "$log" | tail -n 1
    headline
  } | sed -n '/./{p;q;}'
}

# Prints the first error, or the last line of all, without its full stop.
headline() {
  { sed -n 's/^[Ee][Rr][Rr][Oo][Rr]: *//p' "$log"; tail -n 1 "$log"; } | sed -n '/./{s/\.$//;p;q;}'
}

fail() {
  [ "$target" != .uv ] || rm -rf .uv
  echo "make: $1 Details: $log." >&2
  exit 1
}

main "$@"
