//! From a checked scenario to a plan.

use super::recorded::own_ledgers;
use super::{
    Arrivals, BillShock, Bursts, Buyer, CardDown, Churn, DatedBurst, Decision, Demand, Movement, Noise, Part, Payer,
    Payments, Plan, RandomBurst, RandomDemand, Recorded, Retry, Segment, Session, Size, Switcher, Use, season,
};
use crate::book::{BalanceOf, Book, PartnerGrace, Policy};
use crate::scenario::{LedgerKind, Recordings, Scenario, preset};
use crate::text::Record;
use crate::text::keys::{FromValue, Valued};
use crate::units::{Calendar, DAY, Day, NEVER, Profile, Seconds, Share};

/// Days of a year, for rates.
const YEAR: f64 = 365.25;

/// Compiles a checked scenario. Cannot fail: whatever could be wrong was found when it was checked.
pub fn compile(scenario: &Scenario) -> Plan {
    let root = &scenario.record;
    let calendar = Calendar::new(root.get("start"), root.get("days")).expect("the horizon was checked");
    let books: Vec<Book> = maps(root, "books").map(|(id, book)| Book::read(id, book)).collect();
    let reference = |book: &Book| {
        let found = maps(root, "reference_books").find(|(id, _)| *id == book.id);
        found.map(|(id, record)| Book::read(id, record))
    };
    let replications: u64 = root.get("replications");
    let policy = Policy::read(root.get("account"));
    let mut plan = Plan {
        name: scenario.name().to_owned(),
        seed: root.get("seed"),
        calendar,
        world_shock: root.get("world_shock"),
        references: books.iter().map(reference).collect(),
        books,
        replications: u32::try_from(replications).expect("the key table bounds it"),
        policy,
        profiles: vec![],
        segments: vec![],
        hash: blake3::hash(scenario.canonical().as_bytes()).to_hex()[..16].to_owned(),
        resolved: scenario.resolved(),
        portable: scenario.portable(),
    };
    let mut names = vec![];
    for record in root.records("segments") {
        let segment = segment(record, (root, &scenario.recordings), &mut plan, &mut names);
        plan.segments.push(segment);
    }
    plan
}

fn maps<'a>(record: &'a Record, key: &str) -> impl Iterator<Item = (&'a str, &'a Record)> {
    record.get::<&[(String, Record)]>(key).iter().map(|(id, record)| (id.as_str(), record))
}

fn segment(
    record: &Record,
    (root, recordings): (&Record, &Recordings),
    plan: &mut Plan,
    names: &mut Vec<String>,
) -> Segment {
    let uses = maps(record, "products").map(|(product, used)| {
        let name: &str = used.get("profile");
        let profile = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            plan.profiles.push(profile(name, root));
            names.len() - 1
        });
        let index = plan.books.iter().position(|book| book.id == product).expect("product ids were checked");
        Use {
            product: index,
            activation: used.get("activation_after"),
            integration: used.get("integration_after"),
            integration_sigma: log_sd(used.get("integration_cv")),
            never_integrated: used.get("never_integrated"),
            profile,
            demand: demand(used.get("demand"), recordings, &plan.books[index], &plan.calendar),
            service: used.get("service"),
            bursts: bursts(used.get("bursts"), &plan.calendar),
            parts: parts(used, &plan.books[index]),
            elasticity: used.get("elasticity"),
            discount: used.get("discount"),
            do_not_suspend: used.get("do_not_suspend"),
            tries_again_after: used.get("tries_again_after"),
            buyer: used.get::<Option<&Record>>("buyer").map(|buyer| Buyer {
                share: buyer.get("share"),
                covers: buyer.get::<Seconds>("covers") as f64 / DAY as f64,
                reorder_at: buyer.get("reorder_at"),
                delay: lognormal_delay(buyer),
                pays: buyer.get("pays"),
            }),
            switcher: used
                .get::<Option<&Record>>("switcher")
                .map(|switcher| Switcher { share: switcher.get("share"), delay: lognormal_delay(switcher) }),
            opening_balance: used.get("opening_balance"),
            credit_line: used.get("credit_line"),
        }
    });
    let uses: Vec<Use> = uses.collect();
    let (ledger, decisions) = ledger(record, &uses, plan);
    let recorded = uses.iter().find_map(|used| match &used.demand {
        Demand::Recorded(recorded) => Some(recorded),
        _ => None,
    });
    let own = recordings.ledger(record).zip(recorded);
    let own =
        own.map(|(ledger, recorded)| own_ledgers(ledger, recorded, &uses, &plan.books, &plan.policy, &plan.calendar));
    Segment {
        id: record.get("id"),
        accounts: record.get("accounts"),
        before: plan.accounts(),
        partner: record.get::<Option<&str>>("partner").and_then(|id| partner(&plan.policy, id)),
        opening_balance: record.get("opening_balance"),
        credit_line: record.get("credit_line"),
        arrivals: arrivals(record.get("arrivals"), &plan.calendar),
        payer: payer(record.get("payer")),
        non_payers: record.get("non_payers"),
        payments: payments(record.get("payments")),
        suspended_traffic: record.word("suspended_traffic"),
        churn: churn(record.get("churn"), plan.calendar.days()),
        ledger,
        decisions,
        own_ledgers: own.unwrap_or_default(),
        uses,
    }
}

fn lognormal_delay(record: &Record) -> (f64, f64) {
    (record.get::<Seconds>("median") as f64, log_sd(record.get("cv")))
}

/// How the raw units of a use split over the meters of its book.
fn parts(used: &Record, book: &Book) -> Vec<Part> {
    let of = |key: &str, id: &str| {
        let values = used.get::<Option<&[(String, Valued)]>>(key)?;
        let (_, value) = values.iter().find(|(known, _)| known == id)?;
        Share::from_value(&value.value)
    };
    let mixed = used.get::<Option<&[(String, Valued)]>>("mix").is_some();
    let mut reached = Share::NONE;
    let part = |meter: &crate::book::Meter| match meter.add_on_of {
        Some(base) => Part::AddOn { base, share: of("add_ons", &meter.id).unwrap_or(Share::NONE) },
        None => {
            let share = if mixed { of("mix", &meter.id).unwrap_or(Share::NONE) } else { Share::ALL };
            let from = reached;
            reached = reached.plus(share).unwrap_or(Share::ALL);
            Part::Basic { from, to: reached }
        }
    };
    book.meters.iter().map(part).collect()
}

fn partner(policy: &Policy, id: &str) -> Option<PartnerGrace> {
    policy.partners.iter().find(|(known, _)| known == id).map(|(_, grace)| *grace)
}

fn profile(name: &str, root: &Record) -> Profile {
    let given = maps(root, "profiles").find(|(id, _)| *id == name).map(|(_, record)| {
        let weights = record.get::<&[Valued]>("weights").iter();
        weights.map(|weight| u32::try_from(whole(weight)).expect("weights were checked")).collect()
    });
    let weights = given.or_else(|| preset(name)).expect("profile ids were checked");
    Profile::new(&weights).expect("profile weights were checked")
}

fn whole(valued: &Valued) -> u64 {
    u64::from_value(&valued.value).expect("a list of whole numbers was checked")
}

fn demand((kind, record): (&str, &Record), recordings: &Recordings, book: &Book, calendar: &Calendar) -> Demand {
    match kind {
        "constant" => Demand::Constant(record.get("units")),
        "recorded" => {
            let weeks = record.get::<Option<&Record>>("bootstrap").map(|blocks| blocks.get("weeks"));
            Demand::Recorded(Recorded::new(recordings.usage(record), book, calendar, record.get("from"), weeks))
        }
        "listed" => Demand::Listed(record.get::<&[Valued]>("units").iter().map(whole).collect()),
        _ => {
            let noise: &Record = record.get("noise");
            let (sd, week, month): (f64, f64, f64) = (noise.get("sd"), noise.get("week"), noise.get("month"));
            let part = |share: f64| sd * libm::sqrt(share.max(0.0));
            Demand::Random(Box::new(RandomDemand {
                size: size(record.get("size")),
                index: season::index(record, calendar),
                ramp: record.get::<Seconds>("ramp") as f64 / DAY as f64,
                noise: Noise { day: part(1.0 - week - month), week: part(week), month: part(month) },
                dispersion: record.get("dispersion"),
                session: record.get::<Option<&Record>>("session").map(|session| {
                    let cv: f64 = session.get("cv");
                    Session { mean: session.get("mean"), shape: 1.0 / (cv * cv) }
                }),
            }))
        }
    }
}

fn bursts(record: &Record, calendar: &Calendar) -> Bursts {
    let mut dated: Vec<DatedBurst> = record
        .records("dated")
        .into_iter()
        .map(|burst| {
            let from = calendar.second(burst.get("at"));
            let lasts = burst.get::<Seconds>("lasts").max(1);
            DatedBurst { from, to: from.saturating_add(lasts), units: burst.get("units") }
        })
        .collect();
    dated.sort_by_key(|burst| burst.from);
    let random = ["human_spike", "bot_attack", "integration_loop"].into_iter().filter_map(|kind| {
        let burst = record.get::<Option<&Record>>(kind)?;
        let a_year: f64 = burst.get("a_year");
        let length = |key: &str| burst.get::<Seconds>(key).max(1) as f64;
        let random = RandomBurst {
            gap: YEAR / a_year,
            multiple: (burst.get("least"), burst.get("most")),
            length: (length("shortest"), length("longest")),
            filtered: burst.get::<Share>("filtered").approx(),
        };
        (a_year > 0.0).then_some((kind, random))
    });
    Bursts { random: random.collect(), dated }
}

fn payments(record: &Record) -> Payments {
    let retries = record.records("retries").into_iter();
    let card_down = record.get::<Option<&Record>>("card_down").filter(|card| card.get::<f64>("a_year") > 0.0);
    Payments {
        soft_failure: record.get("soft_failure"),
        retries: retries.map(|retry| Retry { after: retry.get("after"), success: retry.get("success") }).collect(),
        by_hand: record
            .get::<Option<&Record>>("by_hand")
            .map(|hand| (hand.get::<Seconds>("median") as f64, log_sd(hand.get("cv")))),
        card_down: card_down.map(|card| CardDown {
            gap: YEAR * DAY as f64 / card.get::<f64>("a_year"),
            median: card.get::<Seconds>("median") as f64,
            sigma: log_sd(card.get("cv")),
        }),
    }
}

/// `None` when nothing makes an account leave.
fn churn(record: &Record, days: Day) -> Option<Churn> {
    let by_age: Vec<f64> = match record.get::<(&'static str, &Record)>("age") {
        ("constant", age) => vec![age.get::<f64>("a_year") / YEAR; days],
        (_, age) => {
            let (scale, shape) = (age.get::<Seconds>("scale").max(1) as f64 / DAY as f64, age.get::<f64>("shape"));
            let cumulative = |age: Day| libm::pow(age as f64 / scale, shape);
            (0..days).map(|age| cumulative(age + 1) - cumulative(age)).collect()
        }
    };
    let churn = Churn {
        suspended_day: record.get("suspended_day"),
        bill_shock: record.get::<Option<&Record>>("bill_shock").map(|shock| BillShock {
            most: shock.get("most"),
            ratio: shock.get("ratio"),
            steepness: shock.get("steepness"),
        }),
        by_age,
    };
    let never = churn.suspended_day == 0.0 && churn.bill_shock.is_none() && churn.by_age.iter().all(|h| *h == 0.0);
    (!never).then_some(churn)
}

fn arrivals((kind, record): (&str, &Record), calendar: &Calendar) -> Arrivals {
    if kind == "at_start" {
        return Arrivals::AtStart;
    }
    let days = |over: Seconds| over as f64 / DAY as f64;
    let over = record.get::<Option<Seconds>>("over").map_or(calendar.days() as f64, days);
    Arrivals::Poisson { over, growth: record.get("growth") }
}

/// Log standard deviation of a lognormal with this coefficient of variation.
fn log_sd(cv: f64) -> f64 {
    libm::sqrt(libm::log1p(cv * cv))
}

fn size((kind, record): (&str, &Record)) -> Size {
    match kind {
        "constant" => Size::Constant(record.get("units")),
        "table" => {
            let mut reached = 0;
            let lines = record.records("sizes").into_iter().map(|line| {
                reached += line.get::<u64>("weight");
                (line.get("units"), reached)
            });
            Size::Table(lines.collect())
        }
        _ => {
            let sigma = log_sd(record.get("cv"));
            let median: Option<f64> = record.get("median");
            let mu = match median {
                Some(median) => libm::log(median),
                None => {
                    libm::log(record.get::<Option<f64>>("mean").expect("mean or median was checked"))
                        - sigma * sigma / 2.0
                }
            };
            let tail = record.get::<Option<f64>>("tail_above").zip(record.get("tail_alpha"));
            Size::Lognormal { mu, sigma, cap: record.get("cap"), tail }
        }
    }
}

fn payer((kind, record): (&str, &Record)) -> Payer {
    match kind {
        "auto_recharge" => Payer::AutoRecharge {
            below: record.get("below"),
            amount: record.get("amount"),
            delay: record.get::<Seconds>("delay").max(1),
        },
        "periodic" => {
            let every = record.get::<Seconds>("every").max(1);
            Payer::Periodic {
                first: record.get::<Option<Seconds>>("first").unwrap_or(every),
                every,
                amount: record.get("amount"),
            }
        }
        "after_delay" => Payer::AfterDelay {
            to: record.word("to"),
            median: record.get::<Seconds>("median") as f64,
            sigma: log_sd(record.get("cv")),
            extra: record.get("extra"),
        },
        _ => Payer::Never,
    }
}

/// Movements of money, and decisions, each in order of time.
fn ledger(segment: &Record, uses: &[Use], plan: &Plan) -> (Vec<Movement>, Vec<Decision>) {
    let calendar = &plan.calendar;
    let (mut movements, mut decisions) = (vec![], vec![]);
    let mut vouchers = 0;
    for entry in segment.records("ledger") {
        let at = calendar.second(entry.get("at"));
        let kind: LedgerKind = entry.word("kind");
        let product: Option<&str> = entry.get("product");
        let of = |used: &Use| product.is_some_and(|product| plan.books[used.product].id == product);
        let used = uses.iter().position(of).unwrap_or(0);
        if matches!(kind, LedgerKind::Purchase | LedgerKind::Switch) {
            decisions.push(Decision { at, used, buys: entry.get("units") });
            continue;
        }
        let balance = if plan.policy.balance == BalanceOf::Product { used } else { 0 };
        vouchers += u32::from(kind == LedgerKind::Voucher);
        movements.push(Movement {
            at,
            balance,
            kind,
            amount: entry.get::<Option<_>>("amount").expect("money entries were checked for their amount"),
            from: entry.get::<Option<_>>("from").map_or(at, |from| calendar.second(from)),
            expires: entry.get::<Option<_>>("expires").map_or(NEVER, |expires| calendar.second(expires)),
            number: if kind == LedgerKind::Voucher { vouchers } else { 0 },
        });
    }
    movements.sort_by_key(|movement| movement.at);
    decisions.sort_by_key(|decision| decision.at);
    (movements, decisions)
}
