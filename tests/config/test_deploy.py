"""What stands in deploy/: linted by `make check`; here, what it says fits the platform, and nginx does what its file says."""

import os
import re
import shutil
import socket
import ssl
import string
import subprocess
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from scripts.machine import ROOT, program
from tests.conftest import lacking
from tests.docs.test_docs import rows

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("prepare", "backup", "web", "worker", "beat")


def names(file):
    return dict(line.split("=", 1) for line in (DEPLOY / file).read_text().splitlines() if re.match(r"[A-Z]", line))


def test_every_name_of_the_example_is_a_setting():
    known = rows("Read now") | rows("Names of commands and servers, not of the settings")

    assert set(names("saboq.env.example")) - known == set()


def test_the_example_is_all_that_production_asks_for_once_it_is_filled_in(tmp_path):
    """Started with it, in a process of its own; the database is not asked."""
    from tests.config.test_production import start

    told = {name: value for name, value in names("saboq.env.example").items() if value}
    told |= {"SECRET_KEY": string.ascii_letters, "METRICS_TOKEN": "x" * 20}

    done = start("-c", "import django; django.setup()", **told)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_services_are_those_of_a_whole_platform():
    assert set(SERVICES) == {*OURS, "proxy", "postgres", "redis", "rabbitmq", "storage"}


def test_images_are_pinned_to_a_patch_version():
    foreign = [service["image"] for service in SERVICES.values() if "saboq" not in service["image"]]
    foreign += re.findall(r"^FROM (\S+:\S+)", (DEPLOY / "Dockerfile").read_text(), re.M)

    assert len(foreign) == 6
    assert [image for image in foreign if not re.search(r":\d+\.\d+(\.\d+)?(-|$)", image)] == []


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_nothing(name):
    service = SERVICES[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "environment" not in service
    assert "ports" not in service


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "front" in service["networks"]} == {"proxy", "web", "worker"}


def test_every_service_that_stays_says_how_it_is():
    assert [name for name, one in SERVICES.items() if name not in ("web", "prepare") and "healthcheck" not in one] == []
    assert "HEALTHCHECK" in (DEPLOY / "Dockerfile").read_text()  # web


def test_the_image_runs_as_nobody_and_holds_every_package_against_its_hash():
    text = (DEPLOY / "Dockerfile").read_text()

    assert re.findall(r"^USER (\S+)", text, re.M) == ["10001:10001"]
    assert "--require-hashes" in text


def test_the_image_takes_in_all_rooms_and_none_of_what_is_private():
    taken = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.M))

    assert taken >= {
        "accounts",
        "courses",
        "seminars",
        "certification",
        "reports",
        "cms",
        "config",
        "scripts",
        "templates",
        "locale",
    }
    assert taken & {".env", "var", "tests", ".git", "deploy"} == set()
    assert [name for name in taken if not (ROOT / name).exists()] == []


# --- systemd --------------------------------------------------------------------------------------------------------------


def test_systemd_has_no_word_to_say_of_the_units(tmp_path):
    analyze = program("systemd-analyze") or lacking("systemd-analyze")
    for unit in (DEPLOY / "systemd").iterdir():
        text = re.sub(r"/srv/saboq/\.venv/bin/\w+", "/bin/true", unit.read_text())
        (tmp_path / unit.name).write_text(text)

    done = subprocess.run([analyze, "verify", *map(str, tmp_path.iterdir())], capture_output=True, text=True)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_commands_of_the_units_are_those_of_the_platform():
    from django.core.management import get_commands

    said = [re.search(r"ExecStart=(.*)", unit.read_text())[1] for unit in (DEPLOY / "systemd").glob("*.service")]
    managed = [re.search(r"manage\.py (\w+)", line)[1] for line in said if "manage.py" in line]

    assert len(said) == 4
    assert set(managed) - set(get_commands()) <= {"backup"}


def test_backups_go_where_the_example_says_and_may_be_written_there():
    folder = names("saboq.env.example")["BACKUP_DIR"]
    unit = (DEPLOY / "systemd" / "saboq-backup.service").read_text()

    assert folder in re.search(r"^ReadWritePaths=(.*)", unit, re.M)[1].replace("-/", "/").split()
    mounted = {name: [volume.rpartition("}:")[2] for volume in SERVICES[name]["volumes"]] for name in ("backup", "web")}
    assert folder in mounted["backup"]
    assert f"{folder}:ro" in mounted["web"]  # /metrics tells how old the newest is


# --- The proxy ------------------------------------------------------------------------------------------------------------


class Behind(BaseHTTPRequestHandler):
    """Answers with the headers that it was given."""

    asked = []

    def do_GET(self):
        if length := int(self.headers.get("Content-Length", 0)):
            self.rfile.read(length)
        self.asked.append((self.path, dict(self.headers)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET

    def log_message(self, *args):
        pass


def certificate(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "saboq.example.uz")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    )
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))  # fmt: skip


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    with serving(tmp_path_factory) as served:
        yield served


@contextmanager
def serving(tmp_path_factory, changed=lambda text: text):
    """nginx with deploy's file on loopback, in front of `Behind`: (plain port, TLS port, its folder)."""
    nginx = program("nginx", "/usr/sbin/nginx") or lacking("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    certificate(folder)
    behind = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    plain, tls = free_port(), free_port()
    own = changed((DEPLOY / "nginx" / "saboq.conf").read_text())
    for said, here in (
        ("web:8000", f"127.0.0.1:{behind.server_port}"), ("listen 8080", f"listen 127.0.0.1:{plain}"),
        ("listen 8443", f"listen 127.0.0.1:{tls}"), ("/etc/nginx/tls", str(folder)), ("/tmp/saboq-pictures", f"{folder}/pictures"),
        ("/dev/stdout", f"{folder}/access.log"),
    ):  # fmt: skip
        assert said in own
        own = own.replace(said, here)
    own = re.sub(r".*listen \[::\].*\n", "", own)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} pid {folder}/pid; error_log stderr; daemon off; events {{}} http {{ {places} {own} }}"
    )
    child = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE)
    ends = time.monotonic() + 60
    while not accepts(tls):
        assert child.poll() is None, child.stderr.read().decode()
        assert time.monotonic() < ends
        time.sleep(0.05)
    try:
        yield plain, tls, folder
    finally:
        child.terminate()
        child.wait()
        child.stderr.close()
        behind.shutdown()
        behind.server_close()
        shutil.rmtree(folder)


def accepts(port):
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def ask(proxy, path, method="GET", **options):
    context = ssl.create_default_context(cafile=proxy[2] / "fullchain.pem")
    context.check_hostname = False
    link = HTTPSConnection("127.0.0.1", proxy[1], context=context, timeout=60)
    link.request(method, path, **options)
    answer = link.getresponse()
    told = answer.status, answer.read()
    link.close()
    return told


def test_the_proxy_says_who_asks_and_believes_nobody(proxy):
    given = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Request-ID": "of-a-stranger",
        "Host": "saboq.example.uz",
    }
    assert ask(proxy, "/uz/", headers=given) == (200, b"ok")

    path, told = Behind.asked[-1]
    assert path == "/uz/"
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"], told["Host"]) == (
        "127.0.0.1",
        "https",
        "saboq.example.uz",
    )
    assert re.fullmatch("[0-9a-f]{32}", told["X-Request-ID"])


def test_behind_a_balancer_it_hands_on_the_senders_address_and_no_other(tmp_path_factory):
    """One address, so that TRUSTED_PROXY_COUNT stays 1; what the sender wrote itself is not believed."""

    def behind_a_balancer(text):
        return re.sub(
            r"^#(set_real_ip_from) \S+;", r"\1 127.0.0.1;", re.sub(r"^#(real_ip_)", r"\1", text, flags=re.M), flags=re.M
        )

    with serving(tmp_path_factory, behind_a_balancer) as proxy:
        assert ask(proxy, "/uz/", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}) == (200, b"ok")

    assert Behind.asked[-1][1]["X-Forwarded-For"] == "203.0.113.9"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_nobody_outside_asks_what_the_monitoring_asks(proxy, path):
    assert ask(proxy, path)[0] == 404


def test_what_is_too_large_is_refused_before_it_comes(proxy):
    before = len(Behind.asked)
    assert ask(proxy, "/x/", "POST", headers={"Content-Length": str(106 * 1024 * 1024)})[0] == 413
    assert len(Behind.asked) == before


def test_files_named_by_content_are_asked_for_once_and_pages_each_time(proxy):
    before = len(Behind.asked)
    for path in ("/static/site.css", "/static/site.css", "/uz/", "/uz/"):
        ask(proxy, path)

    assert [path for path, _ in Behind.asked[before:]] == ["/static/site.css", "/uz/", "/uz/"]


def test_its_log_keeps_no_address_and_no_query(proxy):
    ask(proxy, "/hr/people/?q=Karimova")

    line = (proxy[2] / "access.log").read_text().splitlines()[-1]
    assert '"method":"GET","status":200' in line
    assert not {"Karimova", "127.0.0.1", "people"} & set(re.findall(r"[\w.]+", line))


def test_plain_http_leads_to_tls(proxy):
    import http.client

    link = http.client.HTTPConnection("127.0.0.1", proxy[0], timeout=60)
    link.request("GET", "/uz/?a=1", headers={"Host": "saboq.example.uz"})
    answer = link.getresponse()
    link.close()

    assert (answer.status, answer.headers["Location"]) == (301, "https://saboq.example.uz/uz/?a=1")
