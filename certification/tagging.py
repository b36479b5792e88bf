"""What makes the drawn page PDF/UA-1 (read aloud in order) and PDF/A-2a (readable for decades): structure, metadata, colour.

The content was marked while it was drawn (certification/drawing.py); here pikepdf adds the tree that names the marks, the place of
the signature, and writes the file anew. Standards: ISO 32000-1 §14.7-14.8, ISO 14289-1, ISO 19005-2.
"""

import functools
import io
import pathlib
from typing import NamedTuple
from xml.sax.saxutils import escape

PRODUCER = "Saboq"
SIGNATURE = "Seal"  # the name of the field that is signed


class Part(NamedTuple):
    """A piece of marked content: structure type, what it belongs to, its number, its box in points; what is said in its place."""

    role: str
    fact: str
    mcid: int
    box: tuple
    alt: str = ""


class About(NamedTuple):
    title: str
    author: str
    subject: str
    language: str
    day: str  # ISO date
    identifier: str  # the address of verification: also where the link leads
    link: str  # what the link says of itself
    seal: str  # and the signature


def finish(pdf, parts, about):
    """The bytes of the finished file; the same for the same arguments."""
    import pikepdf  # dear to import, and only who issues needs it

    with pikepdf.open(io.BytesIO(pdf)) as document:
        _Tree(document, about).grow(parts)
        _describe(document, about)
        out = io.BytesIO()
        document.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    return out.getvalue()


class _Tree:
    """The structure of the one page."""

    def __init__(self, document, about):
        from pikepdf import Array, Dictionary, Name

        self.document, self.about = document, about
        self.Array, self.Dictionary, self.Name = Array, Dictionary, Name
        self.page = document.pages[0].obj
        self.top = document.make_indirect(Dictionary(Type=Name.StructTreeRoot, ParentTreeNextKey=3))
        self.root = self.element("Document", self.top)
        self.owners = {}  # {number of a piece of marked content: its element}

    def element(self, role, parent, **more):
        made = self.document.make_indirect(
            self.Dictionary(Type=self.Name.StructElem, S=self.Name("/" + role), P=parent, K=self.Array(), **more)
        )
        (parent.K.append if "/K" in parent else functools.partial(parent.__setattr__, "K"))(made)
        return made

    def grow(self, parts):
        listed = item = None
        for part in parts:
            if part.role in ("Lbl", "LBody"):
                if listed is None:
                    numbering = self.Dictionary(O=self.Name.List, ListNumbering=self.Name("/None"))
                    listed, item = self.element("L", self.root, A=numbering), None
                if item is None or item[0] != part.fact:
                    item = part.fact, self.element("LI", listed)
                owner = self.element(part.role, item[1])
            else:
                listed = None
                owner = self.single(part)
            owner.Pg = self.page
            owner.K.append(part.mcid)
            self.owners[part.mcid] = owner
        self.bind()

    def single(self, part):
        if part.role == "Figure":
            box = self.Dictionary(O=self.Name.Layout, BBox=self.Array(part.box), Placement=self.Name.Block)
            return self.element("Figure", self.root, Alt=part.alt, A=box)
        if part.role == "Link":
            self.link = self.element("Link", self.element("P", self.root)), part.box
            return self.link[0]
        return self.element(part.role, self.root, **({"Alt": part.alt} if part.alt else {}))

    def bind(self):
        """What stands in no content: the link and the signature are annotations, each with its place in the tree."""
        Array, Dictionary, Name, document = self.Array, self.Dictionary, self.Name, self.document
        link, box = self.link
        target = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=Array(box), Border=Array([0, 0, 0]), F=4, Contents=self.about.link,
            A=Dictionary(S=Name.URI, URI=self.about.identifier),
        )  # fmt: skip
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=SIGNATURE, TU=self.about.seal, F=132, Rect=Array([0, 0, 0, 0]),
            P=self.page,
        )  # fmt: skip
        form = self.element("Form", self.root, Alt=self.about.seal, Pg=self.page)
        annotations = []
        for number, (owner, annotation) in enumerate(((link, target), (form, field)), start=1):
            annotation.StructParent = number
            annotations.append(document.make_indirect(annotation))
            owner.K.append(Dictionary(Type=Name.OBJR, Obj=annotations[-1], Pg=self.page))
        self.page.Annots = Array(annotations)
        self.page.StructParents = 0
        self.page.Tabs = Name.S
        owners = document.make_indirect(Array(self.owners[number] for number in range(len(self.owners))))
        self.top.ParentTree = document.make_indirect(Dictionary(Nums=Array([0, owners, 1, link, 2, form])))
        document.Root.StructTreeRoot = self.top
        document.Root.AcroForm = document.make_indirect(Dictionary(Fields=Array([annotations[-1]]), SigFlags=3))


def _describe(document, about):
    from pikepdf import Array, Dictionary, Name, Stream

    root, day = document.Root, f"D:{about.day.replace('-', '')}000000Z"
    document.docinfo = document.make_indirect(
        Dictionary(
            Title=about.title, Author=about.author, Subject=about.subject, Creator=PRODUCER, Producer=PRODUCER, CreationDate=day,
            ModDate=day,
        )
    )  # fmt: skip
    root.Lang = about.language
    root.MarkInfo = Dictionary(Marked=True)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.Metadata = document.make_indirect(
        Stream(document, _xmp(about).encode(), Dictionary(Type=Name.Metadata, Subtype=Name.XML))
    )
    profile = Stream(document, _srgb(), Dictionary(N=3))
    root.OutputIntents = Array([
        Dictionary(
            Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier="sRGB", Info="sRGB IEC61966-2.1",
            DestOutputProfile=document.make_indirect(profile),
        )
    ])  # fmt: skip
    if "/Trans" in document.pages[0].obj:  # reportlab's: an empty transition between slides
        del document.pages[0].obj["/Trans"]


@functools.cache
def _srgb():
    return (pathlib.Path(__file__).parent / "srgb.icc").read_bytes()


def _xmp(about):
    said = {name: escape(value) for name, value in about._asdict().items()}
    return XMP.format(**said, producer=PRODUCER)


# PDF/A wants every schema beyond its own list described in the file: that of PDF/UA is
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:format>application/pdf</dc:format>
<dc:identifier>{identifier}</dc:identifier>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate>
<xmp:ModifyDate>{day}T00:00:00Z</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
