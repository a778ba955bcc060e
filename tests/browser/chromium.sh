#!/usr/bin/env bash
# A Chromium for the browser tests: one on the PATH; else Debian's when root; else Playwright's own.
# Chinese glyphs come with Debian's font package when we may install it.
set -euo pipefail
cd "$(dirname "$0")/../.."

found() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

if found >/dev/null; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's chromium for the browser tests …"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
  found >/dev/null && exit 0
fi
echo "Installing Playwright's Chromium for the browser tests …"
.venv/bin/python -m playwright install chromium
