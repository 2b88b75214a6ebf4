"""The backend test data in the wheels of older onnx releases, which hold them as files.

Nothing is installed and no code of the packages is run: pip downloads each wheel, refuses one whose hash differs, and
the files are read out of it.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import cases

FORMAT = 1

# Release, the Python that the wheel is for, the wheel's SHA-256: the last release of each series, and where the data
# began.
WHEELS = [
    ("1.2.2", "3.6", "821f9901260999fe056ad0aafbeb777c5c0f94e12dff272e5bb60f3daeef1947"),
    ("1.2.3", "3.6", "fc00c794889c473706e15294c1ff25163a4a407bbc71dc5eed426aaa24e390d6"),
    ("1.3.0", "3.6", "4072a9234b0fa7ab6c0b9b78d9a5e1d61fb822fbc393da09fa4936c6ff0f690c"),
    ("1.4.1", "3.6", "b0fb57c853420c44f099919e044b527dfeff2ac59d9f8fdc2ae19979b3bc5e28"),
    ("1.5.0", "3.6", "f6202b2b5e353f98cba793cc52d449e578cc242968e89a4c6cfc73fa2591e926"),
    ("1.6.0", "3.7", "9b32e04abe02cba4c4edb6c3cc15db917e734521ca8631e46bea3971a142d709"),
    ("1.7.0", "3.8", "95eab1dd6fe2a2834647c8c18ce75764a5475185e9c9544544e81255d2651098"),
    ("1.8.1", "3.8", "cd18c7499162dd2c8c7e45669f2e7096012b9054b59670c26c5f1239b5c50ce4"),
    ("1.9.0", "3.8", "9e8026d49340eb7b5eb8bee25028a4a4b6c4b1c55f9fee72ad3ab964f1dc62d6"),
    ("1.10.2", "3.9", "526de93b57dd65b136bec85d5b4c6fa4455d6d817bb319b54797d29111b9c407"),
    ("1.11.0", "3.9", "67c6d2654c1c203e5c839a47900b51f588fd0de71bbd497fb193d30a0b3ec1e9"),
    ("1.12.0", "3.9", "c7a9b3ea02c30efc1d2662337e280266aca491a8e86be0d8a657f874b7cccd1e"),
    ("1.13.1", "3.9", "c55918281d561edc5a2434b3aa50e827864896ee9e65f3194ea3fda87a1b4281"),
    ("1.14.1", "3.9", "6b113fa0183034743e6477fec928e478a6d94eee8d9a4376c144d20d736cdc45"),
    ("1.15.0", "3.9", "2bf2de9bef64792e5b8080c678023ac7d2b9e05d79a3e17e92cf6a4a624831d2"),
    ("1.16.2", "3.12", "ca12e47965e590b63f31681c8c563c75449a04178f27eac1ff64bad314314fb3"),
    ("1.17.0", "3.12", "4f3fb5cc4e2898ac5312a7dc03a65133dd2abf9a5e520e69afb880a7251ec97a"),
    ("1.18.0", "3.12", "99afac90b4cdb1471432203c3c1f74e16549c526df27056d39f41a9a47cfb4af"),
    ("1.19.1", "3.12", "485d3674d50d789e0ee72fa6f6e174ab81cb14c772d594f992141bd744729d8a"),
    ("1.20.1", "3.12", "9336b6b8e6efcf5c490a845f6afd7e041c89a56199aeda384ed7d58fb953b080"),
    ("1.21.0", "3.12", "a9261bd580fb8548c9c37b3c6750387eb8f21ea43c63880d37b2c622e1684285"),
    ("1.22.0", "3.12", "955e02e1f6d385b53d52f9cd7b9cdf5caf417c300bcfe3c64c6d542be763845b"),
]
PLATFORMS = [
    "manylinux1_x86_64", "manylinux2010_x86_64", "manylinux_2_12_x86_64", "manylinux2014_x86_64",
    "manylinux_2_17_x86_64", "manylinux_2_27_x86_64", "manylinux_2_28_x86_64",
]

# Kind, case, file within the case.
MEMBER = re.compile(
    r"onnx/backend/test/data/(node|simple|pytorch-converted|pytorch-operator)/(\w+)/"
    r"(model\.onnx|data\.json|test_data_set_\d+/(?:in|out)put_\d+\.pb)")


def version(present):
    return f"onnx {WHEELS[0][0]} to {WHEELS[-1][0]}, format {FORMAT}, without the cases of {present}"


def download(release, python, sha256, folder):
    """The wheel of a release."""
    pins = pathlib.Path(folder) / f"onnx-{release}.txt"
    pins.write_text(f"onnx=={release} --hash=sha256:{sha256}\n")
    target = pathlib.Path(folder) / release
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary", ":all:", "--python-version", python, "--require-hashes", "--requirement", str(pins),
        "--dest", str(target)]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    if subprocess.run(command).returncode != 0:
        sys.exit(f"conformance: pip could not download onnx {release}; is PyPI reachable?")
    (wheel,) = target.iterdir()
    return wheel


def cases_of(wheel):
    """Kind, name and files of each case in a wheel. The names come from a pattern, so that none leads elsewhere."""
    members = {}
    with zipfile.ZipFile(wheel) as archive:
        for path in archive.namelist():
            if match := MEMBER.fullmatch(path):
                kind, name, file = match.groups()
                members.setdefault((kind, name), {})[file] = path
        for (kind, name), files in sorted(members.items()):
            if "model.onnx" in files:
                yield kind, name, {file: archive.read(path) for file, path in files.items()}


def write(folder, present):
    """Writes into a folder, release by release, the cases that no earlier one and not the present suite has."""
    known = set(cases.identities(present))
    with tempfile.TemporaryDirectory() as temporary:
        for release, python, sha256 in WHEELS:
            total = new = 0
            for kind, name, files in cases_of(download(release, python, sha256, temporary)):
                total += 1
                data = {file: content for file, content in files.items() if file.endswith(".pb")}
                identity = cases.identity(kind, name, files["model.onnx"], data)
                if identity in known:
                    continue
                known.add(identity)
                new += 1
                for file, content in files.items():
                    target = folder / release / kind / name / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
            print(f"onnx {release}: {total} cases, {new} of them new", file=sys.stderr)
