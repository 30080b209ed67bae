"""The only chance in delivery: jitter."""

from random import SystemRandom

roll = SystemRandom().random
