"""A real OpenID Connect provider on Authlib, for tests of single sign-on: a process of its own on loopback.

Discovery, keys, code flow with PKCE (refused without), nonce (refused without), a signed id_token, userinfo. Whoever is
to sign in there is told to `/people`; its page asks for no password.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from config.embedded import children
from config.embedded.children import Child
from tests.servers.ports import free_port

CLIENT_ID, CLIENT_SECRET = "shortlist", "a secret of the client"
PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass
class OpenIdProvider:
    """The process, from the tests' side."""

    address: str
    child: Child

    def know(self, subject: str, *, in_userinfo: bool = False, **claims: Any) -> None:
        """Let somebody be known there, with what the provider says of them in the id_token (or in userinfo alone)."""
        body: dict[str, Any] = {"subject": subject, "claims": claims, "in_userinfo": in_userinfo}
        requests.post(f"{self.address}/people", json=body, timeout=5).raise_for_status()

    def sign_in(self, url: str, subject: str | None) -> str:
        """Do what a browser does at the provider's page as `subject` (None: refuse); return where it leads."""
        answer = requests.post(url, data={"subject": subject or ""}, timeout=5, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def turn_keys(self) -> None:
        """Go on signing with a key that the published keys do not hold, under the name of one that they do."""
        requests.post(f"{self.address}/turn-keys", timeout=5).raise_for_status()


@contextmanager
def serve(folder: Path) -> Iterator[OpenIdProvider]:
    """Run a provider until the end of the block."""
    port = free_port()
    child = Child(
        name="openid",
        command=[sys.executable, "-m", "tests.servers.openid", str(port)],
        environment=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
        log=folder / "openid.log",
        folder=PROJECT,
    )
    child.start()
    provider = OpenIdProvider(f"http://127.0.0.1:{port}", child)
    try:
        _wait(provider)
        yield provider
    finally:
        children.stop([child], seconds=5)


def _wait(provider: OpenIdProvider) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            requests.get(f"{provider.address}/jwks", timeout=1).raise_for_status()
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the provider did not start: {provider.child.log.read_text()}")


def make_app(address: str) -> Any:  # noqa: C901 -- small pieces that share what one process knows
    """Return the provider itself, as a Flask app."""
    # Only the provider's own process needs them.
    import flask
    from authlib.integrations.flask_oauth2 import AuthorizationServer
    from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
    from authlib.oauth2.rfc7636 import CodeChallenge
    from authlib.oidc.core import UserInfo
    from authlib.oidc.core.grants import OpenIDCode
    from joserfc.jwk import RSAKey

    app = flask.Flask(__name__)
    app.secret_key = "only in tests"
    people: dict[str, dict[str, Any]] = {}
    codes: dict[str, Any] = {}
    tokens: dict[str, str] = {}
    published = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
    signing = [published]

    class Program(ClientMixin):
        def get_client_id(self) -> str:
            return CLIENT_ID

        def get_default_redirect_uri(self) -> str:
            return ""

        def get_allowed_scope(self, scope: str) -> str:
            return scope

        def check_redirect_uri(self, redirect_uri: str) -> bool:
            return redirect_uri.endswith("/accounts/single-sign-on/back/")

        def check_client_secret(self, client_secret: str) -> bool:
            return client_secret == CLIENT_SECRET

        def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
            return method == "client_secret_basic"

        def check_response_type(self, response_type: str) -> bool:
            return response_type == "code"

        def check_grant_type(self, grant_type: str) -> bool:
            return grant_type == "authorization_code"

    class Code(AuthorizationCodeMixin):
        def __init__(self, data: dict[str, Any], user: str) -> None:
            self.user = user
            self.nonce = data["nonce"]
            self.redirect_uri, self.scope = data["redirect_uri"], data["scope"]
            self.code_challenge = data["code_challenge"]
            self.code_challenge_method = data["code_challenge_method"]

        def get_redirect_uri(self) -> str:
            return str(self.redirect_uri)

        def get_scope(self) -> str:
            return str(self.scope)

        def get_nonce(self) -> str:
            return str(self.nonce)

        def get_auth_time(self) -> int:
            return int(time.time())

        def get_acr(self) -> None:
            return None

        def get_amr(self) -> None:
            return None

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            codes[code] = Code(request.payload.data, request.user)

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            for code in [code for code, kept in codes.items() if kept is authorization_code]:
                del codes[code]

        def authenticate_user(self, authorization_code: Any) -> str:
            return str(authorization_code.user)

    class OpenId(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in codes.values())

        def resolve_client_private_key(self, client: Any) -> Any:
            return signing[0]

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": address}

        def get_client_algorithm(self, client: Any) -> str:
            return "RS256"

        def get_encode_header(self, client: Any) -> dict[str, str]:
            return {"alg": "RS256", "kid": "one"}

        def get_compatible_claims(self, request: Any) -> dict[str, Any]:
            now = int(time.time())
            return {"iss": address, "aud": [CLIENT_ID], "iat": now, "exp": now + 300}

        def generate_user_info(self, user: str, scope: str) -> Any:
            person = people[user]
            return UserInfo(sub=user, **({} if person["in_userinfo"] else person["claims"]))

    def keep(token: dict[str, Any], request: Any) -> None:
        tokens[token["access_token"]] = request.user

    server = AuthorizationServer(
        app, query_client=lambda name: Program() if name == CLIENT_ID else None, save_token=keep
    )
    server.register_grant(CodeGrant, [OpenId(require_nonce=True), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        return {
            "issuer": address,
            "authorization_endpoint": f"{address}/authorize",
            "token_endpoint": f"{address}/token",
            "userinfo_endpoint": f"{address}/userinfo",
            "jwks_uri": f"{address}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }

    @app.get("/jwks")
    def jwks() -> Any:
        return {"keys": [published.as_dict(private=False)]}

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        if flask.request.args.get("code_challenge_method") != "S256":
            return "PKCE is asked for here", 400
        if flask.request.method == "GET":
            names = "".join(f'<button name="subject" value="{name}">{name}</button>' for name in people)
            return f'<h1>Who are you?</h1><form method="post">{names}</form>'
        subject = flask.request.form["subject"]
        return server.create_authorization_response(grant_user=subject or None)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/userinfo")
    def userinfo() -> Any:
        _bearer, _space, given = flask.request.headers.get("Authorization", "").partition(" ")
        subject = tokens[given]
        return {"sub": subject, **people[subject]["claims"]}

    @app.post("/people")
    def know() -> Any:
        body = flask.request.get_json()
        people[body["subject"]] = body
        return "", 204

    @app.post("/turn-keys")
    def turn_keys() -> Any:
        signing[0] = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        return "", 204

    return app


if __name__ == "__main__":
    port = int(sys.argv[1])
    make_app(f"http://127.0.0.1:{port}").run(host="127.0.0.1", port=port, threaded=True)
