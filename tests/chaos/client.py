"""What a client does: one thing after another, chosen at random, each answer noted in its account's histories."""

import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from tests.chaos.account import PASSWORD, Account, Walk
from tests.chaos.choices import COLD, HOT, Choices
from tests.chaos.histories import Kind, Operation
from tests.chaos.sending import AGAIN, Answer, FaultError, Sender

GRACE = 25.0  # seconds in which a refresh whose answer was lost is repeated, less than the API's 30
LABELS = 4
BUNDLE = "bundle "  # begins the titles of tasks with passing tags


class Client:
    """Somebody at work on an account, with a session of their own."""

    def __init__(self, account: Account, sender: Sender) -> None:
        self.account = account
        self.sender = sender
        self.random = sender.random
        self.choices = Choices(account, sender)
        self.refresh_token = ""
        self.kept: list[Answer] = []  # to writes that had an effect

    def act(self) -> None:
        """Do one thing."""
        (action,) = self.random.choices(list(ACTIONS), list(ACTIONS.values()))
        action(self)

    def settle(self) -> None:
        """Make the account, with what all its clients will work on."""
        self._ask("register", "POST", "/api/auth/register", self._credentials, expected=[201])
        self.log_in()
        for _ in range(LABELS):
            self.create_label()
        for _ in range(HOT + COLD):
            self.create_task()

    def log_in(self) -> None:
        """Begin a session."""
        self._take_tokens(self._ask("log in", "POST", "/api/auth/login", self._credentials))

    def refresh(self) -> None:
        """Go on with the session: a refresh whose answer was lost is sent again in time, and the session lives."""
        began = time.monotonic()
        body = {"refresh_token": self.refresh_token}
        answer = self._ask("refresh", "POST", "/api/auth/refresh", body, expected=[200, 401])
        if answer.status == 200:
            self._take_tokens(answer)
        elif answer.answered - began > GRACE:
            self.log_in()
        else:
            raise FaultError(f"a session ended: {answer.body}")

    def create_task(self) -> None:
        """Create a task, sometimes with labels."""
        sent, fields = self.choices.new_task()
        answer = self._ask("create task", "POST", "/api/me/tasks", sent, expected=[201])
        self._note(self.account.tasks, answer.body["id"], "create", answer, fields)

    def change_task(self) -> None:
        """Change some fields of a task, sometimes its labels, sometimes only if nobody else has meanwhile."""
        task, only_if = self.choices.task(), None
        sent, change = self.choices.some_fields()
        if self.random.random() < 0.2:
            only_if = max((one.version for one in list(self.account.tasks[task])), default=0) or None
        self._work_on(task, "change task", "change", "PATCH", "", sent, change, only_if)

    def complete_task(self) -> None:
        """Say that a task is done, or is not."""
        wanted = {"completed": self.random.random() < 0.7}
        self._work_on(self.choices.task(), "complete task", "change", "PATCH", "/complete", wanted, wanted)

    def toggle_task(self) -> None:
        """Turn a task over, whatever it is."""
        self._work_on(self.choices.task(), "toggle task", "toggle", "PATCH", "/complete")

    def link_label(self) -> None:
        """Put a label on a task."""
        label = self.random.choice(self.account.labels)
        self._work_on(self.choices.task(), "link tag", "link", "PUT", f"/tags/{label}", argument=label)

    def delete_task(self) -> None:
        """Delete a task that is not hot."""
        self._work_on(self.choices.cold_task(), "delete task", "delete", "DELETE", "")

    def change_tasks(self) -> None:
        """Create, change, turn over and delete tasks in one request: again, with its key, until all are dealt with."""
        changed, turned, deleted = self.choices.task(), self.choices.task(), self.choices.cold_task()
        (new, fields), (some, change) = self.choices.new_task(), self.choices.some_fields()
        operations = [
            {"op": "create", "task": new},
            {"op": "update", "task_id": changed, "changes": some},
            {"op": "complete", "task_id": turned},
            {"op": "delete", "task_id": deleted},
        ]
        meant: list[tuple[Kind, str | None, Any]] = [
            ("create", None, fields),
            ("change", changed, change),
            ("toggle", turned, None),
            ("delete", deleted, None),
        ]
        first = answer = self._ask("change tasks", "POST", "/api/me/tasks/bulk", {"operations": operations})
        while any(one.get("problem", {}).get("code") in AGAIN for one in answer.body["results"]):
            answer = replace(self.sender.resend(answer.wanted), sent=first.sent)
        for (kind, task, argument), result in zip(meant, answer.body["results"], strict=True):
            shown = result.get("task")
            one = replace(answer, status=result["status"], body=shown)
            self._expect(one, [200, 201, 204, 404])
            self._note(self.account.tasks, task or shown["id"], kind, one, argument)

    def restore_task(self) -> None:
        """Have a task back that was deleted."""
        tasks = list(self.account.tasks.items())
        deleted = [task for task, history in tasks if any(one.status == 204 for one in list(history))]
        if deleted:
            task = self.random.choice(deleted)
            path = f"/api/me/tasks/trash/{task}/restore"
            answer = self._ask("restore task", "POST", path, expected=[200, 404])
            self._note(self.account.tasks, task, "restore", answer)

    def read_task(self, task: str | None = None) -> None:
        """Read a task, any of them unless one is named."""
        self._work_on(task or self.choices.task(), "read task", "read", "GET", "")

    def read_tag(self, tag: str) -> None:
        """Read a tag."""
        answer = self._ask("read tag", "GET", f"/api/me/tags/{tag}", expected=[200, 404])
        self._note(self.account.tags, tag, "read", answer)

    def read_bundle(self, task: str) -> set[str]:
        """Return the ids of a task's tags."""
        answer = self._ask("read task", "GET", f"/api/me/tasks/{task}")
        return {tag["id"] for tag in answer.body["tags"]}

    def create_bundle(self) -> None:
        """Create a task with passing tags, any of which may go meanwhile."""
        title, passing = BUNDLE + self.choices.text(), list(self.account.passing)
        body = {"title": title, "tag_ids": self.random.sample(passing, min(len(passing), 3))}
        answer = self._ask("create task", "POST", "/api/me/tasks", body, expected=[201, 404])
        if answer.status == 201:
            self.account.bundles[answer.body["id"]] = set(body["tag_ids"])

    def unlink_tag(self) -> None:
        """Take a passing tag off a task."""
        linked = [(task, tag) for task, tags in list(self.account.bundles.items()) for tag in sorted(tags)]
        if linked:
            task, tag = self.random.choice(linked)
            self._ask("unlink tag", "DELETE", f"/api/me/tasks/{task}/tags/{tag}", expected=[204])
            self.account.bundles[task] = self.account.bundles[task] - {tag}

    def create_tag(self) -> None:
        """Create a tag of a name that others want too."""
        fields = {"name": self.choices.name(), "color": None}
        answer = self._ask("create tag", "POST", "/api/me/tags", fields, expected=[201, 409])
        if answer.status == 201:
            self._note(self.account.tags, answer.body["id"], "create", answer, fields)
            self.account.passing.append(answer.body["id"])

    def create_label(self) -> None:
        """Create a tag that stays."""
        fields = {"name": self.choices.text(), "color": None}
        answer = self._ask("create tag", "POST", "/api/me/tags", fields, expected=[201])
        self._note(self.account.tags, answer.body["id"], "create", answer, fields)
        self.account.labels.append(answer.body["id"])

    def change_tag(self) -> None:
        """Recolour a tag, or rename it."""
        tag = self.random.choice(self.account.labels[:1] if self.random.random() < 0.5 else list(self.account.tags))
        fields = {"color": f"#{self.random.getrandbits(24):06x}"}
        if self.random.random() < 0.5:
            fields["name"] = self.choices.name()
        answer = self._ask("change tag", "PATCH", f"/api/me/tags/{tag}", fields, expected=[200, 404, 409])
        self._note(self.account.tags, tag, "change", answer, fields)

    def delete_tag(self) -> None:
        """Delete a passing tag, which nobody else will."""
        try:
            tag = self.account.passing.pop()
        except IndexError:
            return
        answer = self._ask("delete tag", "DELETE", f"/api/me/tags/{tag}", expected=[204])
        self._note(self.account.tags, tag, "delete", answer)

    def list_tags(self) -> None:
        """Read all tags."""
        answer = self._ask("list tags", "GET", "/api/me/tags")
        for tag in answer.body["items"]:
            self._note(self.account.tags, tag["id"], "read", answer, body=tag)

    def walk(self) -> None:
        """Read all pages of the tasks, oldest or newest first."""
        path = f"/api/me/tasks?sort={self.random.choice(['', '-'])}created_at&limit={self.random.randint(10, 60)}"
        ids, sent = [], time.monotonic()
        for answer in self._pages("list tasks", path):
            for task in answer.body["items"]:
                ids.append(task["id"])
                if not task["title"].startswith(BUNDLE):
                    self._note(self.account.tasks, task["id"], "read", answer, body=task)
        self.account.walks.append(Walk(sent, time.monotonic(), ids))

    def list_trash(self) -> list[str]:
        """Return the ids of all deleted tasks."""
        pages = self._pages("list trash", "/api/me/tasks/trash?limit=20")
        return [task["id"] for answer in pages for task in answer.body["items"]]

    def _pages(self, name: str, path: str) -> Iterator[Answer]:
        cursor: str | None = ""
        while cursor is not None:
            answer = self._ask(name, "GET", path + (f"&cursor={cursor}" if cursor else ""))
            yield answer
            cursor = answer.body["next_cursor"]

    @property
    def _credentials(self) -> dict[str, Any]:
        return {"email": self.account.email, "password": PASSWORD}

    def _take_tokens(self, answer: Answer) -> None:
        self.sender.access_token = answer.body["access_token"]
        self.refresh_token = answer.body["refresh_token"]

    def _work_on(
        self,
        task: str,
        name: str,
        kind: Kind,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        argument: Any = None,
        only_if: int | None = None,
    ) -> None:
        answer = self._ask(name, method, f"/api/me/tasks/{task}{path}", body, [200, 204, 404, 412], only_if)
        self._note(self.account.tasks, task, kind, answer, argument, only_if=only_if)

    def _ask(
        self,
        name: str,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        expected: Collection[int] = (200,),
        only_if: int | None = None,
    ) -> Answer:
        answer = self.sender.send(name, method, path, body, only_if)
        self._expect(answer, expected)
        refused = isinstance(answer.body, dict) and any(
            "problem" in result for result in answer.body.get("results", ())
        )  # leaves no record: sent again, it might be done
        if method != "GET" and "/auth/" not in path and answer.status < 300 and not refused:
            self.kept.append(answer)
        return answer

    @staticmethod
    def _expect(answer: Answer, statuses: Collection[int]) -> None:
        if answer.status not in statuses:
            raise FaultError(f"{answer.wanted.method} {answer.wanted.path} was answered {answer.status} {answer.body}")

    @staticmethod
    def _note(
        histories: dict[str, list[Operation]],
        item: str,
        kind: Kind,
        answer: Answer,
        argument: Any = None,
        body: dict[str, Any] | None = None,
        only_if: int | None = None,
    ) -> None:
        histories[item].append(
            Operation(kind, answer.sent, answer.answered, answer.status, body or answer.body, argument, only_if)
        )


# What there is to do, and how often.
ACTIONS = {
    Client.create_task: 15,
    Client.change_task: 15,
    Client.complete_task: 8,
    Client.toggle_task: 10,
    Client.link_label: 8,
    Client.delete_task: 5,
    Client.change_tasks: 5,
    Client.restore_task: 4,
    Client.read_task: 6,
    Client.create_bundle: 5,
    Client.unlink_tag: 4,
    Client.create_tag: 6,
    Client.change_tag: 8,
    Client.delete_tag: 3,
    Client.list_tags: 3,
    Client.walk: 3,
    Client.refresh: 6,
    Client.log_in: 1,
}
