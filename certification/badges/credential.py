"""What a badge says: the frozen payload of a certificate as an AchievementCredential of Open Badges 3.0. Pure.

https://www.imsglobal.org/spec/ob/v3p0/ . Words are in the language of the paper; the terms are those of the two contexts
alone, because a strict verifier refuses a document with any other.
"""

import uuid

from courses import competences

from .. import wording
from . import issuer, proof, status, times

DIGCOMP = "https://joint-research-centre.ec.europa.eu/digcomp/digcomp-framework_en"


def base(payload):
    """The address under which the certificate is verified, frozen like the rest: https://saboq.example"""
    return payload["verify_url"].removesuffix(f"/verify/{payload['code']}/")


def url(payload, kind="json"):
    """The address of the badge: of its credential, or of its picture (png, svg)."""
    return f"{base(payload)}/badges/{payload['code']}.{kind}"


def share_url(payload):
    return f"{base(payload)}/share/{payload['code']}/"


def credential(payload, *, place, awarded_at):
    """The credential without its proof. `place` is the version's in the status list, `awarded_at` when the first version was issued."""
    address, language = base(payload), payload["language"]
    labels = wording.LABELS[language]
    said = {
        "@context": [proof.VC, proof.OPEN_BADGES],
        "id": url(payload),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": payload["words"][language]["course"],
        "image": {"id": url(payload, "png"), "type": "Image"},
        "issuer": {
            "id": issuer.did(address),
            "type": ["Profile"],
            "name": payload["words"][language]["issuer"],
            "url": address,
        },
        "validFrom": times.utc(awarded_at),
        "awardedDate": times.utc(awarded_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            # A hash would be no secret: the holder's name stands on the page to which the evidence leads.
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": payload["holder"],
                    "identityType": "name",
                }
            ],
            "licenseNumber": payload["number"],
            # in words: of the days the standard's two files disagree (its context says date, its schema date-time)
            "narrative": f"{labels['period']}: {wording.period(payload['period']['from'], payload['period']['to'], language)}.",
            "achievement": _achievement(payload, address, language),
        },
        "evidence": [
            {
                "id": payload["verify_url"],
                "type": ["Evidence"],
                "name": labels["verify_url"],
                "narrative": labels["how_to_verify"],
            }
        ],
        "credentialStatus": status.entry(address, place),
    }
    if payload.get("expires_on"):
        said["validUntil"] = times.end_of(payload["expires_on"])
    return said


def _achievement(payload, address, language):
    words, labels = payload["words"][language], wording.LABELS[language]
    told = f"{labels['course']}: {words['course']}. {labels['hours']}: {wording.academic_hours(payload['hours'], language)}."
    modules = f"{labels['modules']}: {' · '.join(words['modules'])}." if words["modules"] else told
    said = {
        # the same for everybody who completes a course under these words
        "id": uuid.uuid5(uuid.NAMESPACE_URL, f"{address}/ {payload['course_code']} {words['course']}").urn,
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": words["course"],
        "description": f"{told} {labels['demo_warning']}" if payload["demo"] else told,
        "criteria": {"narrative": " ".join(filter(None, [words.get("outcome"), modules]))},
        "inLanguage": language,
    }
    if payload["course_code"]:
        said["humanCode"] = payload["course_code"]
    if codes := payload.get("digcomp"):
        said["alignment"] = [
            {
                "type": ["Alignment"],
                "targetCode": code,
                "targetName": competences.title(code, language),
                "targetFramework": "DigComp 3.0",
                "targetType": "ceasn:Competency",
                "targetUrl": DIGCOMP,
            }
            for code in codes
        ]
    return said
