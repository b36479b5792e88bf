"""A small identity provider on loopback: OpenID Connect's code flow with PKCE, as a real one answers it. For tests alone."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT, SECRET = "saboq", "a-secret-of-the-client"


class Provider(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.claims = {}  # of whoever signs in there
        self.told_otherwise = {}  # what the second answer says differently
        self.nonsense = None  # (text, status) to answer instead
        self.asked = []  # paths
        self.codes = {}


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_words):
        pass

    def do_GET(self):
        if self.server.nonsense:
            return self.say(*self.server.nonsense)
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.server.asked.append(address.path)
        here = self.server.address
        if address.path == "/.well-known/openid-configuration":
            return self.say({
                "issuer": here, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
                "userinfo_endpoint": f"{here}/userinfo", "jwks_uri": f"{here}/jwks", "response_types_supported": ["code"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"], "code_challenge_methods_supported": ["S256"],
            })  # fmt: skip
        if address.path == "/authorize":
            code = f"code-{len(self.server.codes)}"
            self.server.codes[code] = query
            self.send_response(302)
            self.send_header(
                "Location", f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
            )
            self.end_headers()
            return None
        if address.path == "/userinfo" and self.headers["Authorization"] == "Bearer an-access-token":
            return self.say({"sub": "7", **self.server.claims, **self.server.told_otherwise})
        return self.say({"error": "not here"}, 404)

    def do_POST(self):
        form = {
            name: values[0]
            for name, values in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
        }
        asked = self.server.codes.pop(form.get("code"), None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            .decode()
            .rstrip("=")
        )
        if asked is None or form.get("client_secret") != SECRET or challenge != asked.get("code_challenge"):
            return self.say({"error": "invalid_grant"}, 400)
        now = int(time.time())
        token = {
            "iss": self.server.address,
            "aud": CLIENT,
            "sub": "7",
            "iat": now,
            "exp": now + 60,
            **self.server.claims,
        }
        signed = jwt.encode(token, KEY, algorithm="RS256", headers={"kid": "one"})
        return self.say(
            {"access_token": "an-access-token", "token_type": "Bearer", "id_token": signed, "expires_in": 60}
        )

    def say(self, words, status=200):
        data = words.encode() if isinstance(words, str) else json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def running():
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
