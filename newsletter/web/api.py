"""Signing up from a site's own form: JSON from the pages of origins that the project allows.

Browsers ask before they send JSON to another site, and are told which may. Who sends no Origin is
no page but a program, such as the site's own server: nothing could keep it from naming one. No
cookie is read or set, and nothing is answered that depends on the store.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from newsletter.model.consent import How
from newsletter.web.bodies import Form
from newsletter.web.signup import TRAP, begin, open_digests, wish_in
from newsletter.web.visit import Visit, match
from newsletter.web.words import filled

_ONE = ("email", "name", "language", TRAP)


def preflight(visit: Visit) -> Response:
    """What a browser asks before it sends JSON from another site."""
    allowed = _allowed(visit)
    if allowed is None or "Access-Control-Allow-Origin" not in allowed:
        return _refused(HTTPStatus.FORBIDDEN, "origin")
    asked = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=allowed | asked)


def sign_up(visit: Visit) -> Response:
    """202 for `{"email", "name", "language", "digests"}`, whatever the store knows; of these only
    the address has to be there, and without digests all that are open in the language are meant.
    4xx with the name of what is wrong."""
    open_digests(visit)
    allowed = _allowed(visit)
    if allowed is None:
        return _refused(HTTPStatus.FORBIDDEN, "origin")
    if not visit.request.headers.get("content-type", "").startswith("application/json"):
        return _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content-type", allowed)
    try:
        visit.count(visit.site.limits.sign_ups)
    except HTTPException as fault:
        return _refused(fault.status_code, "often", allowed | dict(fault.headers or {}))
    form = _form(visit.body)
    if form is None:
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, "json", allowed)
    return _answer(visit, form, allowed)


def _answer(visit: Visit, form: Form, allowed: Mapping[str, str]) -> Response:
    language = match(form.one("language"), visit.app.settings.languages) or visit.language
    wish = wish_in(visit, form)
    if not wish.digests:
        there = tuple(d.name for d in visit.site.open_digests if wish.language in d.languages)
        wish = replace(wish, digests=there)
    problem = None if form.one(TRAP) else begin(visit, wish, How.JSON, language)
    if problem:
        return _refused(problem.status, problem.field, allowed, problem.said)
    said = filled(visit.words(language)["sent"], email=wish.email)
    return JSONResponse({"message": said}, HTTPStatus.ACCEPTED, allowed)


def _form(body: bytes) -> Form | None:
    """The fields of a JSON object; None where it is none, or a value is no text."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    digests = given.get("digests", [])
    fields = {name: [given[name]] for name in _ONE if given.get(name)}
    if not isinstance(digests, list):
        return None
    values = [*digests, *(value for each in fields.values() for value in each)]
    if not all(isinstance(value, str) for value in values):
        return None
    return Form({**fields, "digests": digests})


def _allowed(visit: Visit) -> dict[str, str] | None:
    """What tells a browser that a page of its origin may read the answer; None for the page of an
    origin that may not."""
    origin = visit.request.headers.get("origin")
    if origin is None:
        return {"Vary": "Origin"}
    if origin.lower() not in visit.app.settings.public.allow_origins:
        return None
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def _refused(
    status: int, wrong: str, headers: Mapping[str, str] | None = None, said: str = ""
) -> Response:
    content = {"error": wrong} | ({"message": said} if said else {})
    return JSONResponse(content, status, dict(headers or {"Vary": "Origin"}))
