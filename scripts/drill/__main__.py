"""The fault drill: `make drill`. Faults one after another under a crowd's load; then everything is counted.

python -m scripts.drill [--small] [--write] [WORD ...]    WORD: only faults whose name has it; --write puts the table into docs/drill.md

Everything it needs runs beside it and is its own (stack.py). Ends with 1 where a goal was missed.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from scripts.machine import ROOT, apt, stop

from . import faults, telling
from .stack import NotReady, Stack, answers, lacking, until


@dataclass(frozen=True)
class Size:
    """`seats`: people at a time; `hold`: seconds of a fault; `calm`: seconds before it; `watch`: seconds after it, at least;
    `goal`: seconds in which everything is to be well again."""

    seats: int
    people: int
    capacity: int
    hold: float
    calm: float
    watch: float
    batch: int
    goal: int


FULL = Size(seats=10, people=1200, capacity=5, hold=20, calm=3, watch=10, batch=6, goal=10)
SMALL = Size(seats=5, people=200, capacity=2, hold=2.5, calm=0.5, watch=2.5, batch=2, goal=60)  # beside other tests


class Drill:
    """One run. What faults ask of it: `stack`, `hold()`, `batch`, `finished()`, `certificates()`."""

    def __init__(self, stack, size):
        self.stack, self.size, self.batch = stack, size, size.batch
        self.phases, self.lines, self.read = [], [], 0

    def prepare(self, number):
        run = self._run
        run("scripts.drill.world", self.size.people, number, self.size.capacity)
        (self.stack.place / "phase").write_text("0")

    def begin(self):
        stack = self.stack
        until(lambda: answers(stack.ports["rabbit"]), 120, "RabbitMQ")
        for start in (stack.start_web, stack.start_worker, stack.start_sweep):
            start()
        until(lambda: answers(stack.ports["web"]), 60, "the web server")
        stack.start("crowd", sys.executable, "-m", "scripts.drill.crowd", stack.web_line.port, self.size.seats,
                    environ=stack.environ, cwd=ROOT)  # fmt: skip
        until(lambda: self.finished() >= 1, 120, "the first of the crowd")

    def _run(self, module, *arguments, environ=None):
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env=environ or self.stack.environ, capture_output=True, text=True)
        if done.returncode:
            raise NotReady(f"{module}: {done.stderr[-3000:]}")

    def make_keys(self):
        """A month old, as keys are: of a clock before their beginning nothing is sealed."""
        self.stack.set_clock(-30 * 24 * 3600)
        command = [sys.executable, "manage.py", "make_signing_keys"]
        subprocess.run(command, cwd=ROOT, env=self.stack.with_clock(), check=True, capture_output=True)
        self.stack.set_clock(0)

    # --- What faults ask ---------------------------------------------------------------------------------------------------

    def hold(self):
        time.sleep(self.size.hold)

    def ledger(self):
        """Its lines, as far as they are written."""
        path = self.stack.place / "ledger.jsonl"
        if path.exists():
            with path.open(encoding="utf-8") as file:
                file.seek(self.read)
                text = file.read()
            whole = text[: text.rfind("\n") + 1]
            self.read += len(whole.encode())
            self.lines += [json.loads(line) for line in whole.splitlines()]
        return self.lines

    def finished(self):
        """How many have handed in the last that counts."""
        return sum(line["what"] == "handed in" for line in self.ledger())

    def stored(self):
        """The people whose certificate is there with its file."""
        import psycopg

        asked = (
            "SELECT e.learner_id FROM certification_certificateversion v JOIN certification_certificate c ON c.id = v.certificate_id "
            "JOIN courses_enrolment e ON e.id = c.enrolment_id WHERE v.sha256 <> ''"
        )
        try:
            with psycopg.connect(
                host="127.0.0.1", port=self.stack.ports["postgres"], user="saboq", dbname="saboq"
            ) as link:
                return {row[0] for row in link.execute(asked)}
        except psycopg.OperationalError:
            return set()

    def certificates(self):
        return len(self.stored())

    # --- A fault -----------------------------------------------------------------------------------------------------------

    def meet(self, name, fault):
        (self.stack.place / "phase").write_text(str(len(self.phases)))
        phase = {"name": name, "from": time.time()}
        self.phases.append(phase)
        time.sleep(self.size.calm)
        phase["begins"] = time.time()
        phase["lifted"] = fault(self)
        phase["certificates"] = self._await_certificates(phase["lifted"])
        time.sleep(max(0, phase["lifted"] + self.size.watch - time.time()))
        phase["pages"] = self._recovered(phase["lifted"])
        print(telling.one(phase, self.ledger()), flush=True)

    def _await_certificates(self, lifted, most=150):
        """Seconds from the fault's end until everybody who had finished by then has a certificate."""
        owed = {line["person"] for line in self.ledger() if line["what"] == "handed in" and line["at"] <= lifted}
        while not owed <= self.stored():
            if time.time() > lifted + most:
                return None
            time.sleep(0.2)
        return time.time() - lifted

    def _recovered(self, lifted):
        """Seconds from the fault's end to the end of the last request that went wrong."""
        wrong = [line["at"] for line in self.ledger() if line["what"] == "request" and telling.is_wrong(line)]
        return max([0.0, *(at - lifted for at in wrong if at > lifted)])

    def end(self):
        """Those who are there come to their end, and all that is due is done; then everything is counted."""
        crowd = self.stack.children["crowd"]
        crowd.terminate()
        until(lambda: crowd.poll() is not None, 180, "the end of the crowd")
        self._await_certificates(time.time())
        time.sleep(6)  # a round of the sweep: the mails
        (self.stack.place / "phases.json").write_text(json.dumps(self.phases))
        self._run("scripts.drill.counting")
        return json.loads((self.stack.place / "counts.json").read_text())


def run(size, words=()):
    """Run the drill; returns (phases, counts, ledger). Raises NotReady, or what else went wrong; nothing is left running."""
    chosen = {name: fault for name, fault in faults.ALL.items() if not words or any(word in name for word in words)}
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    with Stack(tempfile.mkdtemp(prefix="saboq-drill-")) as stack:
        drill = Drill(stack, size)
        try:
            drill.make_keys()
            drill.prepare(len(chosen))
            drill.begin()
            for name, fault in chosen.items():
                drill.meet(name, fault)
            return drill.phases, drill.end(), drill.ledger()
        except BaseException:
            _keep_logs(stack)
            raise
        finally:
            if os.environ.get("DRILL_LOGS"):
                _keep_logs(stack)


def _keep_logs(stack):
    kept = ROOT / "var" / "drill-logs"
    kept.mkdir(parents=True, exist_ok=True)
    for path in [*stack.log.glob("*.log"), *stack.place.glob("*.json*")]:
        (kept / path.name).write_bytes(path.read_bytes())
    print(f"logs of its processes: {kept.relative_to(ROOT)}", file=sys.stderr)


def main(arguments):
    if missing := lacking():
        stop(f"The drill needs what this machine lacks: {apt(*missing)}")
    size = SMALL if "--small" in arguments else FULL
    began = time.monotonic()
    try:
        phases, counts, ledger = run(size, [word for word in arguments if not word.startswith("--")])
    except NotReady as fault:
        stop(f"The drill could not be run: {fault}")
    rows = telling.rows(phases, counts, ledger)
    print(told := telling.table(rows, counts, ledger, size, time.monotonic() - began))
    if "--write" in arguments:
        telling.write(ROOT / "docs" / "drill.md", told)
    if missed := telling.missed(rows, counts, size.goal):
        print("\nGoals missed:\n" + "\n".join(f"    {line}" for line in missed))
        return 1
    print("\nEvery goal is met.")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ.get("ARGS", "").split() + sys.argv[1:]))
