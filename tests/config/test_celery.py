"""The beat, when the clock is set back."""

from datetime import timedelta

from config.celery import app


def test_the_beat_goes_on_when_the_clock_is_set_back():
    every = app.conf.beat_schedule["sweep"]["schedule"]
    now = every.now()

    assert every.is_due(now + timedelta(minutes=90)) == (True, 60.0)
    assert every.is_due(now - timedelta(seconds=61)) == (True, 60.0)
    due, wait = every.is_due(now - timedelta(seconds=20))
    assert (due, 39 < wait <= 40) == (False, True)
