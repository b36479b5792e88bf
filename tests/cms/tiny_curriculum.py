"""A tiny valid course in uz, ru and en, for tests that break one thing in it, and what the checker then says."""

from datetime import date

from cms.curriculum.reading import check

LESSON_PATH = "sec/1-accounts/1-passwords"
TODAY = date(2026, 12, 1)

WORDS = {
    "uz": {
        "one": "Uzunlik bezakdan kuchli",
        "two": "Bugun boshlaymiz",
        "text": "Parol uzun va alohida.",
        "do": "Yozing.",
        "why": "Toʻgʻri, maʼnosi shu.",
    },
    "ru": {
        "one": "Длина сильнее украшений",
        "two": "Начнём сегодня",
        "text": "Пароль длинный и свой.",
        "do": "Пишите.",
        "why": "Верно, смысл в этом и есть.",
    },
    "en": {
        "one": "Length beats decoration",
        "two": "Start today",
        "text": "A password that’s long.",
        "do": "Write.",
        "why": "Right, that’s what it means.",
    },
}
LESSON = """\
---
title: {one}: 5 000
outcome: {two}.
minutes: 10
checked: 2026-11-22
check_again: 2027-05-22
---

::: situation {two}
{scene}
:::

## {one}

{filler}

::: figure lock
{text}
:::

::: table {one}
| {do} | {two} |
| --- | ---: |
| **{do}** | 5 000 |

{text}
:::

## {two}

::: steps {two}
1. **{do}** {why}
2. **{do}** {why}
:::

::: callout tip {two}
{text}
:::

::: checklist {two}
- [ ] {why}
:::

::: download register
{text}
:::

::: selfcheck {two}
1. {text}
   - [ ] {do}
     > {why}
   - [x] {two}
     > {why}
2. {text}
   - [x] {do}
     > {why}
   - [ ] {two}
     > {why}
3. {text}
   - [ ] {do}
     > {why}
   - [x] {two}
     > {why}
:::

::: terms
- password: {why}
:::

::: deeper
- [NIST](https://pages.nist.gov/): {two}.
:::

::: sources
- {why}
:::
"""
DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 100" role="img" aria-labelledby="lock-title lock-desc">
<title id="lock-title"></title>
<desc id="lock-desc"></desc>
<rect class="ink" x="10" y="10" width="100" height="40" fill="#1d2733"/>
<text class="paper" id="state" x="20" y="35" font-size="15" fill="#ffffff"></text>
</svg>
"""
DRAWING_WORDS = """\
lock-title: {uz: Qulf, ru: Замок, en: Lock}
lock-desc: {uz: Yopiq qulf, ru: Закрытый замок, en: A closed lock}
state: {uz: yopiq, ru: закрыт, en: closed}
"""
COURSE = """\
code: SEC
title: {uz: Himoya, ru: Защита, en: Security}
outcome: {uz: Himoya qilasiz, ru: Вы защищаете, en: You protect}
modules: [1-accounts]
final_test: {draw_per_module: 2, pass_mark: 70, hours: 1}
"""
MODULE = """\
code: SEC-1
title: {uz: Hisoblar, ru: Учётные записи, en: Accounts}
outcome: {uz: Saqlaysiz, ru: Вы храните, en: You keep}
hours: {lessons: 1, quiz: 0.5, assignment: 1.5, seminar: 2}
roles: [all, web_analyst]
digcomp: {4.1: intermediate}
lessons: [1-passwords]
checked: 2026-11-22
check_again: 2027-05-22
to_check: ["1-passwords: a fact (k)"]
"""
QUIZ = """\
pool: SEC-1
draw: 3
pass_mark: 70
attempts: 3
wait_hours: 24
questions:
- id: q01
  kind: single
  lesson: 1
  level: basic
  text: {uz: Qaysi biri?, ru: Какой?, en: Which?}
  options:
  - {uz: "uzun parol", ru: "длинный пароль", en: "long password", why: &why {uz: Chunki, ru: Потому, en: Because}}
  - {uz: "qisqa", ru: "короткий", en: "short", right: true, why: *why}
  feedback: &feedback
    uz: Uzun 5 000
    ru: Длина 5 000
    en: Length 5,000
- id: q02
  kind: multiple
  lesson: 1
  level: basic
  text: {uz: Qaysilari?, ru: Какие?, en: Which ones?}
  options:
  - {uz: a, ru: а, en: a, right: true, why: *why}
  - {uz: b, ru: б, en: b, right: true, why: *why}
  - {uz: d, ru: в, en: c, why: *why}
  feedback: *feedback
- {id: q03, kind: true_false, lesson: 1, level: basic, text: *feedback, answer: true, feedback: *feedback}
- {id: q04, kind: numerical, lesson: 1, level: basic, text: *feedback, answer: 5, tolerance: 0.5, feedback: *feedback}
- id: q05
  kind: ordering
  lesson: 1
  level: intermediate
  text: *feedback
  steps: [{uz: bir, ru: один, en: one}, {uz: ikki, ru: два, en: two}]
  feedback: *feedback
- id: q06
  kind: matching
  lesson: 1
  level: basic
  text: *feedback
  pairs:
  - {left: {uz: bir, ru: один, en: one}, right: {uz: "1", ru: "1", en: "1"}}
  - {left: {uz: ikki, ru: два, en: two}, right: {uz: "2", ru: "2", en: "2"}}
  feedback: *feedback
- id: q07
  kind: short_answer
  lesson: 1
  level: basic
  text: *feedback
  accept: {all: [Win+L, 1441]}
  feedback: *feedback
"""
ASSIGNMENT = """\
id: a01
title: &text {uz: Reyestr, ru: Реестр, en: Register}
minutes: 70
pass_points: 70
files: [register]
purpose: *text
steps: [*text]
hand_in: *text
rubric:
- id: full
  points: 60
  name: *text
  levels: [{points: 60, uz: ha, ru: да, en: yes}, {points: 0, uz: yoʻq, ru: нет, en: no}]
- id: agreed
  points: 40
  name: *text
  levels: [{points: 40, uz: ha, ru: да, en: yes}, {points: 0, uz: yoʻq, ru: нет, en: no}]
"""
SEMINAR = """\
id: s01
title: &text {uz: Klinika, ru: Клиника, en: Clinic}
minutes: 90
group: {from: 6, to: 20, helpers_per: 5}
place: *text
result: *text
plan:
- {minutes: 60, what: *text, trainer: *text}
- {minutes: 30, what: *text, trainer: *text}
"""
TABLE = """\
kind: table
title: {uz: Reyestr, ru: Реестр, en: Register}
note: {uz: Parolsiz, ru: Без паролей, en: No passwords}
columns:
- {uz: Tizim, ru: Система, en: System, width: 28}
- {uz: Bormi, ru: Есть, en: There, choose: [{uz: ha, ru: да, en: yes}, {uz: yoʻq, ru: нет, en: no}]}
- {uz: Sana, ru: Дата, en: Date, kind: date}
example:
- {uz: Pochta, ru: Почта, en: E-mail}
- {uz: ha, ru: да, en: yes}
- 2026-11-22
empty_rows: 20
"""


def write_lesson(folder, language):
    words = WORDS[language]
    scene = " ".join([words["text"]] * 25)
    filler = " ".join([words["text"]] * 230)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{language}.md").write_text(LESSON.format(**words, scene=scene, filler=filler), encoding="utf-8")


def write_course(root):
    """Write a tiny valid course `sec` with one module, one lesson and one of everything."""
    module = root / "sec/1-accounts"
    for language in WORDS:
        write_lesson(module / "1-passwords", language)
    files = {
        root / "glossary.csv": "key,en,uz,ru,note\npassword,Password,Parol,Пароль,\nmodule,Module,Modul,Модуль,\n",
        root / "sec/course.yaml": COURSE,
        module / "module.yaml": MODULE,
        module / "quiz.yaml": QUIZ,
        module / "assignment.yaml": ASSIGNMENT,
        module / "seminar.yaml": SEMINAR,
        module / "files/register.yaml": TABLE,
        module / "1-passwords/figures/lock.svg": DRAWING,
        module / "1-passwords/figures/lock.yaml": DRAWING_WORDS,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def change(root, name, old, new):
    """Replace the first `old` in a file, found by the end of its path."""
    path = next(path for path in sorted(root.rglob("*")) if path.as_posix().endswith(f"/{name}"))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(root, today=TODAY):
    return [str(problem) for problem in check(root, today)]


def said_about(root, name):
    """What is said about one file, without the folders before its name."""
    about = [text.partition(f"/{name}:") for text in said(root)]
    return [text for _, found, text in about if found]
