"""The connection to the API server: the only module that imports kubernetes.

Of the official client only the configuration and the connection pool are used. Its
typed calls drop the fields they do not know, differ between its versions and load
thousands of classes; its watches reconnect without a pause. Answers stay JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import urllib3
import yaml
from kubernetes import config as kubernetes_config
from kubernetes.client import Configuration
from kubernetes.client.rest import RESTClientObject

from elt import __version__, logs
from elt.control.failures import (
    ConflictError,
    CredentialsError,
    ForbiddenError,
    GoneError,
    RefusedError,
    UnreachableError,
)
from elt.control.fields import Manifest, text
from elt.control.keys import CONTROLLER
from elt.errors import ConfigError, EltError

log = logs.logger(__name__)

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
#: Longer than a watch lasts, and than bookmarks are apart: a watch that was silent for
#: so long is dead.
_SILENCE_SECONDS = 75.0
_CHUNK_BYTES = 64 * 1024
#: What is forbidden in these words is so whatever the Role says.
_NO_MATTER_OF_RIGHTS = (
    "exceeded quota",
    "admission webhook",
    "ValidatingAdmissionPolicy",
)

JSON = "application/json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One call, with the verb and the resource that a Role would name."""

    verb: str
    resource: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    content_type: str = JSON

    @property
    def method(self) -> str:
        """The HTTP method of the verb."""
        methods = {"create": "POST", "patch": "PATCH", "delete": "DELETE"}
        return methods.get(self.verb, "GET")


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """How to reach an API server, and the namespace that they are for."""

    configuration: Configuration
    namespace: str


class Connection:
    """An API server; credentials that it no longer accepts are loaded anew, once."""

    def __init__(
        self,
        load: Callable[[], Credentials] | None = None,
        *,
        count: Callable[[str, str], None] = lambda _verb, _code: None,
        read_seconds: float = _READ_SECONDS,
        silence_seconds: float = _SILENCE_SECONDS,
    ) -> None:
        self._load = load or load_credentials
        self._count = count
        self._read_seconds = read_seconds
        self._silence_seconds = silence_seconds
        self._reload()

    @property
    def namespace(self) -> str:
        """The namespace that the credentials are for."""
        return self._credentials.namespace

    def call(self, request: Request) -> tuple[Manifest, Mapping[str, str]]:
        """Send a request; return the object and the headers of the answer."""
        response = self._open(request, self._read_seconds)
        try:
            body = b"".join(_chunks(response, self._read_seconds))
            answer = json.loads(body)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._unreachable(request, error) from error
        finally:
            response.release_conn()
        return (answer if isinstance(answer, dict) else {}), response.headers

    def stream(self, request: Request) -> Iterator[bytes]:
        """Send a request; yield the answer as it comes."""
        response = self._open(request, self._silence_seconds)
        try:
            yield from response.stream(_CHUNK_BYTES)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unreachable(request, error) from error
        finally:
            # What was not read would be mistaken for the answer to the next request.
            response.close()

    def _open(self, request: Request, seconds: float) -> urllib3.BaseHTTPResponse:
        """Return an answer with a good status, its body unread."""
        response = self._send(request, seconds)
        if response.status == HTTPStatus.UNAUTHORIZED:
            response.drain_conn()
            log.debug("reloaded credentials")
            self._reload()
            response = self._send(request, seconds)
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            return response
        try:
            raise _failure(request, response)
        finally:
            response.close()

    def _send(self, request: Request, seconds: float) -> urllib3.BaseHTTPResponse:
        configuration = self._credentials.configuration
        headers = {
            "Accept": JSON,
            "Content-Type": request.content_type,
            "User-Agent": f"{CONTROLLER}/{__version__}",
        }
        for setting in configuration.auth_settings().values():
            headers[setting["key"]] = setting["value"]
        query = f"?{urlencode(request.query)}" if request.query else ""
        try:
            response: urllib3.BaseHTTPResponse = self._pool.request(
                request.method,
                f"{configuration.host}{request.path}{query}",
                body=None if request.body is None else json.dumps(request.body),
                headers=headers,
                preload_content=False,
                retries=False,
                timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=seconds),
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._unreachable(request, error) from error
        self._count(request.verb, str(response.status))
        return response

    def _reload(self) -> None:
        self._credentials = self._load()
        self._pool = RESTClientObject(self._credentials.configuration).pool_manager

    def _unreachable(self, request: Request, error: Exception) -> UnreachableError:
        self._count(request.verb, "error")
        return UnreachableError(
            f"Cannot {request.verb} {request.resource}: the API server at"
            f" {self._credentials.configuration.host} does not answer"
            f" ({_shortened(str(error))})"
        )


def load_credentials() -> Credentials:
    """Return the service account's credentials in a pod, else those of kubeconfig."""
    configuration = Configuration()
    try:
        kubernetes_config.load_incluster_config(client_configuration=configuration)
    except kubernetes_config.ConfigException:
        return _load_kubeconfig(configuration)
    namespace = (_SERVICE_ACCOUNT / "namespace").read_text().strip()
    return Credentials(configuration=configuration, namespace=namespace)


def _load_kubeconfig(configuration: Configuration) -> Credentials:
    try:
        kubernetes_config.load_kube_config(client_configuration=configuration)
        _, active = kubernetes_config.list_kube_config_contexts()
    except (
        kubernetes_config.ConfigException,
        yaml.YAMLError,
        OSError,
        # What the loader makes of a file that is something else.
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        message = f"Cannot find a cluster: {_shortened(str(error))}"
        hint = "In a pod, mount the service account's token; elsewhere, set KUBECONFIG."
        raise ConfigError(message, hint=hint) from error
    namespace = text(active or {}, "context", "namespace") or "default"
    return Credentials(configuration=configuration, namespace=namespace)


def server_time(headers: Mapping[str, str]) -> float:
    """Return the API server's time, in seconds since 1970: never our own clock."""
    try:
        return parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError) as error:
        message = "The API server's answer does not say when it was given"
        hint = "Something between it and us removes the header Date."
        raise UnreachableError(message, hint=hint) from error


def _chunks(response: urllib3.BaseHTTPResponse, seconds: float) -> Iterator[bytes]:
    """Yield the body; one that only drips would pass every read time-out."""
    latest = time.monotonic() + seconds
    for chunk in response.stream(_CHUNK_BYTES):
        yield chunk
        if time.monotonic() > latest:
            message = f"no end after {seconds:g} seconds"
            raise TimeoutError(message)


def _failure(request: Request, response: urllib3.BaseHTTPResponse) -> EltError:
    """Return the error that an answer is."""
    doing = f"Cannot {request.verb} {request.resource}"
    message = f"{doing}: {_status_message(response)}"
    status = response.status
    if status == HTTPStatus.UNAUTHORIZED:
        message = f"{doing}: the API server does not accept our credentials"
        return CredentialsError(message, hint="Log in to the cluster again.")
    if status == HTTPStatus.FORBIDDEN:
        return ForbiddenError(message, hint=_forbidden_hint(request, message))
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and request.verb == "create":
        return RefusedError(message)
    # Of a patch, "unprocessable" says that a test in it does not hold.
    kinds: dict[int, type[EltError]] = {
        HTTPStatus.NOT_FOUND: ConflictError,
        HTTPStatus.CONFLICT: ConflictError,
        HTTPStatus.UNPROCESSABLE_ENTITY: ConflictError,
        HTTPStatus.GONE: GoneError,
        HTTPStatus.TOO_MANY_REQUESTS: UnreachableError,
    }
    is_broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return kinds.get(status, UnreachableError if is_broken else RefusedError)(message)


def _forbidden_hint(request: Request, message: str) -> str:
    if any(words in message for words in _NO_MATTER_OF_RIGHTS):
        return "It is tried again; the namespace's quota or policy has to allow it."
    return f"Allow the verb {request.verb} on {request.resource} in the Role."


def _status_message(response: urllib3.BaseHTTPResponse) -> str:
    """Return what the API server says in its Status object."""
    try:
        status = json.loads(response.read(_CHUNK_BYTES))
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        status = {}
    said = text(status, "message") if isinstance(status, dict) else ""
    return _shortened(said or f"status {response.status}")


def _shortened(said: str) -> str:
    longest = 500
    return said if len(said) <= longest else said[: longest - 1] + "…"
