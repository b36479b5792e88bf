"""Makes the five fonts of the certificate. Run by hand when a sign is added: python make_fonts.py FOLDER

FOLDER holds the unpacked npm packages `@expo-google-fonts/noto-serif`, `noto-sans` and `noto-sans-mono` 0.4.2
(`npm pack NAME`). Needs fonttools, which the site itself does not.

Each font is cut once to the alphabets that a name or a title may use and loses its hints and its layout tables, which
paper never needs: reportlab then parses and cuts five small files instead of five whole ones.
"""

import pathlib
import sys

from fontTools import subset

HERE = pathlib.Path(__file__).parent
SOURCES = {
    "NotoSerif-Regular.ttf": "NotoSerif_400Regular.ttf",
    "NotoSerif-Bold.ttf": "NotoSerif_700Bold.ttf",
    "NotoSans-Regular.ttf": "NotoSans_400Regular.ttf",
    "NotoSans-Bold.ttf": "NotoSans_700Bold.ttf",
    "NotoSansMono-Bold.ttf": "NotoSansMono_700Bold.ttf",
}
SIGNS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0xAD),
    *range(0xAE, 0x250),  # Latin; without the soft hyphen, which is invisible
    *range(0x1E00, 0x1F00),  # Latin Extended Additional
    0x259,  # ə of Azerbaijani names; its capital stands among the Latin letters
    0x2BB,
    0x2BC,
    0x2BE,
    0x2BF,  # ʻ ʼ and their relatives ʾ ʿ
    *range(0x400, 0x530),  # Cyrillic with Қ Ғ Ҳ Ў
    *range(0x2010, 0x2016),
    *range(0x2018, 0x2023),
    0x2026,
    0x2030,
    0x2032,
    0x2033,
    0x2039,
    0x203A,
    0x20AC,
    0x2116,
    0x2212,  # € № −
]
MONO_SIGNS = range(0x20, 0x7F)  # codes only


def make(source, target, signs):
    options = subset.Options(
        hinting=False,
        layout_features=[],
        name_languages=[0x409],
        notdef_outline=True,
        drop_tables=["GPOS", "GSUB", "GDEF", "STAT", "DSIG", "meta"],
    )
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=signs)
    cutter.subset(font)
    font.recalcTimestamp = False  # the same input gives the same file
    subset.save_font(font, target, options)


if __name__ == "__main__":
    packages = pathlib.Path(sys.argv[1])
    for name, original in SOURCES.items():
        make(next(packages.rglob(original)), HERE / name, MONO_SIGNS if "Mono" in name else SIGNS)
        print(name, (HERE / name).stat().st_size)
