"""Files in buckets go into a backup and come out of it as those in folders do; what lies in the one comes back in the other."""

import hashlib
import os
import subprocess
import sys

import boto3
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from moto.server import ThreadedMotoServer

from cms.backups import BackupError, manifest
from cms.backups.buckets import Bucket
from config.s3 import S3
from tests.cms.backups.conftest import once

BUCKETS = {"MEDIA_STORAGE_URL": "saboq-media", "PRIVATE_STORAGE_URL": "saboq-private"}
pytestmark = once


@pytest.fixture(scope="module")
def s3():
    """host:port of an S3 server with two buckets"""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    there = "{}:{}".format(*server.get_host_and_port())
    client = boto3.client("s3", region_name="us-east-1", **access(there))
    for name in BUCKETS.values():
        client.create_bucket(Bucket=name)
    client.close()
    yield there
    server.stop()


def access(there):
    return {"endpoint_url": f"http://{there}", "aws_access_key_id": "key", "aws_secret_access_key": "secret"}


def bucket(there, name):
    told = access(there)
    return Bucket(
        S3(
            bucket_name=name, region_name="us-east-1", endpoint_url=told["endpoint_url"], access_key=told["aws_access_key_id"],
            secret_key=told["aws_secret_access_key"],
        )
    )  # fmt: skip


def run(there, *command):
    """One of the platform's commands, its files in the buckets."""
    told = {name: f"s3+http://key:secret@{there}/{one}" for name, one in BUCKETS.items()}
    command = [sys.executable, "manage.py", *map(str, command)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ | told, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_a_backup_of_folders_is_restored_into_buckets_and_these_are_backed_up(backup, empty, s3, tmp_path):
    said = manifest.read(backup)

    with empty():
        code, told = run(s3, "restore", backup)
        assert code == 0, told
        assert f"files         ok     {len(said.files)}, each as it was" in told
        assert "certificates  ok     1 files, byte for byte as they were issued" in told
        assert sorted(f"media/{name}" for name, _size in bucket(s3, "saboq-media").walk()) == [
            one["path"] for one in said.files if one["path"].startswith("media/")
        ]

        code, told = run(s3, "backup", "--to", backup.parent)
        assert code == 0, told
        assert f"{len(said.files)} are those of the backup before" in told

    second = manifest.read(max(backup.parent.glob("saboq-*")))
    assert second.files == said.files
    assert second.missing == []
    assert os.path.samefile(backup / said.files[0]["path"], max(backup.parent.glob("saboq-*")) / said.files[0]["path"])


@pytest.fixture
def media(s3, request):
    """An empty bucket of its own."""
    one = bucket(s3, f"saboq-{request.node.name.replace('_', '-')[-40:].strip('-')}")
    one.storage.make()
    return one


def test_what_is_rotten_in_the_backup_before_is_fetched_anew(media, tmp_path):
    media.storage.save("images/a.png", ContentFile(b"picture"))
    (tmp_path / "before").write_bytes(b"rotten!")

    assert media.take("images/a.png", tmp_path / "now", tmp_path / "before") == (7, sum_of(b"picture"), False)
    assert media.take("images/a.png", tmp_path / "later", tmp_path / "now") == (7, sum_of(b"picture"), True)
    assert (tmp_path / "later").read_bytes() == b"picture"


def test_an_object_that_is_gone_or_that_no_folder_can_hold(media, tmp_path):
    with pytest.raises(FileNotFoundError):
        media.take("images/a.png", tmp_path / "now")

    media.storage.bucket.put_object(Key="a/../../b", Body=b"x")
    with pytest.raises(BackupError, match="no folder can hold"):
        list(media.walk())


def test_a_bucket_that_is_not_there_or_does_not_answer_is_said_so(s3):
    with pytest.raises(BackupError, match=r"the bucket saboq-none refuses: .*NoSuchBucket"):
        list(bucket(s3, "saboq-none").walk())
    with pytest.raises(BackupError, match="the bucket saboq-media does not answer"):
        list(bucket("127.0.0.1:1", "saboq-media").walk())


def test_nothing_is_written_over(media, tmp_path):
    media.storage.save("a.txt", ContentFile(b"one"))
    (tmp_path / "a").write_bytes(b"two")

    with pytest.raises(BackupError, match=r"has a\.txt already"):
        media.give(tmp_path / "a", "a.txt")
    assert [name for name, _size in media.walk()] == ["a.txt"]


def sum_of(words):
    return hashlib.sha256(words).hexdigest()
