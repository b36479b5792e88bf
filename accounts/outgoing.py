"""Calls that the platform makes: to the hosts of OUTGOING_HOSTS alone, and into a private network only where that is allowed."""

import ipaddress
import socket
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter


class NotAllowed(requests.RequestException):
    """The address is none that may be called (docs/settings.md)."""


class NamedHosts(HTTPAdapter):
    def send(self, request, *args, **kwargs):
        refuse(request.url)
        return super().send(request, *args, **kwargs)


def refuse(address):
    """Raise NotAllowed where this address may not be called."""
    host = urlsplit(address).hostname
    if host not in settings.OUTGOING_HOSTS:
        raise NotAllowed(f"{host} is not in OUTGOING_HOSTS")
    if not settings.OUTGOING_PRIVATE_NETWORK and is_private(host):
        raise NotAllowed(f"{host} is in a private network")


def is_private(host):
    """Whether any address of the host is not a public one; a host that is not found is."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return True
    return not all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)


def session():
    """A requests.Session that goes nowhere else, neither through a proxy of the environment."""
    made = requests.Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, NamedHosts())
    return made
