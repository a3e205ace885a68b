"""What both peers share: the scenario, its accounts, its price list and its demand. Knows no rule."""

import json
import time
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

UNIT = 100_000_000  # money is whole numbers of 1e-8
CENT = UNIT // 100
OFFICE = np.array([1.09, 1.09, 1.09, 1.09, 1.06, 0.74, 0.58])
WEEK, MONTH = 7, 28


def units(amount) -> int:
    return int(Decimal(str(amount)) * UNIT)


@dataclass
class Payer:
    """Pays the same amount at midnight of `first`, `first + every` and so on."""

    first: int
    every: int
    amount: int


class Scenario:
    """A file of this folder."""

    def __init__(self, path: str, accounts: int | None = None):
        path = Path(path)
        self.file = tomllib.loads(path.read_text(), parse_float=Decimal)
        book = tomllib.loads((path.parent / self.file["books"]["captcha"]["file"]).read_text(), parse_float=Decimal)
        tiers = book["meters"][0]["tiers"]
        self.prices = [units(tier["price"]) for tier in tiers]
        self.bounds = [0] + [tier["up_to"] for tier in tiers[:-1]]
        self.free = book["free"][0]["units"]
        self.days = self.file["days"]
        self.monday = self.file["start"].weekday()
        segments = self.file["segments"]
        self.random = segments[0]["products"]["captcha"]["demand"] if "world_shock" in self.file else None
        if accounts is not None:
            segments[0]["accounts"] = accounts
        counts = [segment["accounts"] for segment in segments]
        self.accounts = sum(counts)
        self.opening = np.repeat([units(segment["opening_balance"]) for segment in segments], counts)
        kinds = [segment["payer"] for segment in segments]
        self.pays = np.repeat([kind["kind"] == "periodic" for kind in kinds], counts)
        self.non_payers = float(segments[0].get("non_payers", 0))
        payer = next(kind for kind in kinds if kind["kind"] == "periodic")
        day = lambda text: int(text.removesuffix("d"))
        self.payer = Payer(day(payer["first"]), day(payer["every"]), units(payer["amount"]))
        if self.random is None:
            self.constant = np.repeat([s["products"]["captcha"]["demand"]["units"] for s in segments], counts)

    def world(self, rng):
        """The mean of each day before an account's own size and noise: weekdays and the shock that all share."""
        if self.random is None:
            return None
        weekday = OFFICE / OFFICE.mean()
        sd = float(self.file["world_shock"])
        shock = np.exp(sd * rng.standard_normal(self.days) - sd * sd / 2)
        return weekday[(self.monday + np.arange(self.days)) % 7] * shock

    def who_pays(self, rng, start, end):
        return self.pays[start:end] & (rng.random(end - start) >= self.non_payers)

    def demand(self, rng, world, start, end):
        """Counts of some accounts, a row a day."""
        n, days = end - start, self.days
        if self.random is None:
            return np.broadcast_to(self.constant[start:end], (days, n))
        size = self.random["size"]
        sigma = np.sqrt(np.log1p(float(size["cv"]) ** 2))
        level = np.minimum(float(size["median"]) * np.exp(sigma * rng.standard_normal(n)), float(size["cap"]))
        # Three tenths of the log variance stay for a week, three for a month, the rest is the day's own.
        sd = float(self.random["noise"]["sd"])
        blocks = lambda of: rng.standard_normal((-(-days // of), n), dtype=np.float32) * np.float32(sd * 0.3**0.5)
        log = rng.standard_normal((days, n), dtype=np.float32)
        log *= np.float32(sd * 0.4**0.5)
        for of in (WEEK, MONTH):
            for nth, part in enumerate(blocks(of)):
                log[nth * of : (nth + 1) * of] += part
        log += np.float32(-sd * sd / 2)
        np.exp(log, out=log)
        mean = np.multiply(log, level, dtype=np.float64)
        mean *= world[:, None]
        return rng.poisson(mean)


def timed(scenario, worlds, run):
    """Plays and prints the line of JSON that `main.rs` prints too."""
    begun, used = time.perf_counter(), time.process_time()
    runs = [run(scenario, world) for world in range(worlds)]
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - used
    money = ("accrued", "deducted", "topped_up", "closing_balance")
    runs = [{key: str(value) if key in money else int(value) for key, value in run.items()} for run in runs]
    days = scenario.accounts * scenario.days * worlds
    line = {"seconds": seconds, "cpu_seconds": cpu_seconds, "accounts": scenario.accounts, "account_days": days}
    print(json.dumps(line | {"runs": runs}))
