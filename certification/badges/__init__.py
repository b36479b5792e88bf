"""A certificate as an Open Badge 3.0: a W3C Verifiable Credential 2.0 made of the certificate's frozen payload.

credential.py   what it says, from the payload alone
proof.py        its proof: canonical RDF (canonical.py), SHA-256, Ed25519 (eddsa-rdfc-2022)
issuer.py       who signed: did:web, the document with the present key and the old ones
status.py       the list in which a certificate is revoked (Bitstring Status List)
contexts/       the two JSON-LD contexts; nothing is fetched
keeping.py      signed once, kept beside the certificate's version: the same bytes for ever
picture.py      a picture with the credential inside
trusted.py      other issuers whose keys an administrator has entered (public_keys.py reads them)
uploaded.py     a badge that somebody gives in, checked against them; read in a process of its own (badge_child.py)
"""
