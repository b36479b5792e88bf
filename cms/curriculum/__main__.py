"""`python -m cms.curriculum check FOLDER` says what is wrong, `… fix FOLDER` puts the quotes that YAML needs."""

import argparse
import sys
from pathlib import Path

from cms.curriculum.mending import mended
from cms.curriculum.problems import ERROR
from cms.curriculum.reading import check


def main(arguments=None):
    """Run one command; gives the exit code: 1 when there is an error."""
    parser = argparse.ArgumentParser(prog="python -m cms.curriculum", description=__doc__)
    parser.add_argument("command", choices=["check", "fix"])
    parser.add_argument("folder", type=Path, help="the curriculum, or any folder in it")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        print(f"{options.folder}: there is no such folder", file=sys.stderr)
        return 1
    return say_problems(options.folder) if options.command == "check" else fix(options.folder)


def say_problems(folder):
    """Print what is wrong in the folder. The rest is read too, because ids must be unique in a course."""
    root = root_of(folder)
    inside = folder.resolve().relative_to(root).as_posix()
    problems = [problem for problem in check(root) if is_below(problem.path, inside)]
    for problem in problems:
        print(problem if problem.severity == ERROR else f"{problem} (warning)")
    errors = sum(problem.severity == ERROR for problem in problems)
    print(f"{errors} errors, {len(problems) - errors} warnings")
    return 1 if errors else 0


def root_of(folder):
    """The curriculum's root: the folder itself, or the one above it whose folders have a course.yaml."""
    for candidate in (folder.resolve(), *folder.resolve().parents):
        if any(candidate.glob("*/course.yaml")):
            return candidate
    return folder.resolve()


def is_below(path, folder):
    return folder == "." or path == folder or path.startswith(f"{folder}/")


def fix(folder):
    """Put quotes into all YAML files below the folder, and say which files changed."""
    changed = 0
    for path in sorted(folder.rglob("*.yaml")):
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            print(f"{path}: not UTF-8: save the file as UTF-8", file=sys.stderr)
            continue
        if mended(text) != text:
            path.write_bytes(mended(text).encode("utf-8"))
            print(f"{path}: quotes added")
            changed += 1
    print(f"{changed} files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
