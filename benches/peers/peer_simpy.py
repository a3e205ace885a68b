"""The captcha rules in SimPy: each account is a few processes that wait for its instants."""

import sys

import numpy as np
import simpy

from world import CENT, Scenario, timed

HOUR = 3600
DAY = 24 * HOUR
BILL_AT = 8 * HOUR
GRACE = 168 * HOUR


class Account:
    def __init__(self, env, scenario, counts, balance, pays):
        self.env, self.scenario, self.counts = env, scenario, counts
        self.balance, self.free = balance, scenario.free
        self.suspended, self.ever_suspended, self.grace = False, False, None
        self.day, self.settled = 0, 0  # of which day, and how many of its calls have been seen to
        self.today = self.due = 0
        self.served = self.refused = self.accrued = self.deducted = self.topped_up = 0
        env.process(self.days())
        if pays:
            env.process(self.payments())

    def days(self):
        """Every day's bill of the day before, then its close."""
        for _ in range(self.scenario.days):
            yield self.env.timeout(BILL_AT)
            if self.due:
                self.deduct()
            yield self.env.timeout(DAY - BILL_AT)
            self.close()

    def payments(self):
        payer = self.scenario.payer
        yield self.env.timeout(payer.first * DAY)
        while True:
            self.settle()
            self.balance += payer.amount
            self.topped_up += payer.amount
            if self.grace is not None and self.balance >= 0:
                if self.grace.is_alive:
                    self.grace.interrupt()
                self.grace, self.suspended = None, False
            yield self.env.timeout(payer.every * DAY)

    def overdue(self):
        """The grace: runs out unless a payment interrupts it."""
        try:
            yield self.env.timeout(GRACE)
        except simpy.Interrupt:
            return
        self.settle()
        self.suspended = self.ever_suspended = True

    def deduct(self):
        self.balance -= self.due
        self.deducted += self.due
        if self.balance < 0 and self.grace is None:
            self.grace = self.env.process(self.overdue())

    def settle(self):
        """Sees to the calls of the day up to now; what is left of yesterday's was served or refused as the account stands."""
        asked = self.counts[self.day]
        upto = asked * min(self.env.now - self.day * DAY, DAY) // DAY
        calls = upto - self.settled
        self.settled = upto
        if self.suspended:
            self.refused += calls
        else:
            self.served += calls
            self.today += calls

    def close(self):
        self.settle()
        free = min(self.free, self.today)
        self.free -= free
        exact = self.price(self.today - free)
        self.accrued += exact
        self.due = (exact + CENT // 2) // CENT * CENT
        self.today = self.settled = 0
        self.day = min(self.day + 1, self.scenario.days - 1)

    def price(self, paid):
        cost, prices, bounds = 0, self.scenario.prices, self.scenario.bounds
        for tier in range(len(bounds) - 1, -1, -1):
            if paid > bounds[tier]:
                cost += (paid - bounds[tier]) * prices[tier]
                paid = bounds[tier]
        return cost


def run(scenario, seed):
    rng = np.random.Generator(np.random.SFC64(1_000_000 + seed))
    world = scenario.world(rng)
    # Counts are drawn together, by NumPy: a draw a day would be slower still.
    counts = np.ascontiguousarray(scenario.demand(rng, world, 0, scenario.accounts).T).tolist()
    pays = scenario.who_pays(rng, 0, scenario.accounts).tolist()
    env = simpy.Environment()
    opening = scenario.opening.tolist()
    accounts = [Account(env, scenario, *of) for of in zip(counts, opening, pays)]
    env.run(until=scenario.days * DAY)
    for account in accounts:
        account.close()
    total = lambda name: sum(getattr(account, name) for account in accounts)
    names = ("served", "refused", "ever_suspended", "accrued", "deducted", "topped_up")
    return {name: total(name) for name in names} | {"closing_balance": total("balance")}


if __name__ == "__main__":
    scenario = Scenario(sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else None)
    timed(scenario, int(sys.argv[2]), run)
