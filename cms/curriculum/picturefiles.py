"""Pictures that questions show: files of pictures/ beside quiz.yaml. What they are is read from their bytes, not from their names."""

from cms.curriculum.problems import did_you_mean
from cms.curriculum.yamlfiles import List, Map

FOLDER = "pictures"
MOST_BYTES = 2 * 1024 * 1024
BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def pictures_of(question):
    """The pictures of a question and of its options, as far as they are mappings."""
    options = question.get("options")
    parts = [question, *(options if isinstance(options, List | list) else [])]
    return [part["picture"] for part in parts if isinstance(part, dict) and isinstance(part.get("picture"), dict)]


def check_pictures(question, owner, folder, notes):
    """Is each file there, and a picture? `owner` is how the question is called."""
    for picture in pictures_of(question):
        name = picture.get("file")
        if not isinstance(name, str) or not isinstance(picture, Map):
            continue
        line, path = picture.lines["file"], folder / name
        if path.parent != folder or not path.is_file():
            there = [one.name for one in folder.iterdir()] if folder.is_dir() else []
            notes.error(line, f"{owner}: no file {FOLDER}/{name}{did_you_mean(name, there)}")
        elif not is_picture(path):
            notes.error(line, f"{owner}: {FOLDER}/{name} is no PNG, JPEG, WebP or GIF")
        elif path.stat().st_size > MOST_BYTES:
            notes.error(line, f"{owner}: {FOLDER}/{name} is larger than 2 MB")


def is_picture(path):
    with path.open("rb") as file:
        head = file.read(12)
    return head.startswith(BEGINNINGS) or (head[:4] == b"RIFF" and head[8:] == b"WEBP")
