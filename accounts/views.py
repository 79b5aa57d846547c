"""Single sign-on by OpenID Connect: the way to the provider and back.

The library does state, PKCE and the exchange of the code. What it leaves out is done here: the nonce, the signature of
the id_token, and that the issuer and the subject are everywhere the same.
"""

from __future__ import annotations

import logging
from hmac import compare_digest
from typing import Any

import jwt
import requests
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.crypto import get_random_string
from django.utils.decorators import method_decorator
from django.views import View

from accounts.rules import SINGLE_SIGN_ON, hash_secret

logger = logging.getLogger(__name__)

# Signed with the provider's private key; nothing that a shared or an empty secret could sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
# How far the two clocks may differ.
LEEWAY_SECONDS = 60
NONCE_LENGTH = 32
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class OpenIdAdapter(OpenIDConnectOAuth2Adapter):
    """The provider of the settings, taken at its signed word alone."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself. Raises `OAuth2Error` when it is not the one that we asked for."""
        if not hasattr(self, "_openid_config"):
            config = self._read(self.get_provider().server_url)
            if not all(isinstance(config.get(name), str) for name in ENDPOINTS):
                raise OAuth2Error("the provider's configuration is not whole")
            if config["issuer"].rstrip("/") != settings.OIDC_ISSUER:
                raise OAuth2Error("the provider says that it is another issuer")
            self._openid_config = config
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        # The provider knows one address of ours; what a request says of itself is not asked.
        return f"{settings.SITE_ADDRESS}{reverse('openid_connect_callback')}"

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        claims = self._verified(app, kwargs["response"].get("id_token"))
        said = claims if "email" in claims else self._userinfo(token.token, claims)
        known = {
            # One subject of one issuer; another provider's with the same name is somebody else.
            "sub": hash_secret(f"{claims['iss']}|{claims['sub']}"),
            "email": said.get("email"),
            "email_verified": said.get("email_verified") in (True, "true"),
        }
        login = self.get_provider().sociallogin_from_response(request, {"id_token": known})
        # The subject is all that is to be remembered.
        login.account.extra_data = {}
        return login

    def _verified(self, app: Any, id_token: Any) -> dict[str, Any]:
        try:
            keys = jwt.PyJWKSet.from_dict(self._read(self.openid_config["jwks_uri"])).keys
            name = jwt.get_unverified_header(id_token).get("kid")
            key = next((key for key in keys if key.key_id == name), None)
            if key is None:
                raise OAuth2Error("no key of the provider signed the token")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, TypeError, ValueError, KeyError) as error:
            raise OAuth2Error("the token is not a good one") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the token is for another program")
        if not self.nonce or not compare_digest(str(claims.get("nonce", "")), self.nonce):
            raise OAuth2Error("the token answers another question")
        return claims

    def _userinfo(self, access_token: str, claims: dict[str, Any]) -> dict[str, Any]:
        address = self.openid_config.get("userinfo_endpoint")
        if not address:
            return claims
        said = self._read(address, headers={"Authorization": f"Bearer {access_token}"})
        if said.get("sub") != claims["sub"]:
            raise OAuth2Error("the provider speaks of somebody else")
        return said

    def _read(self, address: str, **kwargs: Any) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(address, **kwargs)
            response.raise_for_status()
            try:
                data = response.json()
            except ValueError as error:
                raise OAuth2Error("the provider did not answer in JSON") from error
        if not isinstance(data, dict):
            raise OAuth2Error("the provider answered something else")
        return data


@method_decorator(login_not_required, name="dispatch")
class SingleSignOnView(View):
    """What the way there and the way back share: where nothing is set up there is no such page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SINGLE_SIGN_ON:
            raise Http404
        try:
            response = super().dispatch(request, *args, **kwargs)
        except ImmediateHttpResponse as ended:
            response = ended.response
        except requests.RequestException as error:
            logger.warning("The provider of single sign-on does not answer: %s", type(error).__name__)
            response = self.refused(request, "away")
        except (OAuth2Error, KeyError, ValueError):
            logger.warning("The provider of single sign-on answered what cannot be used.", exc_info=True)
            response = self.refused(request, "failed")
        patch_cache_control(response, no_store=True, private=True)
        return response

    def refused(self, request: HttpRequest, reason: str) -> HttpResponse:
        status = 503 if reason == "away" else 403
        return render(request, "account/single_sign_on_refused.html", {"reason": reason}, status=status)


class StartView(SingleSignOnView):
    """Leads to the provider. A page in between, because our forms may lead nowhere else."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        provider = get_adapter().get_provider(request, SINGLE_SIGN_ON)
        provider.oauth2_adapter_class = OpenIdAdapter
        nonce = get_random_string(NONCE_LENGTH)
        answer = provider.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
        if not hasattr(answer, "url"):
            return answer
        return render(request, "account/single_sign_on_go.html", {"target": answer.url})


class CallbackView(SingleSignOnView):
    """Where the provider sends people back to."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = _Callback.adapter_view(OpenIdAdapter(request, SINGLE_SIGN_ON))(request)
        return answer


class _Callback(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, answer = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce", "")
        return state, answer
