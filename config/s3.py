"""Files in an S3-compatible bucket (MEDIA_STORAGE_URL, PRIVATE_STORAGE_URL), which nobody but this platform can read.

Every file goes through a view of ours, which asks who may have it; no signed address leads past it and none can be passed on.
Pictures of lessons too: their addresses stay those of one machine, `/media/…`, and a proxy may keep them.
"""

from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

IN_MEMORY = 2 * 1024 * 1024  # bytes of a file that is being read; what is longer goes to the disk meanwhile


class S3(S3Storage):
    def get_default_settings(self):
        return super().get_default_settings() | {
            "file_overwrite": False,  # a second rasm.png gets another name, as in a folder
            "querystring_auth": False,
            "max_memory_size": IN_MEMORY,
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},  # a server of one's own has one name, not one a bucket
                request_checksum_calculation="when_required",  # other servers than Amazon's do not know the newer sums
                response_checksum_validation="when_required",
                connect_timeout=3,
                read_timeout=15,
                retries={"mode": "standard", "total_max_attempts": 3},
                proxies={},
            ),
        }

    def url(self, name, *args, **kwargs):
        return settings.MEDIA_URL + filepath_to_uri(name).lstrip("/")

    def reach(self):
        """Raises botocore's errors where the bucket does not answer."""
        self.connection.meta.client.head_bucket(Bucket=self.bucket_name)

    def make(self):
        """Make the bucket where it is not there; what it holds is private. Returns whether it was made."""
        client = self.connection.meta.client
        try:
            client.head_bucket(Bucket=self.bucket_name)
        except ClientError as fault:
            if fault.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            elsewhere = self.region_name != "us-east-1"  # S3's own, which must not be named
            place = {"CreateBucketConfiguration": {"LocationConstraint": self.region_name}} if elsewhere else {}
            client.create_bucket(Bucket=self.bucket_name, **place)
            return True
        return False
