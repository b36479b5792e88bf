"""Calls that the platform makes: to the hosts of OUTGOING_HOSTS alone, and into a private network only where that is allowed.

What a name leads to is looked at where the connection is made, and the connection goes to the very address that was looked at:
a name server that answers otherwise the second time opens no way into the private network.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

NAT64 = ipaddress.ip_network("64:ff9b::/96")
GIVEN_OUT = ipaddress.ip_network(
    "2000::/3"
)  # all that the public IPv6 network has (RFC 4291, 2.4); Python calls more than that global


class NotAllowed(requests.RequestException):
    """The address is none that may be called (docs/settings.md)."""


class ToWhatWasLookedAt:
    """A connection of urllib3; the certificate is asked of the name, as ever."""

    def _new_conn(self):
        name = self._dns_host
        fault = NotAllowed(f"{name} leads nowhere that may be called")
        for address in allowed_addresses(name):
            self._dns_host = address
            try:
                return super()._new_conn()
            except OSError as no:
                fault = no
            finally:
                self._dns_host = name
        raise fault


class Connection(ToWhatWasLookedAt, HTTPConnection):
    pass


class SecureConnection(ToWhatWasLookedAt, HTTPSConnection):
    pass


class Pool(HTTPConnectionPool):
    ConnectionCls = Connection


class SecurePool(HTTPSConnectionPool):
    ConnectionCls = SecureConnection


class NamedHosts(HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}

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
        return not all(map(_is_global, _addresses(host)))
    except OSError:
        return True


def allowed_addresses(host):
    """The addresses of the host that may be called, as the system orders them. Raises OSError for a host that is not found."""
    found = _addresses(host)
    return found if settings.OUTGOING_PRIVATE_NETWORK else [address for address in found if _is_global(address)]


def _addresses(host):
    return list(dict.fromkeys(entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


def _is_global(address):
    """Neither of a private network, nor an IPv4 of one in the clothes of IPv6 (mapped, 6to4, NAT64)."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.version == 6:
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed in NAT64 and ipaddress.ip_address(parsed.packed[12:]))
        if not inner and parsed not in GIVEN_OUT:
            return False
        parsed = inner or parsed
    return parsed.is_global and not parsed.is_multicast


def session():
    """A requests.Session that goes nowhere else, neither through a proxy of the environment."""
    made = requests.Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, NamedHosts())
    return made
