"""Base58 as Bitcoin has it, which multibase calls «z»."""

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def encode(data):
    number, signs = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        signs = ALPHABET[rest] + signs
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + signs


def decode(text):
    """Raises ValueError for a sign that is none, and for what is too long to be a key or a signature."""
    if len(text) > 1000:
        raise ValueError("too long")
    number = 0
    for sign in text:
        number = number * 58 + ALPHABET.index(sign)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
