"""Uploads a file with tuspy, and tries again as long as the server is away."""

import json
import sys

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

asked = json.loads(sys.argv[1])


def say(*words):
    print(*words, flush=True)


client = TusClient(asked["url"], headers={"Authorization": "Bearer " + asked["token"]})
storage = asked.get("storage")
uploader = client.uploader(
    asked["file"],
    chunk_size=asked.get("chunk_size") or sys.maxsize,
    metadata={"filename": asked["name"], "filetype": "video/mp4"},
    retries=60,
    retry_delay=1,
    store_url=storage is not None,
    url_storage=FileStorage(storage) if storage else None,
    upload_checksum=asked.get("checksum", False),
)
if uploader.url:
    say("resumed at", uploader.offset)
else:
    uploader.set_url(uploader.create_url())
say("url", uploader.url)
while uploader.offset < uploader.get_file_size():
    uploader.upload_chunk()
    say("offset", uploader.offset)
say("done")
