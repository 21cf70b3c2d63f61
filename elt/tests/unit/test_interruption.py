"""A signal ends a command at once; that nothing is half-done, integration tests say."""

import os
import signal
import threading

import pytest

from elt import interruption
from elt.errors import ConfigError, InterruptedRun
from elt.interruption import (
    interrupted_run,
    is_interrupted,
    pause,
    raise_if_interrupted,
    run_interruptibly,
)

#: Far beyond what any of this takes; who waits so long was not woken.
DEADLINE_SECONDS = 10.0


@pytest.fixture(autouse=True)
def no_signal_yet(monkeypatch):
    monkeypatch.setattr(interruption, "_event", threading.Event())
    monkeypatch.setattr(interruption, "_signals", [])


@pytest.fixture
def interrupt():
    """Return a function that makes it look as if a signal had come."""

    def pretend(number):
        interruption._signals.append(number)
        interruption._event.set()

    return pretend


def nothing_to_cancel():
    pytest.fail("a command that ends by itself was cancelled")


def test_without_a_signal_nothing_is_interrupted():
    raise_if_interrupted()

    assert not is_interrupted()


@pytest.mark.parametrize(
    "number, exit_code, name",
    [(signal.SIGINT, 130, "SIGINT"), (signal.SIGTERM, 143, "SIGTERM")],
)
def test_error_names_the_signal(interrupt, number, exit_code, name):
    interrupt(number)

    with pytest.raises(InterruptedRun, match=f"Interrupted by {name}") as ending:
        raise_if_interrupted()

    assert ending.value.exit_code == exit_code


def test_first_signal_decides(interrupt):
    interrupt(signal.SIGTERM)
    interrupt(signal.SIGINT)

    assert interrupted_run().exit_code == 143


def test_pause_ends_at_a_signal(interrupt):
    interrupt(signal.SIGTERM)

    with pytest.raises(InterruptedRun):
        pause(DEADLINE_SECONDS)


def test_pause_without_a_signal_goes_by():
    pause(0)

    assert not is_interrupted()


def test_result_of_the_command_is_returned():
    assert run_interruptibly(lambda: 65, nothing_to_cancel) == 65


@pytest.mark.parametrize(
    "error", [ConfigError("no"), ZeroDivisionError(), SystemExit(3)]
)
def test_error_of_the_command_is_raised(error):
    def fail():
        raise error

    with pytest.raises(type(error)) as raised:
        run_interruptibly(fail, nothing_to_cancel)

    assert raised.value is error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_cancels_what_runs(number):
    is_cancelled = threading.Event()

    def run():
        # By then the main thread waits, and the signal has to wake it.
        is_cancelled.wait(0.01)
        os.kill(os.getpid(), number)
        assert is_cancelled.wait(DEADLINE_SECONDS)
        raise_if_interrupted()
        return 0

    with pytest.raises(InterruptedRun) as ending:
        run_interruptibly(run, is_cancelled.set)

    assert ending.value.exit_code == 128 + number


def test_signal_that_another_thread_receives_cancels_too():
    """The kernel chooses the thread; that of the command may be the one."""
    is_cancelled = threading.Event()

    def run():
        is_cancelled.wait(0.01)
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        assert is_cancelled.wait(DEADLINE_SECONDS)
        raise_if_interrupted()
        return 0

    with pytest.raises(InterruptedRun):
        run_interruptibly(run, is_cancelled.set)


def test_what_began_after_the_first_cancel_is_cancelled_too(monkeypatch):
    monkeypatch.setattr(interruption, "_CANCEL_AGAIN_SECONDS", 0.001)
    cancels = threading.Semaphore(0)

    def run():
        os.kill(os.getpid(), signal.SIGTERM)
        return sum(cancels.acquire(timeout=DEADLINE_SECONDS) for _ in range(3))

    assert run_interruptibly(run, cancels.release) == 3


def test_command_that_cannot_be_cancelled_is_left_behind(monkeypatch):
    is_over = threading.Event()
    said, codes = [], []

    def exit_at_once(code):
        codes.append(code)
        is_over.set()

    monkeypatch.setattr(interruption, "GRACE_SECONDS", 0.002)
    monkeypatch.setattr(interruption, "_CANCEL_AGAIN_SECONDS", 0.001)
    monkeypatch.setattr(os, "_exit", exit_at_once)

    def run():
        os.kill(os.getpid(), signal.SIGTERM)
        is_over.wait(DEADLINE_SECONDS)
        return 0

    run_interruptibly(run, lambda: None, said.append)

    assert set(codes) == {143}
    assert "Interrupted by SIGTERM" in said[0].message


def test_handlers_of_before_are_back_afterwards():
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]

    run_interruptibly(lambda: 0, nothing_to_cancel)

    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.set_wakeup_fd(-1) == -1
