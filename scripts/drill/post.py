"""A mail server that keeps what it is given: python -m scripts.drill.post PORT FILE, one line of JSON a mail."""

import json
import sys
import threading
import time
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Keep:
    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        told = {
            "at": time.time(),
            "to": envelope.rcpt_tos,
            "subject": str(mail["Subject"]),
            "id": str(mail["Message-ID"]),
        }
        with self.lock, open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        return "250 kept"


if __name__ == "__main__":
    Controller(Keep(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    threading.Event().wait()
