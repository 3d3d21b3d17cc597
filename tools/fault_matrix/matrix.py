"""Runs each request once to count its calls, then once for each call and fault, with a retry; collects all errors."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambdo.base.settings import settings
from lambdo.table import aws, key_sets, keys
from lambdo.web.idempotency import REPLAYED
from tools.fault_matrix.faults import FAULTS, OVERTAKEN, WRITES, Fault
from tools.in_process.api import Answer
from tools.in_process.endpoints import Endpoint, Request
from tools.in_process.network import PASS, Crash, Network
from tools.in_process.network import Fault as NetworkFault
from tools.in_process.problems import differences
from tools.in_process.world import World

MANY = 30  # calls; a limit against hanging, not a measurement


class Reply(NamedTuple):
    """A response without the values that differ from run to run."""

    status: int
    headers: str
    text: str


class Reference(NamedTuple):
    """What a request does without faults: its calls, the state before each and at the end, and what it does again."""

    operations: list[str]
    states: list[str]
    reply: Reply
    again: Reply
    twice: str

    def is_done_before(self, step: int) -> bool:
        """Tell whether the request has already taken effect when this call is sent."""
        return self.states[0] != self.states[-1] == self.states[step]


class Outcome(NamedTuple):
    """The outcome of a fault at a call: the statuses of response and retry, if there are any, and what is wrong."""

    step: int
    fault: Fault
    answer: int | None
    retry: int | None
    twice: bool
    wrong: list[str]


class Result(NamedTuple):
    """The outcomes of a request."""

    request: Request
    reference: Reference
    outcomes: list[Outcome]
    wrong: list[str]


class Matrix:
    """Runs each request and keeps the results."""

    def __init__(self, world: World) -> None:
        self.results: dict[str, Result] = {}
        self._world = world

    def run(self, request: Request) -> Result:
        """Return the result of a request; the first time, run it."""
        if str(request) not in self.results:
            self.results[str(request)] = self._run(request)
        return self.results[str(request)]

    def _run(self, request: Request) -> Result:
        network = _network(request)
        reference = self._observe(request, network)
        outcomes = [
            self._inject(request, network, reference, *injection) for injection in _injections(request, reference)
        ]
        outcomes += self._overtake(request, network, reference)
        wrong = [
            f"{outcome.fault.name} at call {outcome.step + 1}, {reference.operations[outcome.step]}: {wrong}"
            for outcome in outcomes
            for wrong in outcome.wrong
        ]
        return Result(request, reference, outcomes, _undeclared(request, reference) + wrong)

    def _observe(self, request: Request, network: Network) -> Reference:
        """Send the request twice; the first time, look at the table before each call."""
        self._world.restore()
        states: list[str] = []
        _start(request, network, [lambda: states.append(self._world.look()[0])] * MANY)
        reply = self._reply(self._world.send(request))
        operations = [*network.sent]
        _start(request, network, [])
        states.append(self._world.look()[0])
        again = self._reply(self._world.send(request))
        return Reference(operations, states, reply, again, self._world.look()[0])

    def _inject(self, request: Request, network: Network, reference: Reference, step: int, fault: Fault) -> Outcome:
        """Send the request while one of its calls fails, and again if the client does not know the outcome."""
        self._world.restore()
        _start(request, network, [*[PASS] * step, *fault.plan(reference.operations[step])])
        try:
            answer = self._world.send(request)
        except Crash:
            answer = None
        wrong = _differs("faults that were not met", network.plan, [])
        wrong += self._judge(request, reference, step, fault, answer)
        there = reference.states[-1 if fault.passes else step + fault.applied]
        state, violations = self._world.look()
        wrong += violations
        if fault.passes or not request.in_steps:
            wrong += _differs("table", state, there)
        if answer and fault.passes:
            return Outcome(step, fault, answer.status, None, False, wrong)

        done = there == reference.states[-1]
        _start(request, network, [])
        again = self._world.send(request)
        wrong += self._judge_retry(request, reference, again, done=done)
        return Outcome(step, fault, answer.status if answer else None, again.status, request.twice and done, wrong)

    def _overtake(self, request: Request, network: Network, reference: Reference) -> Iterator[Outcome]:
        """Run the rival before each call up to that with the effect: the result must be that of rival, then request."""
        rival = request.rival
        if rival is None:
            return
        self._world.restore()
        _start(request, network, [])
        self._world.send(rival)
        reply = self._reply(self._world.send(request))
        state = self._world.look()[0]
        undeclared = _differs("answer", reply.status, request.overtaken or request.status)
        for step in range(reference.states.index(reference.states[-1])):
            self._world.restore()
            _start(request, network, [*[PASS] * step, lambda: self._world.send(rival)])
            answer = self._world.send(request)
            network.restart()
            now, violations = self._world.look()
            wrong = _differs("answer", self._reply(answer), reply) + _differs("table", now, state) + violations
            yield Outcome(step, OVERTAKEN, answer.status, None, False, wrong + undeclared)

    def _judge(
        self, request: Request, reference: Reference, step: int, fault: Fault, answer: Answer | None
    ) -> list[str]:
        """Return what is wrong with the first response."""
        if answer is None or fault.code is None:
            return _differs("end", answer, None) + _differs("crash", fault.code, None)
        if fault.passes or (reference.is_done_before(step) and request.late is None):
            return _differs("answer", self._reply(answer), reference.reply) + self._unreadable(answer)
        if request.in_steps and answer.status == 200:
            told = [result["problem"]["code"] for result in answer.json["results"] if "problem" in result]
            return _differs("what is told of the steps", told, [fault.code])
        if wrong := differences(answer, fault.status, fault.code):
            return wrong
        if fault.applied or reference.is_done_before(step) or request.in_steps:
            return []
        return _differs("table under a fault", reference.states[step], reference.states[0])

    def _judge_retry(self, request: Request, reference: Reference, answer: Answer, *, done: bool) -> list[str]:
        """Return what is wrong with a retry, whose effect may already exist, and with the table after the stream."""
        state, wrong = self._world.look()
        if request.in_steps:
            wrong += _differs("retry", answer.status, request.status)
            if not request.twice:
                wrong += _differs("effects of all", _effects(state), _effects(reference.states[-1]))
        else:
            wrong += _differs("retry", self._reply(answer), reference.again if done else reference.reply)
            wrong += _differs("table after it", state, reference.twice if done else reference.states[-1])
        wrong += self._unreadable(answer)
        if self._world.drain():
            wrong += self._world.look()[1]
        return wrong

    def _unreadable(self, answer: Answer) -> list[str]:
        """Return what is wrong with a task or tag in a response: a get must return the same."""
        body = answer.json if answer.status in {200, 201} and answer.text else {}
        kind = "tasks" if "title" in body else "tags" if "color" in body else None
        if kind is None:
            return []
        return _differs("what can be read", self._world.user.call("GET", f"{kind}/{body['id']}").json, body)

    def _reply(self, answer: Answer) -> Reply:
        headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        return Reply(answer.status, *(self._world.shape(text) for text in (json.dumps(headers), answer.text)))


def _network(request: Request) -> Network:
    """Return the network of a new client, because botocore's retry quota lasts for a client's life."""
    aws.client.cache_clear()
    for name in (settings.signing_keys_parameter, settings.cursor_keys_parameter):
        key_sets.get_cached(name)
    return Network(*(aws.client(service) for service in (["dynamodb", "ssm"] if request.cold else ["dynamodb"])))


def _start(request: Request, network: Network, plan: list[NetworkFault]) -> None:
    """Start a new process, which has already read its keys unless the request is `cold`, with these planned faults."""
    network.restart()
    network.plan = plan
    if request.cold:
        key_sets.get_cached.cache_clear()


def _injections(request: Request, reference: Reference) -> Iterator[tuple[int, Fault]]:
    """Yield each call with each fault that it can meet; skip reads that are the same without an Idempotency-Key."""
    last = len(reference.operations) - 1
    for step, operation in enumerate(reference.operations):
        if request.keyed and operation not in WRITES and step != last:
            continue
        has_effect = reference.states[step] != reference.states[step + 1]
        for fault in FAULTS:
            if fault.plan(operation) and (has_effect or not fault.of_effect) and (request.keyed or not fault.of_key):
                yield step, fault


def _undeclared(request: Request, reference: Reference) -> list[str]:
    """Return how a request's behaviour differs from its declaration."""
    again = request.status if request.again is None else request.again
    twice = reference.twice != reference.states[-1]
    return (
        _differs("answer", reference.reply.status, request.status)
        + _differs(
            "replay", REPLAYED in reference.again.headers, request.keyed and reference.states[0] != reference.states[-1]
        )
        + _differs("second answer", reference.again.status, again)
        + _differs("second effect", twice, request.twice)
    )


def _effects(state: str) -> list[str]:
    """Return a state without idempotency records: the results of steps may differ from one attempt to another."""
    return [line for line in state.splitlines() if keys.IDEMPOTENCY not in line]


def _differs(what: str, found: object, wanted: object) -> list[str]:
    return [] if found == wanted else [f"{what}: {found}, not {wanted}"]


def requests(endpoints: Sequence[Endpoint]) -> list[Request]:
    """Return the requests to run, with and without an Idempotency-Key: all but those of pages, which make no calls."""
    return [request for endpoint in endpoints if not endpoint.is_page for request in endpoint.with_keys()]
