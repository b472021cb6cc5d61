"""A phone that keeps passkeys, as far as a server can tell.

It answers a page of the site as passkeys.js and a browser would: real keys, real
signatures. What it claims can be bent, for tests of what must be refused.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

OPTIONS = re.compile(r'<script id="passkey-options" type="application/json">(.+?)<')
SIGN_UP = "/accounts/2fa/webauthn/signup/"
ADD = "/accounts/2fa/webauthn/add/"
SIGN_IN = "/accounts/2fa/webauthn/login/"
AGAIN = "/accounts/2fa/webauthn/reauthenticate/"

Flag = AuthenticatorData.FLAG


@dataclass
class Device:
    origin: str = "https://testserver"
    site: str = "testserver"
    # Did the owner show a finger, a face or a PIN?
    verified: bool = True
    # "cross-platform": a phone or a key held to somebody else's computer.
    attachment: str | None = "platform"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    owner: str = ""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` answers, as JSON."""
        public = options["creation_options"]["publicKey"]
        self.owner = public["user"]["id"]
        public_key = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
            self.key.public_key()
        )
        held = AttestedCredentialData.create(bytes(16), self.credential, public_key)
        said = CollectedClientData.create(
            "webauthn.create", public["challenge"], self.origin
        )
        attested = AttestationObject.create("none", self._state(held), {})
        return self._answer(said, attestationObject=websafe_encode(attested)) | {
            "clientExtensionResults": {"credProps": {"rk": True}}
        }

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` answers, as JSON."""
        public = options["request_options"]["publicKey"]
        said = CollectedClientData.create(
            "webauthn.get", public["challenge"], self.origin
        )
        state = self._state()
        signature = self.key.sign(state + said.hash, ec.ECDSA(SHA256()))
        return self._answer(
            said,
            authenticatorData=websafe_encode(state),
            signature=websafe_encode(signature),
            userHandle=self.owner,
        )

    def _state(self, held: bytes = b"") -> AuthenticatorData:
        flags = Flag.UP
        if self.verified:
            flags |= Flag.UV
        if held:
            flags |= Flag.AT
        where = sha256(self.site.encode()).digest()
        state: AuthenticatorData = AuthenticatorData.create(where, flags, 0, held)
        return state

    def _answer(self, said: bytes, **parts: str) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.credential),
            "rawId": websafe_encode(self.credential),
            "type": "public-key",
            "authenticatorAttachment": self.attachment,
            "response": {"clientDataJSON": websafe_encode(said), **parts},
            "clientExtensionResults": {},
        }


def options_of(client: Client, path: str) -> dict[str, Any]:
    """What a page asks the browser to make or to sign."""
    page = client.get(path, headers={"Accept": "application/json"})
    if page["Content-Type"].startswith("application/json"):
        answer: dict[str, Any] = page.json()
        return answer
    found = OPTIONS.search(page.content.decode())
    assert found is not None, page.content.decode()
    options: dict[str, Any] = json.loads(found.group(1))
    return options


def send(client: Client, path: str, answer: Any, **more: str) -> Any:
    return client.post(path, {"credential": json.dumps(answer), **more})


def add(client: Client, device: Device, name: str = "My phone") -> Any:
    return send(client, ADD, device.make(options_of(client, ADD)), name=name)


def sign_in(client: Client, device: Device, wanted: str = "") -> Any:
    more = {"next": wanted} if wanted else {}
    return send(client, SIGN_IN, device.sign(options_of(client, SIGN_IN)), **more)
