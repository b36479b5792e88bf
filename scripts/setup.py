"""Make .venv as the lock files say, or do nothing when it is so already. Standard library only: .venv does not exist yet.

    python3 scripts/setup.py run    what Saboq runs on (requirements.txt)
    python3 scripts/setup.py dev    and what checking and testing need (requirements-dev.txt holds both)

`.venv/installed-run` and `installed-dev` hold the hash of what was installed; `.venv/unfinished` stands while it is made.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
LOCKS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
SHIPS = {"run": ["run"], "dev": ["run", "dev"]}  # whoever has the second has the first


def main(kind):
    if is_sound() and stamp(kind).exists() and stamp(kind).read_text() == wanted(kind):
        return
    if not is_sound():
        make()
    install(kind)


def stamp(kind):
    return VENV / f"installed-{kind}"


def wanted(kind):
    return hashlib.sha256((ROOT / LOCKS[kind]).read_bytes()).hexdigest()


def is_sound():
    """Whether .venv was made to the end, and by the Python that it still finds."""
    if UNFINISHED.exists() or not os.access(PYTHON, os.X_OK) or not (VENV / "pyvenv.cfg").is_file():
        return False
    asked = subprocess.run(
        [PYTHON, "-c", "import sys; print(*sys.version_info[:3], sep='.')"], capture_output=True, text=True
    )
    made = [
        line.split("=")[1].strip()
        for line in (VENV / "pyvenv.cfg").read_text().splitlines()
        if line.startswith("version ")
    ]
    return asked.returncode == 0 and bool(made) and made[0].split(".")[:2] == asked.stdout.strip().split(".")[:2]


def make():
    """A new .venv in the place of what is there."""
    try:
        import ensurepip  # noqa: F401  on Debian it comes with python3-venv; without it `venv` leaves half an environment
        import venv  # noqa: F401
    except ImportError:
        version = "{}.{}".format(*sys.version_info)
        package = "python3-venv" if os.path.basename(sys.executable) == "python3" else f"python{version}-venv"
        sys.exit(f"Python's venv is not here: {'' if os.geteuid() == 0 else 'sudo '}apt-get install {package}")
    say(f"Making .venv with Python {sys.version.split()[0]}")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    if made.returncode:
        sys.exit(f".venv could not be made: {last_words(made)}")
    UNFINISHED.touch()


def install(kind):
    for old in LOCKS:
        stamp(old).unlink(missing_ok=True)
    say(f"Installing what {LOCKS[kind]} names (about half a minute)")
    quick = [
        "--no-deps",
        "--only-binary",
        ":all:",
        "--no-compile",
        "--no-input",
        "--disable-pip-version-check",
        "--quiet",
    ]
    pip = [PYTHON, "-m", "pip", "install", *quick, "--require-hashes", "-r", LOCKS[kind]]
    done = subprocess.run(pip, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"pip could not install {LOCKS[kind]} (is the package index reached?): {last_words(done)}")
    # Both cores at once, which pip's own compiling is not; a file that does not compile is a template of some package.
    subprocess.run(
        [PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for shipped in SHIPS[kind]:
        if shipped == kind or same_versions(shipped, kind):
            stamp(shipped).write_text(wanted(shipped))
    UNFINISHED.unlink(missing_ok=True)


def same_versions(small, large):
    """Whether the larger lock file holds every version of the smaller one."""
    small, large = (
        {line.split(" ")[0] for line in (ROOT / LOCKS[kind]).read_text().splitlines() if "==" in line}
        for kind in (small, large)
    )
    return small <= large


def last_words(process):
    lines = [line for line in (process.stderr or process.stdout or "").splitlines() if line.strip()]
    return next(
        (line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else "no reason given"
    )


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on where this ended")
