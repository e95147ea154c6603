# shellcheck shell=bash
#
# For the scripts that start servers and run checks on them, which source it with
# `root` set. Servers listen on loopback, write into a scratch folder, and end with
# the script.

# Below the ports that systems hand out for outgoing connections, so that none
# of these takes the port between the look and the start.
readonly port_min=20000 port_count=10000
readonly start_timeout_s=60

scratch=$(mktemp -d)
started=()
passed=0
failed=0

step() { printf '\n-- %s\n' "$*"; }

fail() {
    printf '%s: %s\n' "${0#"$root"/}" "$*" >&2
    exit 1
}

clean_up() {
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() {
    local port
    while :; do
        port=$((port_min + RANDOM % port_count))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}

# Runs a command in the background with its output in a pipe, and leaves its
# first line in `line`. It writes the line once it listens.
start() {
    local name=$1 pipe
    shift
    mkfifo "$scratch/$name"
    "$@" >"$scratch/$name" 2>"$scratch/$name.log" &
    started+=("$!")
    exec {pipe}<"$scratch/$name"
    IFS= read -r -t "$start_timeout_s" line <&"$pipe" || {
        cat "$scratch/$name.log" >&2
        fail "$name did not start"
    }
}

# A text property of a JSON object in one line.
property() {
    sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$2"
}

# Starts the console that `cargo build` made on a folder of its own, and leaves its
# address in `url`, a key with every scope in `key`, and the folder in `data`. Other
# commands of the console work on it with --data-dir.
start_console() {
    readonly console="$root/target/debug/activity-log" data="$scratch/data"
    start console "$console" serve --data-dir "$data" --json --empty --listen 127.0.0.1:0 \
        --dynamodb-listen 127.0.0.1:0
    url=$(property url "$line")
    key=$(property demo_key "$line")
    [[ -n $url && -n $key ]] || fail "the console says: $line"
    printf 'it listens at %s\n' "$url"
}

# Makes a key of the demo tenant, and prints it.
create_key() {
    local created
    created=$("$console" --data-dir "$data" --json keys create --tenant demo \
        --actor "$1" --scopes "$2")
    property key "$created"
}

# Starts ministack, an emulator of AWS, whose programs are in a folder, and
# leaves its address in AWS_ENDPOINT_URL. It ends the functions' processes before
# it ends itself.
start_emulator() {
    local installed=$1 port emulator deadline=$((SECONDS + start_timeout_s))
    port=$(free_port)
    export AWS_ENDPOINT_URL="http://127.0.0.1:$port"
    export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
    export AWS_EC2_METADATA_DISABLED=true
    unset AWS_SESSION_TOKEN AWS_PROFILE AWS_REGION AWS_CONFIG_FILE
    GATEWAY_PORT=$port BIND_HOST=127.0.0.1 MINISTACK_HOST=localhost \
        MINISTACK_REGION=$AWS_DEFAULT_REGION AWS_LAMBDA_LOG_FORMAT=JSON \
        TMPDIR=$scratch S3_DATA_DIR=$scratch/s3 STATE_DIR=$scratch/state \
        "$installed/ministack" >"$scratch/emulator.log" 2>&1 &
    emulator=$!
    started+=("$emulator")
    until "$installed/python" -c "
import urllib.request
urllib.request.urlopen('$AWS_ENDPOINT_URL/_ministack/health', timeout=5)" 2>/dev/null; do
        if ! kill -0 "$emulator" 2>/dev/null || ((SECONDS >= deadline)); then
            cat "$scratch/emulator.log" >&2
            fail 'the emulator did not start'
        fi
        sleep 0.2
    done
    printf 'it listens at %s\n' "$AWS_ENDPOINT_URL"
}

# The programs of functions as `cargo build` leaves them, each as
# $scratch/functions/NAME/bootstrap. Without debug information they are a tenth
# as big.
strip_programs() {
    local function
    for function in "$@"; do
        mkdir -p "$scratch/functions/$function"
        strip -o "$scratch/functions/$function/bootstrap" "$root/target/debug/$function"
    done
}

# Runs checks, which print a line each. Where they end before their end, that is
# a failure too.
suite() {
    local title=$1 status=0
    shift
    step "$title"
    "$@" | tee "$scratch/lines" || status=$?
    passed=$((passed + $(grep -c '^  ok: ' "$scratch/lines" || true)))
    local not_ok
    not_ok=$(grep -c '^  FAILED: ' "$scratch/lines" || true)
    if ((status != 0 && not_ok == 0)); then
        printf '  FAILED: %s ended with %s\n' "$title" "$status"
        not_ok=1
    fi
    failed=$((failed + not_ok))
}

end_of_suites() {
    printf '\n%s passed, %s failed\n' "$passed" "$failed"
    ((failed == 0))
}
