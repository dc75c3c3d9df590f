"""The verifier's own Ed25519, against RFC 8032, section 7.1, and against another implementation."""

import hashlib
import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from approvals.desk.pack.verify import DEVELOPMENT_KEY, ORDER, P, signature_holds
from config.settings.base import DEVELOPMENT_SIGNING_KEY

VECTORS = {
    "1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    "SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_it_accepts_the_vectors_and_nothing_near_them(name: str) -> None:
    key, message, signature = (bytes.fromhex(text) for text in VECTORS[name])
    assert signature_holds(key, message, signature)
    for place in (0, 31, 32, 63):
        other = bytearray(signature)
        other[place] ^= 1
        assert not signature_holds(key, message, bytes(other))
    assert not signature_holds(key, message + b"\0", signature)
    assert not signature_holds(bytes.fromhex(VECTORS["2"][0])[::-1], message, signature)


def test_it_refuses_what_is_not_canonical() -> None:
    key, message, signature = (bytes.fromhex(text) for text in VECTORS["2"])
    # The same scalar plus the order of the group: another signature, were it let through.
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not signature_holds(key, message, signature[:32] + scalar.to_bytes(32, "little"))
    assert not signature_holds((P + 1).to_bytes(32, "little"), message, signature)
    # x = 0 has no odd twin.
    assert not signature_holds((1 + (1 << 255)).to_bytes(32, "little"), message, signature)
    for wrong in (b"", key[:31], key + b"\0"):
        assert not signature_holds(wrong, message, signature)
        assert not signature_holds(key, message, wrong)


def test_it_agrees_with_another_implementation() -> None:
    chance = random.Random(8032)
    for _round in range(8):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        message = chance.randbytes(chance.randrange(200))
        signature = bytearray(private.sign(message))
        key = private.public_key().public_bytes_raw()
        assert signature_holds(key, message, bytes(signature))
        signature[chance.randrange(64)] ^= 1 << chance.randrange(8)
        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(key).verify(bytes(signature), message)
        assert not signature_holds(key, message, bytes(signature))


def test_it_knows_the_published_key() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(DEVELOPMENT_SIGNING_KEY))
    assert private.public_key().public_bytes_raw().hex() == DEVELOPMENT_KEY
