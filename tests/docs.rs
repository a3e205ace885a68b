//! docs/DATA.md, docs/BOOK.md and docs/METRICS.md are made from the declarations of columns, keys and metrics; here they are held
//! against them. `BILLSIM_WRITE_DOCS=1 cargo test --test docs` writes them anew.
#![cfg(all(feature = "tables", feature = "charts"))]

use std::fs;
use std::path::Path;

use billsim::baseline::FILES;
use billsim::record::Headline;
use billsim::rules::Event;
use billsim::scenario::keys::SCENARIO;
use billsim::study::{Kind, METRICS, STUDY};
use billsim::text::keys::describe;

const DATA: &str = "\
# The run folder

<!-- Made by tests/docs.rs from the declarations in src/tables; do not edit by hand. -->

`billsim run` writes one folder. It appears under its name when it is complete, or not at all.

| file | what it is |
|---|---|
| `manifest.json` | what was run: program version, plan hash, seed, generator, what was recorded, totals, warnings, a BLAKE3 digest of every other file but `timings.json` |
| `scenario.toml` | the scenario with every default, book and policy written out; running it gives the same bytes |
| `summary.json` | means over all replications with their intervals (`headlines`, `means`), and the totals of replication 0 over all and by segment; what `--json` prints |
| `report.html` | the answer in words, charts, tables that sort, assumptions, warnings and how to reproduce it: one page that needs nothing else and can be printed; without charts with `--charts none` |
| `daily.csv` | one row a date of replication 0, for a spreadsheet |
| `usage_daily`, `status_daily`, `money_daily` | units, accounts by state, and money, by date and segment |
| `bands` | with several replications: what the low, the middle and the high worlds bring on each date |
| `trial_survival` | where a product has a trial: how long trials are in effect, as the chart shows it |
| `accounts` | a row an account, with `--record accounts`; the default is `daily,accounts` |
| `bills`, `events` | a row a bill line, a row an event, with `--record bills,events` |
| `usage`, `ledger.csv` | what was served and what moved beside it, with `--record usage`: files that `billsim rate` and recorded demand read |
| `charts/` | pictures as SVG and PNG, unless `--charts none` |
| `timings.json` | how long it took, and how many accounts were simulated now or kept from before: the only file that differs between two runs of the same plan and seed |

Tables are Parquet files; `--format parquet,csv` writes both, `--format csv` only CSV.

**Money** is exact and in units of the book's currency: `Decimal(38, 8)` in Parquet, a plain decimal such as
`12.30000000` in CSV, a string such as `\"12.30000000\"` in JSON. It is never a float.

**Instants** are in the billing offset, without an offset of their own: milliseconds without a time zone in Parquet,
`2026-01-02 08:00:00` in CSV. A date is a day from 00:00:00 to 24:00:00 of that offset.

**Units** of a day add up, for every segment, product and meter:

```text
potential          = unintegrated + withheld + offered
offered + retried  = refused + served
counted            = free + package + written_off + billable
```

`withheld` is what a price kept back (below zero: what a lower price attracted), with `stopped` (users stay away while the
service is suspended) and `churned_units` as parts of it. `blocked` is the part of `refused` that came while suspended.

**Revenue** has one definition for each word. *accrued*: units × price, exact, on the day of use. *recognised*: accrued,
what was consumed of packages at their price, and what expired or was wiped of them, net of the vouchers spent. *net_revenue*: recognised less the debt that is bad at the end. *billed*: exact amounts of the bills issued.
*deducted*: after rounding, what left the balances. *collected*: cash that paid bills. *margin*: net revenue less the book's
`cost` of every served unit and `bill_cost` of every bill. *lost*: what the units that were refused or stayed away while suspended
would have cost at list price after the day's served ones.

`statistics` in `summary.json` holds the recognised price per 1,000 served units, each tier's units and share, how much of the revenue the
top 1 % of accounts and the top account hold, Gini's coefficient of the accounts' revenue, and percentiles of bills, of accounts' revenue and of the seconds from a suspension
to its end. Percentiles come from buckets, 128 to an octave: they are known to within 0.8 %; counts and maxima are exact.

`served` and `counted` are equal unless the book meters only what passed. In `summary.json` the same names hold totals
over all days; `debt`, `bad_debt` and the states in `at_end` are those at the end of the last day.

## Charts

Each is a file of its own, as SVG and as PNG, of the first replication, but for `replications`. Which there are depends on the
scenario alone, and on whether there are several replications. An SVG has its title and what it shows in words for screen readers. Where
colours meet they differ in lightness too, and lines that cross carry markers, so that a grey print can be read.

| file | what is seen | where there is |
|---|---|---|
| `revenue` | what the usage of each day costs, by segment | always |
| `states` | accounts by state at the end of each day | always |
| `transitions` | suspensions and resumptions by day | always |
| `arrears` | debt, bad debt and accounts in arrears | always |
| `demand` | raw units by day: `served`, `refused` while suspended and above the rate limit, `withheld` (stopped, by the price, churned), not integrated; the line is `potential` | always |
| `bills` | how many bills have which amount, on a logarithmic axis, with p50, p90, p99 and maximum as in `statistics` | always |
| `concentration` | Lorenz curve of the accounts' recognised revenue, with the top 1 % and the top account, and Gini's coefficient | always |
| `recovery` | time from a suspension to the resumption, and the share of suspensions that never ended within the run | always |
| `tiers` | share of billable units and of their price by tier, as in `statistics` | a meter of several tiers |
| `revenue-by-source` | recognised revenue by source, as the mean of each day, week or month; the sources add up to `recognised` | add-ons, packages or vouchers |
| `usage-by-meter` | `counted` by meter and day, add-ons apart | a product of several meters |
| `allowances` | units of trials and packages up to each day: granted = used + expired + wiped + left | a trial or packages |
| `adoption` | accounts that switched pay-as-you-go on up to each day, by cause, and those that opened | a switch |
| `trial-survival` | share of trials in effect by days since the opening, as in the table `trial_survival` | a trial |
| `replications` | bands over the replications by day, as in the table `bands` | several replications |

## A run in parts

`billsim run SCENARIO --shard 1/3` simulates the first third of the accounts in their order, cut where spans of 1 024 accounts end, and writes the
folder of a shard. `billsim merge DIR…` joins all shards of a run, in any order, into the folder above: the same bytes as the run at one
go. It needs nothing but the shards: the scenario and its books are in each (usage files and ledgers that a scenario names stay
where they are, and are needed). What does not belong together (another program, scenario,
seed, number of shards or recording), is there twice, missing or damaged is refused with exit code 2, and nothing is written.

`billsim run SCENARIO --resume` keeps what is done in `.NAME.checkpoints` beside the folder until the folder is whole. When it was interrupted,
by Ctrl-C, a full disk or a loss of power, the same command goes on: only what is missing is simulated, and the bytes are those of the run at one
go. How many accounts were simulated now and how many were kept is printed and in `timings.json`. A part that is damaged is simulated once
more; parts of another run are refused. A shard takes `--resume` too. Without `--resume` nothing is kept, and writing is faster.

| file of a shard | what it is |
|---|---|
| `manifest.json` | what was run, which shard, its accounts (`account_range`) among all, a BLAKE3 digest of every other file |
| `scenario.toml` | as in the folder of a run |
| `parts/R-FROM-TO/` | accounts FROM up to TO, without it, of replication R; at most 65 536, never across a row group of `accounts` |
| `parts/*/totals` | what closes a part: `billsim part` and the version of the format, a digest of what makes the run that run, the digests of the tables beside it, the totals of its accounts as integers, a BLAKE3 digest of it all |
| `parts/*/*.parquet` | the rows of its accounts, by row groups as in the whole table |
| `timings.json` | how long it took |

The parts in `.NAME.checkpoints` are the same. A part that was not closed has the ending `.partial` and is never believed.

## The folder of a comparison

`billsim compare A B …` plays the same customers under several scenarios (or price books, or changed values) and writes one folder,
whole or not at all. The first scenario is what all others, the variants, are held against; its seed and replications hold for all.

| file | what it is |
|---|---|
| `manifest.json` | what was compared: program version, plan hashes, names of the variants, seed, a BLAKE3 digest of every other file |
| `report.html` | what changes, in words, charts and tables, as in the folder of a run |
| `comparison.json` | all numbers; what `--json` prints |
| `differences.csv` | a row a variant and metric |
| `segments.csv` | a row a variant, segment and metric, the effective price per 1,000 among them |
| `daily_difference.csv` | a row a variant, metric and date: recognised revenue, units served, services suspended at the end of the day |
| `accounts_paying_more.csv` | a row an account that pays more than 10 % more |
| `scenarios/` | every variant with every default written out; running it gives the same numbers |
| `charts/` | pictures, unless `--charts none` |

*before* and *after* are means over the replications under the first scenario and under the variant. *change* is after less before,
replication by replication, so its interval is of paired worlds. *variance_ratio* says what pairing was worth: how many times
smaller the variance of the change is than that of two independent runs; the interval is narrower by its square root, *narrowed*.
*price* is the change if every customer stayed, was never suspended and answered no price; *behaviour* is the rest. *break_even* is
the change of the variant's volume at which its margin is what it was before, with its revenue, bad debt and costs in proportion to
volume, all else as it was played; *elasticity* is the one that leads there from the volume before, where one price without tiers is all that is paid, else `null`. Numbers of `accounts` in
`comparison.json` are over all replications: an account is a pair in each.

| chart | what is seen |
|---|---|
| `change-by-size` | change of recognised revenue by tenth of the accounts, the smallest first: in per cent and per account |
| `waterfall-by-segment`, `waterfall-by-tier` | the change of recognised revenue step by step; tiers go by their number |
| `revenue` | recognised revenue by day under all of them |
| `difference` | after less before by day, with the 95 % interval over paired replications |

## The folder of a study

`billsim sweep` writes `study.toml` and `scenario.toml` (every default written out; `billsim sweep study.toml` in the folder brings the
same), `sweep.json` (what `--json` prints), `report.html` as in the folder of a run, the table `points` as Parquet and CSV, and
`charts/sweep`: lines over one axis, a shaded table over two, bars where each axis was moved by itself; a grid of more axes has no chart.
Means are over the replications; a *change* is against the scenario as it is, replication by replication, so that both met the same
customers. A change of a share is told in points: from 0.31 to 0.33 is 2 points. `manifest.json` says what was played and has a digest
of each file: the same study into the same folder is done already.

In `sweep.json` *as_it_is* has the metrics of the scenario as it is, *axes* the keys with their own values and those that were tried, *points* the
metrics at each point, or the *failure* of one that could not be played; *best* is where the metric that `[optimize]` wants the most of
is the largest.

## The folder of an optimisation

`billsim optimize` writes the same files but `sweep.json`; `points` has the points that were played, in that order, the chart is `charts/search`,
and `best.toml` is the scenario at the best of them.

| key of `optimum.json` | what it is |
|---|---|
| `maximise`, `axes` | the metric of which there shall be the most; each axis with its own value and the ends of its range |
| `best`, `feasible` | the best point with its metrics; whether it keeps all constraints |
| `constraints` | of each: the number that decides in the search and on fresh seeds (`null` where there is none), whether it holds, and whether it is what keeps the metric from being more (`active`) |
| `confirmed` | seed and replications of the fresh customers, and each metric against the scenario as it is |
| `points`, `points_failed`, `points_of_the_grid` | how many points were tried, how many of them could not be played, of how many |
| `warnings` | kind and message: `infeasible`, `at_bound`, `constraint_active`, `constraint_broken_afresh`, `no_gain`, `not_confirmed`, `loss_afresh`, `failed_points`, `searched` (not all points were played), `incomplete` (it ended at `most_points`) |

## The folder of a rating

`billsim rate BOOK… --usage FILE --out DIR` writes `bills` (CSV, or what `--format` says), `rating.json` (what `--json` prints: lines added
up by meter and tier, bills, exact and deducted amounts), `scenario.toml` (the files as a scenario, every default written out) and
`manifest.json`. Bills are those of the days, or of the months, of the usage.

## The folder of a reconciliation

`billsim reconcile BOOK… --usage FILE --invoices FILE --out DIR` writes `differing_bills.csv` (a row a bill that is not the same on both sides,
with its likely cause), `reconciliation.json` (what `--json` prints), `scenario.toml` and `manifest.json`.

## The folder of a calibration

`billsim calibrate --usage FILE --out DIR` writes `segment.toml` (the fitted segment, a scenario that lacks nothing but a price book),
`calibration.json` (what `--json` prints), `charts/` (sizes, weekdays, daily, autocorrelation) and `manifest.json`.

| key of `calibration.json` | what it is |
|---|---|
| `product`, `meters`, `accounts`, `start`, `days` | what was fitted |
| `held_against` | the days that worlds are held against: those of the fit, or with `--hold-out` the ones after them |
| `parameters` | by key the value and its 95 % interval, `null` where there is none |
| `sizes_one_by_one` | why sizes are written as a table; `null` where they are a distribution |
| `not_fitted` | by key why it is left at its default |
| `distances` | of each number: the data (`null` where the others are distances from it), mean over 20 worlds of a default segment and of the fitted one, least and greatest of the latter, and whether the fitted one is nearer |

## The folder of a baseline

`billsim baseline record` writes a folder for each scenario, called after its name, as texts that diff well:

| file | kind | what it is |
|---|---|---|
BASELINE_FILES
The tables are CSV, without the columns that say nothing in any row. `story` is the beginning of a BLAKE3 digest of events, so that a
change that moves no number still has its day and its account; it is empty where nothing happened.

The digests in `baseline.json` are of the texts with line ends of one character: another system's line ends are no damage. A file that is
missing, cut, merged or changed by hand is: `check` and `accept` refuse it with exit code 2 and name the file, and the line where one
cannot have been recorded. They never take damage for a difference, and `accept` never covers it up. Restore the folder from version
control, or record it anew with `--force`. After a merge of two branches that both moved numbers, record anew.

`check` ends with 0 where nothing differs, with 1 where a number or an event moved, or where a key of the scenario is another
although nothing moved (it then says so), and with 2 where a scenario is wrong or a baseline missing or damaged; the other scenarios are
reported all the same. `accept` ends with 0, or with 2 and accepts nothing. Two scenarios of one name have no two baselines: all
three commands refuse them.

`check --json` and `accept --json` print:

| key | of | what it is |
|---|---|---|
| `differ` | all | how many scenarios differ |
| `scenarios` | all | a report for each that could be checked |
| `not_checked` | all | files of the others; why is on the error stream |
| `accepted` | all | folders that `accept` wrote |
| `scenario`, `kind`, `differs` | a report | name, `exact` or `statistical`, whether anything differs |
| `recorded_by` | a report | version of the program that recorded it, where it was another |
| `keys` | exact | each `key` of the scenario that is another: `stored`, `now`; null where it is not there |
| `numbers_moved` | exact | whether any number of the tables differs |
| `numbers_that_differ` | exact | how many, by table |
| `first_day` | exact | the first cell of the first day that differs: `table`, `row`, `date`, `metric`, `stored`, `now`; `story` as metric where only events differ |
| `first_account` | exact | the account that differs first: |
| `account`, `accounts_that_differ` | `first_account` | SEGMENT/INDEX, and how many differ in all |
| `first_day` | `first_account` | the date of the first line of its story that differs |
| `stored`, `changes` | `first_account` | its row as recorded; each `metric` that differs: `stored`, `now` |
| `story`, `more_lines_that_differ` | `first_account` | its story as recorded (`-`), now (`+`) and both; how many lines are left out |
| `story_now` | `first_account` | its story around the first day, where this program no longer tells the recorded one |
| `moved` | statistical | each `metric` whose mean moved: `stored`, `now`, and `p`, how probable that is if nothing changed |
| `keys_differ` | statistical | whether any key of the scenario is another; this kind does not keep which |
| `false_alarm_rate` | statistical | how often a check in which nothing changed says that something did |

## Kinds of events

A closed set. The events of an account stand in the order in which they happened, also within one second. A column of
the events table is null where its kind says nothing of it.

| kind | what happened | amount |
|---|---|---|
| `top_up` | money was paid into the balance | paid |
| `payment_failed` | a payment was attempted and failed | what was to be paid |
| `credit_line` | the credit line has a new value | the new value |
| `voucher_received` | a voucher was received | its worth |
| `pay_as_you_go` | pay-as-you-go is on from here on; `reason`: opening, hand or automatic | |
| `switch_refused` | switching it on was refused: the product is not open | |
| `allowance_granted` | the trial of `units` was granted | |
| `purchased` | package `allowance` of `units` was paid; `due` left the balance | exact price |
| `purchase_refused` | a package of `units` was not sold; `reason`: not_open, arrears or funds | |
| `package_effective` | package `allowance` takes effect | |
| `drawn` | `allowance` gave `units` in a slot; only `explain` asks for it | |
| `covered` | `allowance` gave `units` for a meter on a day | |
| `day_closed` | a meter's day was priced; at 24:00:00 of it | exact price |
| `quota_ended` | a free quota ended with `units` left | |
| `allowance_ended` | `allowance` ended with `units` left; `reason`: used_up, expired or wiped | |
| `voucher_expired` | a voucher expired | what was left |
| `quota_granted` | `units` of a free quota were granted | |
| `bill_issued` | the bill of a day or month was issued; `due` is the amount after rounding | exact amount |
| `deducted` | the cash of a bill left the balance | deducted |
| `arrears_started` | balance and credit line no longer cover what is owed | owed |
| `clock_set` | the grace period runs from `clock` now | |
| `arrears_cleared` | nothing is owed beyond the credit line | |
| `debt_marked` | the debt was marked as bad | marked |
| `debt_recovered` | a marked debt was paid | recovered |
| `activated` | the product was activated | |
| `activation_refused` | an activation was due, but the account is in arrears | |
| `resumed` | a `reason` of suspension is lifted | |
| `suspended` | the service is suspended for a `reason`: arrears or ended | |
| `quota_wiped` | `units` of a free quota were wiped after a long suspension | |
| `churned` | the customer left for good | |
| `integrated` | client and server integration are complete | |
";

const BOOK: &str = "\
# Every key of a scenario, its price books, its account policy, and of a study

<!-- Made by tests/docs.rs from the declarations in src/scenario/keys.rs, src/book/keys.rs and src/study/keys.rs; do not edit by hand. -->

Scenarios, price books and account policies are TOML. A book may stand in the scenario (`[books.ID]`) or in a file of
its own that the scenario names (`[books.ID]`, `file = \"…\"`, relative to the scenario); the same holds for `[account]`.
Every scalar can be changed from the command line: `--set books.ID.grace=72h`, `--set segments.shops.accounts=500`; an
element of a list goes by its `id` or its index. Unknown keys are errors.

| takes | is written as |
|---|---|
| whole number, number | `12_000`, `0.5` |
| amount | money, read exactly: `0.005` or `\"0.005\"`, up to 8 decimals |
| share | a number from 0 to 1, up to 8 decimals |
| length | a text: `\"168h\"`, `\"7d\"`, `\"90s\"`, `\"1d 12h\"`; a day is 24 hours; months have no fixed length |
| time of day | `\"08:00:00\"`, up to `\"24:00:00\"` |
| date | `2026-01-31` |
| date and time | `2026-01-31T08:00:00`, in the billing offset |
| id | a text of lower-case letters, digits, `-` and `_` |

`[]` in a path is any element of a list, `ID` an id of your own. The last column names the section of docs/RULES.md.
";

const STUDIES: &str = "
## Studies

A study is a TOML file of its own for `billsim sweep` and `billsim optimize`; examples are in `scenarios/studies`. A single value may be a number, a text, a
date or true and false: it is put into the scenario as `--set KEY=VALUE` would. docs/METRICS.md lists the names of numbers.
";

const BASELINES: &str = "
## Baselines

A baseline has no file of its own to write: `billsim baseline record` keeps the scenario with every default written out, and what its
options changed (`--set`, `--seed`, `--days`, `--accounts`; with `--statistical` also `--replications`). Checks read it from there;
docs/DATA.md lists the files.
";

const METRICS_MD: &str = "\
# Metrics: the numbers that a run, a variant or a point is judged by

<!-- Made by tests/docs.rs from the list in src/study/metric.rs; do not edit by hand. -->

These names are taken by

- `metrics` of a study and `maximise` of its `[optimize]`: a name;
- `--fail-if` of `compare`, `sweep` and `optimize`, and the constraints of `[optimize]`: a name, a sign and a number,
  `suspension_rate > 0.02`. `NAME.change` is how much more it is than under the first scenario (in a study: the scenario as it is),
  `NAME.percent` the same in per cent of it: `recognised.percent < -1`;
- `--until` of `run`, where the last column says so: `recognised ± 1 %`.

`billsim compare` tells all of them, by variant and by segment; `billsim baseline record --statistical` keeps all of them. Each is taken
in each replication: what is told is the mean over the replications, with the half-width of its 95 % Student interval. That holds for
ratios too: a price per 1,000 is the mean of the replications' prices, in `run`, `compare` and their reports alike. Only a percentage
beside another number (`97.3 % served`) is a share of the numbers that are told. Money is in the currency of the books; docs/DATA.md defines its words (recognised, collected, margin, lost).

| name | unit | what it is | `--until` |
|---|---|---|---|
";

/// The list of metrics, with their units.
fn metrics() -> String {
    let rows = METRICS.iter().map(|metric| {
        let unit = match metric.kind {
            Kind::Money => "currency",
            Kind::Price => "currency per 1,000 units",
            Kind::Share => "share, 0 to 1",
            Kind::Count(things) => things,
        };
        let until = if Headline::names().any(|name| name == metric.name) { "yes" } else { "" };
        format!("| `{}` | {unit} | {} | {until} |\n", metric.name, metric.doc)
    });
    rows.collect()
}

fn hold(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("BILLSIM_WRITE_DOCS").is_some() {
        fs::write(&path, text).expect("docs can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let line = kept.lines().zip(text.lines()).position(|(kept, made)| kept != made);
    assert!(
        kept == text,
        "docs/{name} is not what the declarations say (line {}); BILLSIM_WRITE_DOCS=1 cargo test --test docs writes it",
        line.map_or_else(|| "after the end".to_owned(), |line| (line + 1).to_string())
    );
}

#[test]
fn data_md_lists_every_column() {
    let files = FILES.iter().map(|(file, kind, doc)| format!("| `{file}` | {kind} | {doc} |\n"));
    let data = DATA.replace("BASELINE_FILES\n", &(files.collect::<String>() + "\n"));
    hold("DATA.md", &[&data, billsim::tables::describe().as_str()].concat());
}

#[test]
fn book_md_lists_every_key() {
    let study = describe(&STUDY, "").replacen("### Top level", "### A study", 1);
    hold("BOOK.md", &[BOOK, &describe(&SCENARIO, ""), STUDIES, &study, BASELINES].concat());
}

/// Every name that `--until` takes is in the list too.
#[test]
fn metrics_md_lists_every_metric() {
    hold("METRICS.md", &[METRICS_MD, &metrics()].concat());
    for name in Headline::names() {
        assert!(METRICS.iter().any(|metric| metric.name == name), "{name} is a number of a run and no metric");
    }
}

#[test]
fn data_md_explains_every_kind_of_event_in_its_order() {
    let rows = DATA.lines().skip_while(|line| !line.starts_with("| kind |")).skip(2);
    let kinds: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(kinds, Event::KINDS);
}

/// What the README shows a newcomer is what the program prints and draws: the summary of the first run, its chart, a story.
#[test]
fn the_readme_shows_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    let folder = tempfile::tempdir().expect("a folder of our own");
    let out = folder.path().join("captcha");
    let out = out.to_str().expect("UTF-8");
    let told = |arguments: &[&str]| {
        let program =
            std::process::Command::new(env!("CARGO_BIN_EXE_billsim")).args(arguments).current_dir(root).output();
        String::from_utf8(program.expect("the program runs").stdout).expect("UTF-8")
    };
    let summary = told(&["run", "scenarios/captcha.toml", "--charts", "svg", "--record", "daily", "--out", out]);
    let drawn = fs::read_to_string(folder.path().join("captcha/charts/states.svg")).expect("the chart");
    current(&root.join("docs/img/states.svg"), &drawn);
    let what_if = folder.path().join("24h");
    let what_if = told(&[
        "run",
        "scenarios/captcha.toml",
        "--set",
        "books.captcha.grace=24h",
        "--charts",
        "none",
        "--record",
        "daily",
        "--out",
        what_if.to_str().expect("UTF-8"),
    ]);
    let story = told(&["explain", "scenarios/tutorial.toml", "--account", "silent/0"]);
    let compared = folder.path().join("compared");
    let compared = told(&[
        "compare",
        "scenarios/captcha.toml",
        "--with",
        "books.captcha.meters.verification.tiers.1.price=0.0018",
        "--replications",
        "4",
        "--charts",
        "none",
        "--out",
        compared.to_str().expect("UTF-8"),
    ]);
    let study = |command: &str, study: &str| {
        let out = folder.path().join(study);
        let study = format!("scenarios/studies/{study}.toml");
        told(&[command, &study, "--charts", "none", "--out", out.to_str().expect("UTF-8")])
    };
    let (swept, best) = (study("sweep", "grace"), study("optimize", "best-prices"));
    let checked = failed_check(root, folder.path());
    let mut blocks = readme.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next());
    for printed in [summary, what_if, compared, swept, best, checked, story] {
        let shown = blocks.next().expect("the README has seven blocks of output");
        for line in shown.lines().filter(|line| *line != "…") {
            assert!(printed.contains(line), "the README shows a line that is not printed: {line}\n{printed}");
        }
    }
}

/// A picture of the README; written anew where docs are.
fn current(shown: &Path, drawn: &str) {
    if std::env::var_os("BILLSIM_WRITE_DOCS").is_some() {
        fs::write(shown, drawn).expect("docs can be written");
    }
    let shown = fs::read_to_string(shown).expect("a picture");
    assert!(shown == drawn, "docs/img/states.svg is not what is drawn: BILLSIM_WRITE_DOCS=1 cargo test --test docs");
}

/// What a check says after the grace of the tutorial's price book was changed.
fn failed_check(root: &Path, folder: &Path) -> String {
    for file in ["tutorial.toml", "books/captcha.toml"] {
        let to = folder.join("scenarios").join(file);
        fs::create_dir_all(to.parent().expect("a folder")).expect("the folder is ours");
        fs::copy(root.join("scenarios").join(file), to).expect("the folder is ours");
    }
    let baseline = |verb: &str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_billsim"));
        program.args(["baseline", verb, "scenarios/tutorial.toml", "--dir", "tests/baselines"]).current_dir(folder);
        String::from_utf8(program.output().expect("the program runs").stdout).expect("UTF-8")
    };
    baseline("record");
    let book = folder.join("scenarios/books/captcha.toml");
    let text = fs::read_to_string(&book).expect("a price book");
    assert_eq!(text.matches("grace = \"168h\"").count(), 1);
    fs::write(&book, text.replace("grace = \"168h\"", "grace = \"160h\"")).expect("the folder is ours");
    baseline("check")
}
