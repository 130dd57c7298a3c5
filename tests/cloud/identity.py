"""The services around the REST API: tokens (IAM), instances (search) and plans (catalog)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from urllib.parse import parse_qs

import jwt

from tests.cloud.instances import Instance, Problem
from tests.cloud.messages import Reply, Request

SIGNING_KEY = "the client does not check the signature of tokens"


class Identity:
    """Who may come in.

    Tokens tell true times, not those of the service's clock: the client compares them with its own.
    """

    def __init__(self, api_key: str, instances: Mapping[str, Instance]) -> None:
        self.api_key = api_key
        self.token_life_s = 3600
        """How long new tokens are valid; the client renews at 80 % of it."""
        self._instances = instances
        self._tokens: dict[str, float] = {}

    def expire_tokens(self) -> None:
        """Refuse all tokens that were given out so far, whatever their time says."""
        self._tokens.clear()

    def admit(self, request: Request) -> Instance:
        """The instance that the request is for."""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        known = {
            "Bearer": self._tokens.get(secret, 0.0) > time.time(),
            "apikey": secret == self.api_key,
        }
        if not known.get(kind, False):
            raise Problem(401, 1200, "The token is invalid or has expired.", "Authenticate again.")
        instance = self._instances.get(request.headers.get("service-crn", ""))
        if instance is None:
            raise Problem(403, 1201, "You have no access to this instance.")
        return instance

    def answer(self, request: Request) -> Reply:
        """Answer a request that is not for the REST API."""
        if request.path == "/identity/token":
            return self._token(request)
        if request.path == "/v3/resources/search":
            return self._search()
        if found := re.fullmatch(r"/catalog/plan-(\w+)", request.path):
            return self._catalog(found[1])
        return Reply.of_json({"message": f"There is nothing at {request.path}."}, 404)

    def _token(self, request: Request) -> Reply:
        form = parse_qs(request.body.decode())
        if form.get("apikey") != [self.api_key]:
            error = {
                "errorCode": "BXNIM0415E",
                "errorMessage": "Provided API key could not be found.",
            }
            return Reply.of_json(error, 400)
        now = int(time.time())
        end = now + self.token_life_s
        claims = {"iat": now, "exp": end, "jti": str(len(self._tokens))}
        token = jwt.encode(claims, SIGNING_KEY, algorithm="HS256")
        self._tokens[token] = end
        return Reply.of_json(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": self.token_life_s,
                "expiration": end,
            }
        )

    def _search(self) -> Reply:
        items = [
            {
                "crn": instance.crn,
                "name": instance.name,
                "service_plan_unique_id": f"plan-{instance.plan}",
                "tags": [],
                "doc": {"extensions": {"allocation": "all"}},
            }
            for instance in self._instances.values()
        ]
        return Reply.of_json({"items": items, "limit": 100})

    def _catalog(self, plan: str) -> Reply:
        for instance in self._instances.values():
            if instance.plan == plan:
                title = {"display_name": plan.capitalize()}
                pricing = {"type": instance.pricing}
                return Reply.of_json(
                    {"overview_ui": {"en": title}, "metadata": {"pricing": pricing}}
                )
        return Reply.of_json({"message": "No such plan."}, 404)
