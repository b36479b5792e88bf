"""Is a backup what it was when it was made?"""

import hmac
from pathlib import Path

from . import BackupError, databases, manifest


def check(folder):
    """The Manifest of a backup whose every byte is as it was. Raises BackupError, which names what is altered, missing or too much."""
    folder = Path(folder)
    sums, here = manifest.read_sums(folder), set(manifest.contents(folder))
    faults = [f"{path} is missing" for path in sorted(set(sums) - here)]
    faults += [f"{path} does not belong to it" for path in sorted(here - set(sums))]
    faults += [fault for path in sorted(here & set(sums)) if (fault := _fault_of(folder / path, path, sums[path]))]
    if faults:
        raise BackupError(_told(folder, faults))
    said = manifest.read(folder)
    if fault := _fault_of_dump(folder, said):
        raise BackupError(_told(folder, [fault]))
    return said


def _fault_of(file, path, wanted):
    if file.is_symlink():
        return f"{path} is a link"
    try:
        found = manifest.digest(file)
    except OSError as fault:
        return f"{path} cannot be read ({fault.strerror})"
    return "" if hmac.compare_digest(found, wanted) else f"{path} was altered"


def _fault_of_dump(folder, said):
    kind = databases.KINDS.get(said.database)
    if kind is None or not (folder / kind.dump).exists():
        return f"there is no dump of {said.database}"
    listed = {one["path"] for one in said.files}
    stored = set(manifest.contents(folder)) - {manifest.NAME, kind.dump}
    if listed != stored:
        return f"{min(listed ^ stored)} stands in one of manifest and folder alone"
    if said.database == databases.connection.vendor:  # the other kind's programs may not be here: its sum is right
        if fault := kind().check(folder / kind.dump):
            return f"{kind.dump}: {fault}"
    return ""


def _told(folder, faults):
    more = f", and {len(faults) - 5} more" if len(faults) > 5 else ""
    return f"{folder} is not whole: {', '.join(faults[:5])}{more}"
