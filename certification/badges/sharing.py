"""Where a badge is shown to others: the address that fills in the form of LinkedIn's profile."""

import datetime
from urllib.parse import urlencode

from . import credential


def linkedin(payload):
    """The address of «add a licence or certification»: the words of the paper, and the share page as its proof."""
    words, issued = payload["words"][payload["language"]], datetime.date.fromisoformat(payload["issued_on"])
    said = {
        "startTask": "CERTIFICATION_NAME",
        "name": words["course"],
        "organizationName": words["issuer"],
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": credential.share_url(payload),
        "certId": payload["number"],
    }
    if payload.get("expires_on"):
        last = datetime.date.fromisoformat(payload["expires_on"])
        said |= {"expirationYear": last.year, "expirationMonth": last.month}
    return f"https://www.linkedin.com/profile/add?{urlencode(said)}"
