"""Holds exports of a log against tools that this project did not write.

Each check prints a line. The first one that fails ends the run.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import aics_tlog
import scitt_cose
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sd_jwt.common import SDJWTCommon

ORIGIN_OF_DEMO = "activity-log.local/demo"
# One bundle is full, and one is not.
ACTIVITIES = 270


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in (
        "tools",
        "console",
        "data",
        "url",
        "key",
        "vkey",
        "witness",
        "witness-config",
        "scratch",
    ):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


ARGS = arguments()
TOOLS = pathlib.Path(ARGS.tools)
SCRATCH = pathlib.Path(ARGS.scratch)
PASSED = 0


def passed(what: str) -> None:
    global PASSED
    PASSED += 1
    print(f"ok  {what}", flush=True)


def require(condition: object, what: str) -> None:
    if not condition:
        sys.exit(f"FAILED  {what}")
    passed(what)


def run(*command: str | os.PathLike[str], **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )


def console(*command: str) -> subprocess.CompletedProcess[str]:
    return run(ARGS.console, "--data-dir", ARGS.data, *command)


def log(summary: str) -> None:
    body = json.dumps({"type": "note", "summary": summary}).encode()
    request = urllib.request.Request(
        f"{ARGS.url}/v1/activities",
        data=body,
        headers={"Authorization": f"Bearer {ARGS.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 201


def export(name: str) -> pathlib.Path:
    sealed = console("audit", "seal", "--tenant", "demo")
    assert sealed.returncode == 0, sealed.stderr
    folder = SCRATCH / name
    exported = console("audit", "export", "--tenant", "demo", "--activities", "--out", str(folder))
    assert exported.returncode == 0, exported.stderr
    return folder


def size_of(folder: pathlib.Path) -> int:
    return int((folder / "checkpoint").read_text().split("\n")[1])


def aics(command: str, folder: pathlib.Path, *options: str) -> dict:
    """What aics-tlog says of an export."""
    vkey_file = SCRATCH / "demo.vkey"
    vkey_file.write_text(ARGS.vkey + "\n")
    said = run(
        TOOLS / "aics-tlog", command, "--tiles", folder, "--vkey-file", vkey_file, *options
    )
    lines = said.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines else {"ok": False, "error": said.stderr}


def is_whole(folder: pathlib.Path) -> bool:
    """Whether aics-tlog authenticates every tile and every entry."""
    checkpoint = aics_tlog.parse_checkpoint((folder / "checkpoint").read_text().split("\n\n")[0] + "\n")
    reader = aics_tlog.FileSystemTileReader(folder)
    try:
        aics_tlog.audit_tiles(reader, checkpoint.size, checkpoint.root)
    except (aics_tlog.TileVerificationError, aics_tlog.TileMissingError):
        return False
    return True


def build_go() -> pathlib.Path:
    """Go's code for notes and trees, with the program that calls it."""
    [source] = TOOLS.parent.glob("lib/python*/site-packages/go/src/cmd/vendor/golang.org/x/mod/sumdb")
    module = SCRATCH / "go"
    packages = module / "vendor/golang.org/x/mod/sumdb"
    for name in ("note", "tlog"):
        shutil.copytree(source / name, packages / name)
    (module / "go.mod").write_text("module check\n\ngo 1.24\n\nrequire golang.org/x/mod v0.40.0\n")
    (module / "vendor/modules.txt").write_text(
        "# golang.org/x/mod v0.40.0\n## explicit; go 1.24\n"
        "golang.org/x/mod/sumdb/note\ngolang.org/x/mod/sumdb/tlog\n"
    )
    shutil.copy(pathlib.Path(__file__).with_name("check.go"), module)
    program = module / "check"
    environment = {
        **os.environ,
        "GOFLAGS": "-mod=vendor",
        "GOTOOLCHAIN": "local",
        "GOCACHE": str(SCRATCH / "go-cache"),
        "CGO_ENABLED": "0",
    }
    built = run(TOOLS / "go", "build", "-o", program, ".", cwd=module, env=environment)
    assert built.returncode == 0, built.stderr
    return program


def entries_of(folder: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def canonical(entry: dict) -> bytes:
    """RFC 8785, for entries: they have no numbers but whole ones."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def check_proofs(folder: pathlib.Path) -> None:
    """Proofs of tlog-scales, read by scitt-cose."""
    leaves = entries_of(folder)
    for index in (0, 1, 255, 256, len(leaves) - 1):
        leaf = run(TOOLS / "tlog-tiles", "get-leaf", folder, str(index))
        assert leaf.returncode == 0, leaf.stderr
        entry = canonical(leaves[index]["entry"])
        require(leaf.stdout.encode().rstrip(b"\n") == entry, f"tlog-scales reads entry {index}")
        proof = run(TOOLS / "tlog-tiles", "gen-proof", folder, str(index))
        assert proof.returncode == 0, proof.stderr
        require(is_proved(entry, proof.stdout), f"scitt-cose takes its proof of entry {index}")
        require(
            not is_proved(entry.replace(b"succeeded", b"denied"), proof.stdout),
            f"and not of another entry {index}",
        )


def is_proved(entry: bytes, proof: str) -> bool:
    """Whether a text of c2sp.org/tlog-proof leads from an entry to its checkpoint's root."""
    head, checkpoint = proof.split("\n\n", 1)
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    index = next(int(line.removeprefix("index ")) for line in lines if line.startswith("index "))
    path = lines[[line.startswith("index ") for line in lines].index(True) + 1 :]
    _, size, root = checkpoint.split("\n")[:3]
    as_hex = [base64.b64decode(line).hex() for line in path if line]
    return scitt_cose.verify_inclusion(
        entry.hex(), index, int(size), as_hex, base64.b64decode(root).hex()
    )


def check_disclosures(folder: pathlib.Path) -> None:
    common = SDJWTCommon(serialization_format="compact")
    count = 0
    for leaf in entries_of(folder):
        digests = [common._b64hash(text.encode()) for text in leaf["disclosures"]]
        assert sorted(digests) == leaf["entry"]["_sd"], leaf["index"]
        count += len(digests)
    require(count > 0, f"sd-jwt finds {count} disclosures by their digests")


def check_routes(folder: pathlib.Path) -> None:
    """The proofs of the API, and its static files as a client of logs reads them."""
    leaf = entries_of(folder)[100]
    request = urllib.request.Request(
        f"{ARGS.url}/v1/audit-events/{leaf['entry']['id']}/proof",
        headers={"Authorization": f"Bearer {ARGS.key}"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        proof = json.load(response)
    require(proof["entry"].encode() == canonical(leaf["entry"]), "the API tells the same entry")
    require(is_proved(proof["entry"].encode(), proof["proof"]), "scitt-cose takes the API's proof")


def post(path: str, body: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://{ARGS.witness}{path}", data=body.encode())
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def witness_vkey() -> str:
    said = run(TOOLS / "aics-witness", "status", "--config", ARGS.witness_config)
    return next(
        word.strip('",') for word in said.stdout.split() if word.strip('",').startswith("witness.example/w1+")
    )


def wait_for_witness() -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            post("/add-checkpoint", "")
            return
        time.sleep(0.1)
    sys.exit("FAILED  the witness does not listen")


def check_witness(early: pathlib.Path) -> pathlib.Path:
    wait_for_witness()
    key = witness_vkey()
    cosign = ("audit", "cosign", "--tenant", "demo", "--witness", f"http://{ARGS.witness}")
    first = console(*cosign, "--witness-key", key)
    require(first.returncode == 0, f"aics-witness cosigns a checkpoint {first.stderr.strip()}")
    again = console(*cosign, "--witness-key", key)
    require(again.returncode == 0, f"and once more, where nothing is new {again.stderr.strip()}")
    for n in range(3):
        log(f"behind the witness {n}")
    console("audit", "seal", "--tenant", "demo")
    second = console(*cosign, "--witness-key", key)
    require(second.returncode == 0, f"and the next one behind it {second.stderr.strip()}")
    late = export("cosigned")
    says = aics("verify-checkpoint", late)
    require(says["ok"], "aics-tlog takes a note with a cosignature")
    verified = console(
        "audit", "verify", str(late), "--vkey", ARGS.vkey, "--witness", key, "--json"
    )
    require(verified.returncode == 0, f"and so does `audit verify` {verified.stdout[-300:]}")

    note = (early / "checkpoint").read_text()
    status, _ = post("/add-checkpoint", f"old {size_of(late)}\n\n{note}")
    require(status == 400, "aics-witness refuses a rollback")
    pem = (pathlib.Path(ARGS.data) / "audit-key.pem").read_bytes()
    fork = aics_tlog.Checkpoint(origin=ORIGIN_OF_DEMO, size=size_of(late), root=bytes(32))
    forged = aics_tlog.sign_checkpoint(fork, load_pem_private_key(pem, None), ORIGIN_OF_DEMO)
    forged = forged.to_bytes().decode()
    status, _ = post("/add-checkpoint", f"old {size_of(late)}\n\n{forged}")
    require(status in (409, 422), f"aics-witness refuses a fork that the log's key signed ({status})")
    return late


def check_refused(program: pathlib.Path, whole: pathlib.Path) -> None:
    """Changes that each of the independent verifiers has to see."""

    def changed(name: str, change) -> pathlib.Path:
        folder = SCRATCH / name
        shutil.copytree(whole, folder)
        change(folder)
        return folder

    def flip(path: pathlib.Path, at: int) -> None:
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)

    def flip_entry_and_tile(folder: pathlib.Path) -> None:
        bundle = folder / "tile/entries/000"
        flip(bundle, 2 + 40)
        data = bundle.read_bytes()
        entry = data[2 : 2 + int.from_bytes(data[:2])]
        tile = folder / "tile/0/000"
        tile.write_bytes(aics_tlog.leaf_hash(entry) + tile.read_bytes()[32:])

    def drop_last(folder: pathlib.Path) -> None:
        [bundle] = (folder / "tile/entries/001.p").iterdir()
        data, start = bundle.read_bytes(), 0
        while start + 2 + int.from_bytes(data[start : start + 2]) < len(data):
            start += 2 + int.from_bytes(data[start : start + 2])
        bundle.write_bytes(data[:start])

    for name, change in (
        ("an entry", lambda folder: flip(folder / "tile/entries/000", 2 + 40)),
        ("an entry with its hash in the tile", flip_entry_and_tile),
        ("the last entry, which is dropped", drop_last),
        ("the note", lambda folder: flip(folder / "checkpoint", len(ORIGIN_OF_DEMO) + 1)),
    ):
        folder = changed(name.replace(" ", "-").replace(",", ""), change)
        note_holds = aics("verify-checkpoint", folder).get("ok", False)
        require(not (note_holds and is_whole(folder)), f"aics-tlog sees a change of {name}")
        require(run(program, folder, ARGS.vkey).returncode != 0, f"Go sees a change of {name}")
        ours = console("audit", "verify", str(folder), "--vkey", ARGS.vkey)
        require(ours.returncode == 1, f"`audit verify` sees a change of {name}")


def main() -> None:
    SCRATCH.mkdir()
    early = None
    for n in range(ACTIVITIES):
        log(f"note {n} \u00fc \U0001f600")
        if n == 20:
            early = export("early")
    whole = export("whole")
    assert early is not None

    says = aics("verify-checkpoint", whole)
    require(says["ok"] and says["tiles_ok"], f"aics-tlog verifies {says['size']} leaves")
    require(is_whole(whole), "aics-tlog authenticates every tile and entry")
    for index in (0, 255, 256):
        says = aics("verify-inclusion", whole, "--index", str(index))
        require(says["ok"], f"aics-tlog verifies the inclusion of entry {index}")
    says = aics("verify-consistency", whole, "--old-checkpoint", str(early / "checkpoint"))
    require(says["ok"], f"aics-tlog verifies that {says['old_size']} leaves are its beginning")

    program = build_go()
    says = run(program, whole, ARGS.vkey)
    require(says.returncode == 0, f"Go verifies it: {says.stdout.strip()}")
    check_proofs(whole)
    check_disclosures(whole)
    check_routes(whole)
    verified = console(
        "audit", "verify", str(whole), "--vkey", ARGS.vkey, "--since", str(early / "checkpoint")
    )
    require(verified.returncode == 0, f"`audit verify` verifies it {verified.stdout[-300:]}")
    late = check_witness(early)
    check_refused(program, late)
    print(f"\n{PASSED} passed")


main()
