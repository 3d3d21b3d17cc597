"""What must hold when all is done: every history has an explanation, and what was acknowledged is there, and no more."""

from collections.abc import Iterator

from tests.chaos.account import Account, Walk
from tests.chaos.client import Client
from tests.chaos.histories import Operation, deletions, faults
from tests.chaos.sending import Answer


def send_again(client: Client) -> Iterator[str]:
    """Send each write that had an effect once more, with its key; yield those that do not get the same answer."""
    for answer in client.kept:
        again, wanted = client.sender.resend(answer.wanted), answer.wanted
        if not again.replayed or (again.status, again.body) != (answer.status, answer.body):
            yield f"{wanted.method} {wanted.path}: answered {_brief(answer)}, with the same key later {_brief(again)}"


def judge(client: Client) -> Iterator[str]:
    """Read all that an account has, when nobody works on it any more, and yield what is wrong with it."""
    account = client.account
    client.walk()
    client.list_tags()
    for task in list(account.tasks):
        client.read_task(task)
    for tag in list(account.tags):
        client.read_tag(tag)
    for item, history in (account.tasks | account.tags).items():
        yield from (f"{item}: {fault}" for fault in faults(history))
    if sorted(client.list_trash()) != sorted(deleted(account.tasks)):
        yield "the trash does not hold what was deleted, and nothing else"
    for walk in account.walks:
        yield from _gaps(account, walk)
    for task, tags in account.bundles.items():
        if client.read_bundle(task) != tags - deleted(account.tags):
            yield f"{task}: has other tags than it was given"


def deleted(histories: dict[str, list[Operation]]) -> set[str]:
    """Return the items that the last read did not find."""
    return {item for item, history in histories.items() if history[-1].status == 404}


def _gaps(account: Account, walk: Walk) -> Iterator[str]:
    """Yield what a walk through all pages repeated, left out, or showed that was not there."""
    seen = set(walk.ids)
    if len(seen) < len(walk.ids):
        yield "a list shows a task twice"
    if unknown := seen - account.tasks.keys() - account.bundles.keys():
        yield f"a list shows what nobody was told of: {unknown}"
    for task, history in account.tasks.items():
        least, most = deletions(history, walk.sent, walk.answered)
        if most < 1 and any(one.kind == "create" and one.answered < walk.sent for one in history) and task not in seen:
            yield f"{task}: left out of a list"
        if least > 0 and task in seen:
            yield f"{task}: deleted, and shown by a list"


def _brief(answer: Answer) -> str:
    return f"{answer.status} {str(answer.body)[:300]}"
