"""Runs ONNX's backend test suite and compares with the committed manifest.

The present suite comes from the installed onnx package and is kept in .cache/conformance; with --releases, the cases
that 22 older releases have besides come from their wheels on PyPI and are kept in .cache/conformance-releases. The
manifests are Fixtures/conformance/manifest.tsv and releases.tsv. Further options, such as --update-manifest, --json
or --threads 2, go to `onnx-lens conformance`; its exit code is this script's.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

import present
import releases

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def fetch(folder, version, write):
    """Has the suite written to the folder, unless it is there already; whole or not at all."""
    stamp = folder / "VERSION"
    if stamp.is_file() and stamp.read_text() == version:
        return
    if folder.exists() and not stamp.is_file() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"conformance: {folder} is there and was not made by this script; name another with --cache")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        new = pathlib.Path(temporary) / "suite"
        new.mkdir()
        write(new)
        (new / "VERSION").write_text(version)
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)
    print(f"{len(list(folder.rglob('model.onnx')))} cases of {version.strip()} in {folder}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(
        prog="conformance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False)
    parser.add_argument("--releases", action="store_true", help="the cases of older releases")
    parser.add_argument("--fetch", action="store_true", help="only write the cases to the cache")
    parser.add_argument("--cache", metavar="DIR", type=pathlib.Path, default=ROOT / ".cache")
    parser.add_argument("--tool", metavar="FILE", type=pathlib.Path, default=ROOT / ".build/release/onnx-lens")
    options, others = parser.parse_known_args()
    if not options.fetch and not options.tool.is_file():
        sys.exit(f"conformance: {options.tool} is not there: build it with swift build -c release --product onnx-lens")

    suite = options.cache / "conformance"
    manifest = "manifest.tsv"
    fetch(suite, present.VERSION, present.write)
    if options.releases:
        now, suite = suite, options.cache / "conformance-releases"
        manifest = "releases.tsv"
        fetch(suite, releases.version(present.VERSION), lambda folder: releases.write(folder, now))
    if not options.fetch:
        command = [options.tool, "conformance", suite, "--manifest", ROOT / "Fixtures/conformance" / manifest]
        sys.exit(subprocess.run([*map(str, command), *others]).returncode)


main()
