"""From where somebody comes, as far as it may be kept."""

from ipaddress import ip_address, ip_network


def network_of(address):
    """The part of an address that a room shares: /24, or /48 of IPv6; "" for what is no address."""
    try:
        version = ip_address(address).version
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{24 if version == 4 else 48}", strict=False))
