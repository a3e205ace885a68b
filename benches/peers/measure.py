"""Runs billsim and its peers in turn: they must agree, exactly where nothing is drawn; then prints what each costs."""

import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Accounts and worlds of the drawn scenario: as many as a peer plays in a few seconds.
DRAWN = {"billsim": (8_000, 20), "NumPy": (8_000, 8), "SimPy": (250, 8)}
# An old kernel forced on a linear algebra library would slow NumPy down.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")} | {"OPENBLAS_NUM_THREADS": "1"}


def play(who, scenario, worlds, accounts=None):
    path, more = str(HERE / f"{scenario}.toml"), [str(accounts)] if accounts else []
    if who == "billsim":
        bench = ["cargo", "bench", "--quiet", "--no-default-features", "--bench", "peers", "--"]
        command = [*bench, path, str(worlds), "1", *more]
    else:
        command = [sys.executable, str(HERE / f"peer_{who.lower()}.py"), path, str(worlds), *more]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout
    return json.loads(said)


def agree_exactly():
    """Every total of the constant scenario, money to 1e-8."""
    told = {who: play(who, "constant", 1)["runs"][0] for who in ("billsim", "NumPy", "SimPy")}
    for who, totals in told.items():
        if totals != told["billsim"]:
            sys.exit(f"{who} differs from billsim:\n{totals}\n{told['billsim']}")
    print("constant demand: every total the same to 1e-8:", told["billsim"])


def agree_in_the_mean(told):
    """Revenue and share served of the drawn scenario, within four standard errors of the difference of two means."""
    shares = {
        "revenue an account": lambda run, of: int(run["accrued"]) / 1e8 / of["accounts"],
        "share served": lambda run, of: run["served"] / (run["served"] + run["refused"]),
        "share suspended": lambda run, of: run["ever_suspended"] / of["accounts"],
    }
    for name, share in shares.items():
        means = {}
        for who, of in told.items():
            values = [share(run, of) for run in of["runs"]]
            means[who] = statistics.mean(values), statistics.stdev(values) / len(values) ** 0.5
        print(f"drawn demand, {name}: " + ", ".join(f"{who} {mean:.4f} ± {error:.4f}" for who, (mean, error) in means.items()))
        ours, our_error = means["billsim"]
        for who, (mean, error) in means.items():
            if abs(mean - ours) > 4 * (our_error**2 + error**2) ** 0.5:
                sys.exit(f"{who} differs from billsim by more than chance: {name}")


def main(rounds):
    agree_exactly()
    # In turn, so that a drift of the machine meets each alike. CPU time, so that others at work on it count little.
    costs, told = {who: [] for who in DRAWN}, {}
    for _ in range(rounds):
        for who, (accounts, worlds) in DRAWN.items():
            told[who] = play(who, "noisy", worlds, accounts)
            seconds = told[who]["cpu_seconds"] or told[who]["seconds"]
            costs[who].append(seconds / told[who]["account_days"] * 1e9)
    agree_in_the_mean(told)
    versions = {line.split("==")[0]: line.strip().split("==")[1] for line in open(HERE / "requirements.txt")}
    print(f"\nPython {platform.python_version()}, {versions}; median of {rounds} rounds\n")
    print("| one core | ns an account-day | times billsim |\n|---|---:|---:|")
    one = statistics.median(costs["billsim"])
    for who, of in costs.items():
        cost = statistics.median(of)
        print(f"| {who} | {cost:,.1f} | {cost / one:,.2f} |")


main(int(sys.argv[1]))
