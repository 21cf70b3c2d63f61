"""Workers share a queue and leave it only when nothing can come any more."""

import threading

from elt.replication.load.work_queue import WorkQueue

PATIENCE_SECONDS = 10


def work(queue, handle):
    """Take tasks until there are none."""
    while (task := queue.take()) is not None:
        try:
            handle(task)
        finally:
            queue.done()


def test_tasks_come_in_their_order():
    queue, taken = WorkQueue(), []
    queue.add_last([1, 2])
    queue.add_first([3, 4])

    work(queue, taken.append)

    assert taken == [3, 4, 1, 2]


def test_empty_queue_sends_a_worker_home():
    assert WorkQueue().take() is None


def test_waiting_worker_gets_what_another_one_adds():
    queue, taken = WorkQueue(), []
    queue.add_last(["first"])
    first = queue.take()
    waiting = threading.Thread(target=work, args=(queue, taken.append))
    waiting.start()

    queue.add_first(["brought by the first"])
    queue.done()
    waiting.join(PATIENCE_SECONDS)

    assert first == "first"
    assert taken == ["brought by the first"]
    assert not waiting.is_alive()


def test_cleared_queue_sends_waiting_workers_home():
    queue, taken = WorkQueue(), []
    queue.add_last([1, 2, 3])
    queue.take()
    queue.clear()
    waiting = threading.Thread(target=work, args=(queue, taken.append))
    waiting.start()

    queue.done()
    waiting.join(PATIENCE_SECONDS)

    assert taken == []
    assert not waiting.is_alive()
