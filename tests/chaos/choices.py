"""What a client might do something with: chosen at random, by the seed."""

from typing import Any

from tests.chaos.account import Account
from tests.chaos.sending import Sender

HOT, COLD = 3, 3  # tasks to begin with: half of all changes go to the hot, which are not deleted
NAMES = 30  # of tags that all clients of an account want

type Fields = dict[str, Any]


class Choices:
    """The choices of one client."""

    def __init__(self, account: Account, sender: Sender) -> None:
        self._account = account
        self._sender = sender
        self._random = sender.random
        self._texts = 0

    def task(self) -> str:
        """Return the id of any task, also of one that was deleted."""
        tasks = list(self._account.tasks)
        return self._random.choice(tasks[:HOT] if self._random.random() < 0.5 else tasks)

    def cold_task(self) -> str:
        """Return the id of a task that may be deleted, or has been."""
        return self._random.choice(list(self._account.tasks)[HOT:])

    def new_task(self) -> tuple[Fields, Fields]:
        """Return a new task, as it is sent and as it will be shown."""
        fields, labels = self.fields() | {"completed": self._random.random() < 0.2}, self.labels()
        return fields | {"tag_ids": labels}, fields | {"tags": labels}

    def some_fields(self) -> tuple[Fields, Fields]:
        """Return a change of a task, the title always among it, as it is sent and as it will be shown."""
        fields = self.fields()
        some = {name: fields[name] for name in ("title", *self._random.sample(sorted(fields), 2))}
        if self._random.random() < 0.8:
            return some, some
        labels = self.labels()
        return some | {"tag_ids": labels}, some | {"tags": labels}

    def labels(self) -> list[str]:
        """Return the ids of tags that stay."""
        return sorted(self._random.sample(self._account.labels, self._random.randint(0, 2)))

    def fields(self) -> Fields:
        """Return the fields of a task that nobody else writes."""
        return {
            "title": self.text(),
            "description": self._random.choice([None, self.text()]),
            "priority": self._random.choice(["low", "medium", "high"]),
            "due_date": self._random.choice([None, "2027-01-01", "2027-06-30"]),
        }

    def text(self) -> str:
        """Return a text that nobody else writes."""
        self._texts += 1
        return f"{self._sender.name} {self._texts}"

    def name(self) -> str:
        """Return a name for a tag that others want too."""
        return f"name {self._random.randrange(NAMES)}"
