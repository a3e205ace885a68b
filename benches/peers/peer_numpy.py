"""The captcha rules in NumPy: a day is a handful of operations on all accounts of a batch that fits the cache."""

import sys

import numpy as np

from world import CENT, Scenario, timed

BATCH = 4096
GRACE = 7  # days; both a bill and the end of the grace are at 08:00
NEVER = np.int64(-1000)


def priced(prices, bounds, paid, cost, part):
    """Graduated: beyond each bound the price changes by a step, so the cost is a sum of steps times what is beyond them."""
    np.multiply(paid, prices[0], out=cost)
    most = paid.max()
    for before, price, bound in zip(prices, prices[1:], bounds[1:]):
        if most <= bound:
            break
        np.subtract(paid, bound, out=part)
        np.maximum(part, 0, out=part)
        part *= price - before
        cost += part


def play(scenario, demand, pays, opening, totals):
    n = len(pays)
    balance, free = opening.copy(), np.full(n, scenario.free)
    due, clock = np.zeros(n, np.int64), np.full(n, NEVER)
    suspended, ever = np.zeros(n, bool), np.zeros(n, bool)
    payer, topped = scenario.payer, np.where(pays, scenario.payer.amount, 0)
    exact, part, paid, taken = (np.empty(n, np.int64) for _ in range(4))
    late, owing, served = np.empty(n, bool), np.empty(n, bool), np.empty(n, np.int64)
    any_suspended = False
    for day in range(scenario.days):
        # 00:00: payments; arrears that are cleared end, and with them the suspension.
        if day >= payer.first and (day - payer.first) % payer.every == 0:
            balance += topped
            totals["topped_up"] += int(topped.sum())
            whole = balance >= 0
            clock[whole] = NEVER
            suspended &= ~whole
            any_suspended = suspended.any()
        # 08:00: yesterday's bill; whoever is below zero now and was not has a clock; a clock that ran out suspends.
        balance -= due
        totals["deducted"] += int(due.sum())
        np.less(balance, 0, out=owing)
        np.equal(clock, day - GRACE, out=late)
        owing &= clock == NEVER
        clock[owing] = day
        # What is served: all, the third before 08:00, nothing.
        asked = demand[day]
        served[:] = asked
        if any_suspended:
            served[suspended] = 0
        if late.any():
            served[late] = asked[late] // 3
            suspended |= late
            ever |= late
            any_suspended = True
        # 24:00: free units, the exact price, the bill of tomorrow in whole cents.
        np.minimum(free, served, out=taken)
        free -= taken
        np.subtract(served, taken, out=paid)
        priced(scenario.prices, scenario.bounds, paid, exact, part)
        np.add(exact, CENT // 2, out=due)
        due //= CENT
        due *= CENT
        totals["accrued"] += int(exact.sum())
        now = int(served.sum())
        totals["served"] += now
        totals["refused"] += int(asked.sum()) - now
    totals["ever_suspended"] += int(ever.sum())
    totals["closing_balance"] += int(balance.sum())


def run(scenario, seed):
    names = ("served", "refused", "ever_suspended", "accrued", "deducted", "topped_up", "closing_balance")
    totals = dict.fromkeys(names, 0)
    rng = np.random.Generator(np.random.SFC64(seed))
    world = scenario.world(rng)
    for start in range(0, scenario.accounts, BATCH):
        end = min(start + BATCH, scenario.accounts)
        demand = scenario.demand(rng, world, start, end)
        play(scenario, demand, scenario.who_pays(rng, start, end), scenario.opening[start:end], totals)
    return totals


if __name__ == "__main__":
    scenario = Scenario(sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else None)
    timed(scenario, int(sys.argv[2]), run)
