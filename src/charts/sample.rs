//! Made-up runs for looking at charts and for their tests. Must not be in the program.

use std::path::Path;

use crate::plan::{Plan, compile};
use crate::record::{MoneyDay, StatusDay, Summary, UsageDay};
use crate::scenario::{Overrides, load_text};
use crate::text::Sources;
use crate::units::Total;

/// Trials and packages of which some are used, some expire and some are wiped; add-ons, vouchers, and the switch by every cause.
pub fn allowances(days: usize) -> Plan {
    let text = format!("name = \"calls\"\nseed = 7\nstart = 2026-01-01\ndays = {days}\n{CALLS}");
    compiled(&text)
}

const CALLS: &str = r#"
[books.calls]
product = "calls"
title = "Calls"
opens = "application"
pay_as_you_go = "switch"
grace = "24h"
wipe_after = "5d"
trial = { units = 300, valid = "40d" }

[books.calls.packages]
ratio = { talk = 1, film = 4 }
sizes = [{ units = 1_000, price = 10 }]
bands = [{ below = "unlimited", price = 0.01 }]
valid = "20d"

[[books.calls.meters]]
id = "talk"
unit = "minute"
pricing = "flat"
price = 0.01

[[books.calls.meters]]
id = "film"
unit = "minute"
pricing = "flat"
price = 0.04

[[books.calls.meters]]
id = "rec"
unit = "minute"
add_on_of = "talk"
pricing = "flat"
price = 0.02

[[segments]]
id = "keen"
accounts = 12
opening_balance = 500
ledger = [
  { at = 2026-01-03T12:00:00, kind = "voucher", amount = 5 },
  { at = 2026-01-03T12:00:00, kind = "purchase", product = "calls", units = 1_000 },
  { at = 2026-02-20T12:00:00, kind = "purchase", product = "calls", units = 9_000 },
]

[segments.products.calls]
mix = { talk = 0.5, film = 0.5 }
add_ons = { rec = 0.5 }
do_not_suspend = 0.5
demand = { kind = "random", size = { kind = "lognormal", median = 40, cv = 0.5 } }

[[segments]]
id = "poor"
accounts = 5
opening_balance = 12
ledger = [{ at = 2026-01-02T12:00:00, kind = "purchase", product = "calls", units = 1_000 }]

[segments.products.calls]
mix = { talk = 1 }
add_ons = { rec = 1 }
demand = { kind = "constant", units = 20 }

[[segments]]
id = "trying"
accounts = 40
arrivals = { kind = "poisson", over = "50d" }
churn = { age = { kind = "constant", a_year = 1 } }

[segments.products.calls]
mix = { talk = 1 }
switcher = { share = 0.5, median = "2d" }
demand = { kind = "random", size = { kind = "lognormal", median = 20, cv = 1 } }
"#;

/// Tiers, suspensions that end and that do not, refusals above a limit, and an account as large as all others.
pub fn spread(days: usize) -> Plan {
    let text = format!("name = \"spread\"\nseed = 7\nreplications = 3\nstart = 2026-01-01\ndays = {days}\n{SPREAD}");
    compiled(&text)
}

const SPREAD: &str = r#"
[books.checks]
product = "checks"
title = "Checks"
grace = "48h"
rate_limit = { calls = 2, each = "second" }

[[books.checks.meters]]
id = "check"
unit = "check"
pricing = "graduated"
tiers = [
  { up_to = 100, price = 0.005 },
  { up_to = 1_000, price = 0.002 },
  { up_to = "unlimited", price = 0.001 },
]

[[segments]]
id = "small"
accounts = 150
opening_balance = 500
products.checks = { demand = { kind = "random", size = { kind = "lognormal", median = 150, cv = 1 } } }

[[segments]]
id = "late"
accounts = 60
opening_balance = 2
payer = { kind = "after_delay", median = "4d", cv = 1, extra = 2 }
products.checks = { demand = { kind = "constant", units = 200 } }

[[segments]]
id = "silent"
accounts = 4
opening_balance = 2
payer = { kind = "never" }
products.checks = { demand = { kind = "constant", units = 200 } }

[[segments]]
id = "giant"
accounts = 1
opening_balance = 90_000
products.checks = { demand = { kind = "constant", units = 300_000 } }
"#;

/// A plan of segments with the given numbers of accounts, over `days`.
pub fn plan(days: usize, segments: &[(&str, u64)]) -> Plan {
    let mut text = format!(
        "name = \"year of a captcha\"\nseed = 7\nstart = 2026-01-01\ndays = {days}\n\
         [books.captcha]\nproduct = \"captcha\"\ntitle = \"Captcha\"\n\
         meters = [{{ id = \"calls\", unit = \"call\", pricing = \"flat\", price = 0.005 }}]\n"
    );
    for (id, accounts) in segments {
        text += &format!(
            "[[segments]]\nid = \"{id}\"\naccounts = {accounts}\n\
             products.captcha = {{ demand = {{ kind = \"constant\", units = 200 }} }}\n"
        );
    }
    compiled(&text)
}

fn compiled(text: &str) -> Plan {
    let mut sources = Sources::default();
    let scenario = load_text(text, Path::new("sample.toml"), &Overrides::default(), &mut sources);
    let scenario = scenario.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false)));
    compile(&scenario)
}

/// Four segments that differ by orders of magnitude.
pub fn four(days: usize) -> Plan {
    plan(days, &[("enterprise", 60), ("shops", 5_000), ("hobby", 14_000), ("late-payers", 940)])
}

/// A year such as a vendor might have: weeks, growth, bills that are paid late.
pub fn year(plan: &Plan) -> Summary {
    let mut summary = Summary::new(plan);
    for (index, segment) in summary.segments.iter_mut().enumerate() {
        let accounts = plan.segments[index].accounts;
        let worth = [4_000_000_000_i128, 24_000_000, 110_000, 9_000_000][index % 4] * i128::from(accounts);
        let mut noise = Noise(index as u64 + 1);
        let (mut suspended, mut bad) = (0, 0);
        for day in 0..plan.calendar.days() {
            let week = [110, 118, 115, 112, 104, 72, 68][plan.calendar.weekday(day)];
            let wave = i128::from(week * (95 + noise.below(10))) * (1_000 + day as i128);
            let integrating = accounts * 12 / (100 + 40 * day as u64);
            let suspensions = noise.below(1 + accounts * (day as u64 + 30) / 60_000);
            let resumptions = noise.below(1 + suspended / 6);
            suspended = suspended + suspensions - resumptions;
            let in_grace = suspended / 2 + noise.below(1 + accounts / 400);
            bad += i128::from(if day > 90 { suspended / 9 } else { 0 }) * 30_000_000;
            let debt = i128::from(in_grace + 3 * suspended) * 1_350_000_000 + bad;
            for used in &mut segment.uses {
                used.meters[0].usage[day] =
                    UsageDay { accrued: Total::from_units(worth * wave / 10_000_000), ..UsageDay::default() };
                used.status[day] = StatusDay {
                    integrating,
                    in_grace,
                    suspended,
                    running: accounts.saturating_sub(integrating + in_grace + suspended),
                    suspensions,
                    resumptions,
                    ..StatusDay::default()
                };
            }
            segment.money[day] = MoneyDay {
                debt: Total::from_units(debt),
                bad_debt: Total::from_units(bad),
                accounts_in_arrears: in_grace + suspended,
                ..MoneyDay::default()
            };
        }
    }
    summary
}

/// A little chance, the same each time.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}
