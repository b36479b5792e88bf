"""A bucket stands in for a folder: the same names, the same views, nothing that leads past them. Against moto's S3 on loopback."""

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.http import FileResponse
from moto.server import ThreadedMotoServer

from cms import documents
from config.environment import stored_in


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def reach():
    """Makes the storage of an address, and ends its connections after the test."""
    made = []

    def make(address):
        made.append(storages.create_storage(stored_in(address)))
        return made[-1]

    yield make
    for one in made:
        one.connection.meta.client.close()


@pytest.fixture
def bucket(server, reach):
    """A storage whose bucket is empty. It is of this module alone: all of moto in a process is one."""
    made = reach(f"s3+http://key:s%2Fecret@{server}/saboq-pictures?region=uz-1")
    made.make()
    made.bucket.objects.all().delete()
    return made


@pytest.mark.parametrize(
    ("address", "endpoint", "keys"),
    [
        ("s3://key:s%2Fecret@s3.example.uz/saboq?region=uz-1", "https://s3.example.uz", ("key", "s/ecret")),
        ("s3+http://storage:8333/saboq?region=uz-1", "http://storage:8333", (None, None)),
    ],
)
def test_an_address_says_it_all(address, endpoint, keys, monkeypatch, reach):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_S3_ACCESS_KEY_ID", "AWS_S3_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    storage = reach(address)

    assert (storage.endpoint_url, storage.bucket_name, storage.region_name) == (endpoint, "saboq", "uz-1")
    assert (storage.access_key, storage.secret_key) == keys


def test_a_file_is_kept_read_and_removed_as_in_a_folder(bucket):
    first = bucket.save("images/rasm.png", ContentFile(b"one"))
    second = bucket.save("images/rasm.png", ContentFile(b"two"))

    assert first == "images/rasm.png" != second
    for name, content in ((first, b"one"), (second, b"two")):
        with bucket.open(name) as file:
            assert file.read() == content
    assert (bucket.size(first), sorted(bucket.listdir("images")[1])) == (3, sorted([first[7:], second[7:]]))
    bucket.delete(first)
    assert (bucket.exists(first), bucket.exists(second)) == (False, True)
    with pytest.raises(FileNotFoundError):
        bucket.open(first)
    bucket.delete(second)


def test_its_address_is_ours_and_nothing_in_it_is_anybodys(bucket, server):
    name = bucket.save("images/oʻquv rasmi.png", ContentFile(b"one"))

    assert bucket.url(name) == "/media/images/o%CA%BBquv%20rasmi.png"
    client = boto3.client("s3", endpoint_url=f"http://{server}", aws_access_key_id="key", aws_secret_access_key="x", region_name="us-east-1")  # fmt: skip
    grants = client.get_object_acl(Bucket="saboq-pictures", Key=name)["Grants"]
    client.close()
    assert [one for one in grants if one["Grantee"].get("URI")] == []
    bucket.delete(name)


def test_a_view_gives_it_whole_and_by_parts(bucket, db):  # an answer that ends closes old connections
    name = bucket.save("documents/film.mp4", ContentFile(bytes(range(200)) * 20_000))

    answer = FileResponse(bucket.open(name))
    assert int(answer.headers["Content-Length"]) == 4_000_000
    assert len(b"".join(answer)) == 4_000_000
    answer.close()
    with bucket.open(name) as file:
        assert b"".join(documents._read(file, 199, 201)) == bytes([199, 0, 1])
    bucket.delete(name)


def test_buckets_are_made_once_by_a_command(server, settings, capsys):
    settings.STORAGES = settings.STORAGES | {
        alias: stored_in(f"s3+http://key:secret@{server}/new-{alias}") for alias in ("default", "private")
    }
    for said in ("made", "is there"):
        call_command("make_buckets")
        assert capsys.readouterr().out.splitlines() == [f"new-default: {said}", f"new-private: {said}"]
    for alias in ("default", "private"):
        storages[alias].connection.meta.client.close()


def test_a_bucket_that_is_not_there_or_does_not_answer_is_told(server, reach):
    for address, fault in ((server, ClientError), ("127.0.0.1:1", BotoCoreError)):
        with pytest.raises(fault):
            reach(f"s3+http://key:secret@{address}/nowhere").reach()
