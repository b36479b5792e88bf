"""Sums that must be right in an assignment (points) and in a seminar (minutes)."""

from cms.curriculum.problems import did_you_mean
from cms.curriculum.yamlfiles import List, Map

ALL_POINTS = 100


def check_assignment(assignment, notes):
    """The criteria give 100 points together, the best level of a criterion gives all of its points."""
    criteria = maps_in(assignment, "rubric")
    points = [criterion.get("points") for criterion in criteria]
    if criteria and all(isinstance(point, int) for point in points) and sum(points) != ALL_POINTS:
        notes.error(assignment.lines["rubric"], f"points add up to {sum(points)}, not {ALL_POINTS}")
    names = set()
    for criterion in criteria:
        name = criterion.get("id")
        if name in names:
            notes.error(criterion.line, f"duplicate id {name} in the rubric")
        names.add(name)
        check_levels(criterion, notes)


def check_levels(criterion, notes):
    points = [level.get("points") for level in maps_in(criterion, "levels")]
    if not points or not all(isinstance(point, int) for point in points):
        return
    line = criterion.lines["levels"]
    if points != sorted(set(points), reverse=True):
        notes.error(line, f"{criterion.get('id')}: levels go down from the best, no two with the same points")
    elif isinstance(criterion.get("points"), int) and points[0] != criterion["points"]:
        notes.error(
            line, f"{criterion.get('id')}: the best level must give {criterion['points']} points, not {points[0]}"
        )


def check_seminar(seminar, notes):
    """The parts of the plan take as long as the seminar; the group is not smaller at most than at least."""
    parts = [part.get("minutes") for part in maps_in(seminar, "plan")]
    total = seminar.get("minutes")
    if parts and isinstance(total, int) and all(isinstance(part, int) for part in parts) and sum(parts) != total:
        notes.error(seminar.lines["plan"], f"the plan adds up to {sum(parts)}, not {total}")
    group = seminar.get("group")
    least, most = (group.get("from"), group.get("to")) if isinstance(group, Map) else (None, None)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        notes.error(seminar.lines["group"], f"the group is from {least} to {most}: the other way round?")


def check_files(task, tables, notes):
    """Every file that an assignment or seminar names must be in files/."""
    names = task.get("files")
    if not isinstance(names, List):
        return
    for name, line in zip(names, names.lines, strict=True):
        if name not in tables:
            notes.error(line, f"no file files/{name}.yaml{did_you_mean(name, tables)}")


def maps_in(value, key):
    """Give the mappings in a list of a mapping; nothing when it is no list."""
    items = value.get(key)
    return [item for item in items if isinstance(item, Map)] if isinstance(items, List) else []
