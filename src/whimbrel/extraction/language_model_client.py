"""Chat completions of an OpenAI-compatible endpoint: retries, a cache on disk, and a limit of what may be spent."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from whimbrel.errors import ModelError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json = dict[str, Any]
KEY_VARIABLE = "WHIMBREL_LLM_KEY"
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""Statuses that a later try may not meet."""
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
"""Seconds before the second try, doubled for each further one, and the most of it."""
_LONGEST_ASKED = 600.0
"""Seconds of a server's Retry-After that are waited for; a longer one ends the run."""
_CHARACTERS_A_TOKEN = 3
"""For estimates before an answer says how much it was: fewer than the usual four, so that they are not too low."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, as the user knows it."""

    input: float
    output: float
    currency: str = "USD"

    def __post_init__(self) -> None:
        if self.input < 0 or self.output < 0:
            raise OptionError("prices are below 0; give what a million tokens cost, input and output")

    def of(self, tokens_in: float, tokens_out: float) -> float:
        """Return what so many tokens cost."""
        return (tokens_in * self.input + tokens_out * self.output) / 1_000_000


@dataclass(slots=True)
class Usage:
    """What was asked and what it cost so far; `estimated` answers did not say how many tokens they were."""

    requests: int = 0
    cached: int = 0
    retries: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: int = 0
    spent: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The text of an answer, and whether it was cut off at the most tokens allowed."""

    text: str
    cut: bool = False


class Purse:
    """Lets a request go only if what it can cost at most is still allowed; safe between threads."""

    def __init__(self, prices: Prices | None, limit: float | None) -> None:
        if limit is not None and prices is None:
            raise OptionError("a spending limit needs prices; give what a million tokens cost, input and output")
        if limit is not None and limit < 0:
            raise OptionError(f"the spending limit is {limit}; give 0 or more")
        self.prices = prices
        self.limit = limit
        self.spent = 0.0
        self._promised = 0.0
        self._lock = threading.Lock()

    def promise(self, tokens_in: float, tokens_out: float) -> float:
        """Set aside what a request can cost, and return it; raises ModelError where that is beyond the limit."""
        if self.prices is None:
            return 0.0
        most = self.prices.of(tokens_in, tokens_out)
        with self._lock:
            if self.limit is not None and self.spent + self._promised + most > self.limit:
                unit = self.prices.currency
                raise ModelError(
                    f"the spending limit of {self.limit:.2f} {unit} would be passed: {self.spent:.4f} {unit} are spent "
                    f"and the next request can cost {most:.4f}; raise the limit and run again, what was answered is "
                    "taken from the cache"
                )
            self._promised += most
        return most

    def settle(self, promised: float, tokens_in: int, tokens_out: int) -> None:
        """Put what a request did cost in the place of what it could have."""
        with self._lock:
            self._promised -= promised
            if self.prices is not None:
                self.spent += self.prices.of(tokens_in, tokens_out)


class Cache:
    """Answers on disk, one file each, named by a hash of the request; None as folder keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: str) -> Json | None:
        """Return a stored answer; None where there is none, or where its file is damaged."""
        if self.folder is None:
            return None
        try:
            stored = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return stored if isinstance(stored, dict) and isinstance(stored.get("text"), str) else None

    def put(self, key: str, answer: Json) -> None:
        """Store an answer, whole or not at all; raises ModelError where the folder cannot be written to."""
        if self.folder is None:
            return
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(answer, file, ensure_ascii=False)
                Path(partial).replace(path)
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ModelError(
                f"{self.folder}: the cache of answers cannot be written ({error.strerror}); name another folder"
            ) from error

    def _path(self, key: str) -> Path:
        folder = self.folder or Path()
        return folder / key[:2] / f"{key}.json"


def default_cache() -> Path:
    """Return the folder of answers in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "whimbrel" / "answers"


@dataclass(slots=True)
class ChatClient:
    """Asks one model of one endpoint.

    `most` is the longest answer in tokens; `extra` is merged into each request's body, None removing a key of it;
    `tries` counts the first. `usage` tells what has been asked and spent. Safe between threads.
    """

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)
    purse: Purse = field(default_factory=lambda: Purse(None, None))
    cache: Cache = field(default_factory=lambda: Cache(None))
    most: int = 4096
    timeout: float = 120.0
    tries: int = 6
    extra: Mapping[str, Any] = field(default_factory=dict)
    chance: Callable[[], float] = random.random
    usage: Usage = field(default_factory=Usage)
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    wait: Callable[[float], object] | None = None
    _http: httpx.Client = field(init=False, repr=False)
    _forms: list[str] = field(default_factory=lambda: ["json_schema", "json_object", "none"], repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        try:
            url = httpx.URL(self.base_url)
        except httpx.InvalidURL as error:
            raise OptionError(f"{self.base_url!r} is no address ({error}); give one such as {_EXAMPLE}") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise OptionError(f"{self.base_url!r} is no web address; give one such as {_EXAMPLE}")
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self._http = httpx.Client(timeout=self.timeout, headers=headers)

    @property
    def host(self) -> str:
        """The endpoint's host, for messages."""
        return httpx.URL(self.base_url).host

    def close(self) -> None:
        """Close the connections, and wake what waits for another try."""
        self.stop.set()
        self._http.close()

    def ask(self, messages: list[Json], schema: Json, usable: Callable[[Answer], bool]) -> Answer:
        """Return the answer to some messages, from the cache where the same was asked before.

        Only usable answers are kept, so that a later run asks again where one was not.
        Raises ModelError where the endpoint refuses, stays out of reach, or the spending limit would be passed.
        """
        asked = json.dumps([self.base_url, self._body(messages, schema, "json_schema")], sort_keys=True)
        key = hashlib.sha256(asked.encode()).hexdigest()
        if (stored := self.cache.get(key)) is not None:
            with self._lock:
                self.usage.cached += 1
            return Answer(stored["text"], bool(stored.get("cut")))
        while True:
            form = self._forms[0]
            body = self._body(messages, schema, form)
            response = self._paid(body)
            if response is not None:
                answer = _answer(response, self.host)
                if usable(answer):
                    self.cache.put(key, {"text": answer.text, "cut": answer.cut, "usage": response.get("usage")})
                return answer
            with self._lock:  # the endpoint does not know this form of structured output: the next simpler one
                if self._forms[0] == form:
                    self._forms.pop(0)

    def _body(self, messages: list[Json], schema: Json, form: str) -> Json:
        formats: dict[str, Json] = {
            "json_schema": {"type": "json_schema", "json_schema": {"name": "events", "strict": True, "schema": schema}},
            "json_object": {"type": "json_object"},
        }
        body: Json = {"model": self.model, "messages": messages, "temperature": 0, "max_tokens": self.most}
        if form in formats:
            body["response_format"] = formats[form]
        else:
            shape = f"Answer with a JSON object of this JSON Schema, and nothing else:\n{json.dumps(schema)}"
            body["messages"] = [*messages, {"role": "user", "content": shape}]
        return {name: value for name, value in {**body, **self.extra}.items() if value is not None}

    def _paid(self, body: Json) -> Json | None:
        """Post within the spending limit; None where the endpoint does not take the form of structured output."""
        characters = len(json.dumps(body, ensure_ascii=False))
        tokens_in = characters // _CHARACTERS_A_TOKEN + 1
        promised = self.purse.promise(tokens_in, self.most)
        used = (0, 0)
        try:
            response = self._tried(body)
            if response is not None:
                used = self._count(response, tokens_in)
        finally:
            self.purse.settle(promised, *used)
            with self._lock:
                self.usage.spent = self.purse.spent
        return response

    def _count(self, response: Json, tokens_in: int) -> tuple[int, int]:
        """Return an answer's tokens in and out, and add them to the usage."""
        told = response.get("usage")
        told = told if isinstance(told, dict) else {}
        counts = tuple(n for name in ("prompt_tokens", "completion_tokens") if isinstance(n := told.get(name), int))
        known = len(counts) == 2
        used = (counts[0], counts[1]) if known else (tokens_in, len(json.dumps(response)) // _CHARACTERS_A_TOKEN + 1)
        with self._lock:
            self.usage.requests += 1
            self.usage.estimated += not known
            self.usage.tokens_in += used[0]
            self.usage.tokens_out += used[1]
        return used

    def _tried(self, body: Json) -> Json | None:
        """Post, again after a passing fault; None where the form of structured output is refused."""
        fault = ""
        for attempt in range(self.tries):
            wait = min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT)
            try:
                response = self._http.post(f"{self.base_url}/chat/completions", json=body)
            except httpx.TimeoutException:
                fault = f"no answer within {self.timeout:g} seconds"
            except httpx.TransportError as error:
                fault = f"no connection ({error})"
            else:
                if response.status_code in _PASSING:
                    fault = f"status {response.status_code}{_reason(response)}"
                    wait = _asked(response, self.host) or wait
                elif response.is_success:
                    return _object(response, self.host)
                elif self._may_be_simpler(response):
                    return None
                else:
                    raise ModelError(self._refusal(response))
            if attempt + 1 < self.tries:
                self._pause(wait)
        tries = f"{self.tries} tries" if self.tries > 1 else "one try"
        raise ModelError(f"{self.host} gave no answer in {tries}: {fault}; try again later, or check the address")

    def _may_be_simpler(self, response: httpx.Response) -> bool:
        """Say whether a refusal may be about the form of structured output, and there is a simpler one to try."""
        return response.status_code in (400, 422) and len(self._forms) > 1 and not _is_about_length(response)

    def _pause(self, seconds: float) -> None:
        """Wait so long and up to a quarter more, so that requests that failed together do not come back together."""
        with self._lock:
            self.usage.retries += 1
        (self.wait or self.stop.wait)(seconds * (1 + self.chance() / 4))
        if self.stop.is_set():
            raise ModelError("the run was stopped while waiting for another try")

    def _refusal(self, response: httpx.Response) -> str:
        status, reason = response.status_code, _reason(response)
        what = {
            401: f"the key is refused{reason}; give a valid one in {KEY_VARIABLE}",
            402: f"the account has no credit{reason}; add some, then run again",
            403: f"access is refused{reason}; check the key in {KEY_VARIABLE} and the model's name",
            404: f"there is no {self.base_url}/chat/completions or no model {self.model!r}{reason}; check both",
        }
        return f"{self.host}: {what.get(status, f'the request is refused with status {status}{reason}')}"


_EXAMPLE = "http://localhost:8000/v1"


def _object(response: httpx.Response, host: str) -> Json:
    try:
        value = response.json()
    except ValueError as error:
        raise ModelError(
            f"{host}: the answer is no JSON; is this an OpenAI-compatible address, ending in /v1?"
        ) from error
    if not isinstance(value, dict):
        raise ModelError(f"{host}: the answer is no JSON object; is this an OpenAI-compatible address, ending in /v1?")
    return value


def _answer(response: Json, host: str) -> Answer:
    """Return the first choice's text; an empty text where the model refused to answer."""
    try:
        choice = response["choices"][0]
        text = choice["message"].get("content")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelError(f"{host}: the answer holds no message; is this an OpenAI-compatible address?") from error
    if isinstance(text, list):  # some endpoints give parts
        text = "".join(part.get("text") or "" for part in text if isinstance(part, dict))
    return Answer(text if isinstance(text, str) else "", choice.get("finish_reason") == "length")


def _reason(response: httpx.Response) -> str:
    """Return what a refusal says, in parentheses; "" where it says nothing."""
    text = response.text.strip()
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        error = response.json()["error"]
        text = error if isinstance(error, str) else str(error["message"])
    shown = " ".join(text.split())[:_SHOWN]
    return f" ({shown})" if shown else ""


def _is_about_length(response: httpx.Response) -> bool:
    text = response.text.lower()
    return "context length" in text or "context_length" in text or "maximum context" in text


def _asked(response: httpx.Response, host: str) -> float | None:
    """Return the seconds of a Retry-After header, a number or a date; ModelError where they are too many to wait."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (when - datetime.now(tz=when.tzinfo or UTC)).total_seconds()
    if not seconds < _LONGEST_ASKED:
        minutes = f"{seconds / 60:.0f} minutes" if seconds < 1e9 else "a long time"
        raise ModelError(f"{host} asks to wait {minutes}{_reason(response)}; run again then, answers so far are cached")
    return max(seconds, 0.0)
