//! What the report of a run says. Must not know how it looks.

use super::page::{Again, Answer, Cell, Page, Table, Tile, head};
use super::words::{about, amount, digest, digits, ends, half, share, things, whole, words};
use super::{Extras, ReportError, assumptions, drawn, html};
use crate::charts::figures;
use crate::plan::Plan;
use crate::record::{Headline, Statistics, Summary, TierShare, Until, Warning, Worlds};
use crate::stats::Estimate;
use crate::units::shown::decimals;
use crate::units::{Day, Total};

/// Title of the table that names its worlds itself.
const HEADLINES: &str = "All headline numbers";

/// The report of a run; its numbers are means over its worlds.
///
/// # Errors
/// A figure that cannot be drawn, or a bug of the template.
pub fn run(
    plan: &Plan,
    replications: &[Summary],
    until: Option<&Until>,
    extras: Extras<'_>,
) -> Result<String, ReportError> {
    let numbers = Numbers { plan, all: Headline::of(plan, replications) };
    let worlds = Worlds::of(plan, replications);
    let mut tables = vec![by_segment(plan, replications, &worlds), headlines(&numbers, replications.len())];
    tables.extend(by_tier(plan, &worlds));
    tables.extend(by_month(plan, &worlds));
    if replications.len() > 1 {
        for table in tables.iter_mut().filter(|table| table.title != HEADLINES) {
            table.note.push_str(&format!(" Means of {} worlds.", replications.len()));
        }
    }
    html(Page {
        title: format!("What {} brings in {}", plan.name, things(plan.calendar.days() as u64, "day")),
        about: about(plan, replications.len()),
        answers: vec![Answer {
            title: None,
            lead: vec![lead(&numbers)],
            tiles: tiles(&numbers, worlds.price_per_1000()),
        }],
        warnings: Warning::of(plan, replications, until).iter().map(Warning::to_string).collect(),
        pictures: drawn(|| figures(plan, replications), extras)?,
        pictured: pictured(replications),
        tables,
        assumptions: assumptions::of(plan),
        again: Again {
            command: extras.command.to_owned(),
            facts: vec![
                ("Program", format!("billsim {}", env!("CARGO_PKG_VERSION"))),
                ("Plan hash", plan.hash.clone()),
                ("Seed", plan.seed.to_string()),
                ("Replications", replications.len().to_string()),
                ("BLAKE3 digest of scenario.toml", digest(&plan.resolved)),
            ],
        },
    })
}

/// Most charts are of one world, whose sums are not the means above.
fn pictured(replications: &[Summary]) -> Option<String> {
    let money =
        |world: &Summary| -> f64 { world.segments.iter().map(|one| one.money_total().recognised.approx()).sum() };
    let (first, others) = (replications.first().map(money)?, replications.len());
    let text = "Drawn is the first of the worlds, day by day, unless a chart says that it shows all of them";
    (others > 1).then(|| {
        format!(
            "{text}. That world brings {} of recognised revenue; the numbers above are means of {others} worlds.",
            amount(first)
        )
    })
}

/// The numbers that a run is judged by.
struct Numbers<'a> {
    plan: &'a Plan,
    all: Vec<Headline>,
}

impl Numbers<'_> {
    fn of(&self, name: &str) -> Estimate {
        let found = self.all.iter().find(|headline| headline.name == name);
        found.map_or_else(|| Estimate::of(&[]), |headline| headline.estimate)
    }

    fn mean(&self, name: &str) -> f64 {
        self.of(name).mean
    }

    fn accounts(&self) -> f64 {
        self.plan.accounts() as f64
    }

    fn currency(&self) -> &str {
        &self.plan.books[0].currency
    }
}

/// What one wants to know first, in two sentences.
fn lead(numbers: &Numbers<'_>) -> String {
    let recognised = numbers.of("recognised");
    let interval = match ends(&recognised, digits(recognised.mean)) {
        Some(ends) => format!(" (95 % interval of the mean: {ends})"),
        None => String::new(),
    };
    let mut text = format!(
        "The customers bring {} {} of recognised revenue{interval}.",
        amount(recognised.mean),
        numbers.currency()
    );
    let mut parts = vec![];
    if recognised.mean > 0.0 {
        parts.push(format!("{} of it turns into bad debt", share(numbers.mean("bad_debt"), recognised.mean)));
    }
    parts.push(format!(
        "{} of the customers are suspended at some time",
        share(numbers.mean("ever_suspended"), numbers.accounts())
    ));
    if numbers.mean("ever_churned") > 0.0 {
        parts.push(format!("{} leave for good", share(numbers.mean("ever_churned"), numbers.accounts())));
    }
    let last = parts.pop().unwrap_or_default();
    let listed = if parts.is_empty() { last } else { format!("{}, and {last}", parts.join(", ")) };
    text.push_str(&format!(" {listed}."));
    text
}

fn tiles(numbers: &Numbers<'_>, price_per_1000: Option<f64>) -> Vec<Tile> {
    let (currency, accounts, recognised) = (numbers.currency(), numbers.accounts(), numbers.mean("recognised"));
    let of_revenue = |name: &str| share(numbers.mean(name), recognised);
    let money = |name: &str, label: &str, sentence: String| Tile {
        name: label.to_owned(),
        value: format!("{} {currency}", amount(numbers.mean(name))),
        interval: half(&numbers.of(name), digits(numbers.mean(name))),
        sentence,
    };
    let customers = |name: &str, label: &str, sentence: String| Tile {
        name: label.to_owned(),
        value: format!("{} accounts", self::whole(numbers.mean(name))),
        interval: half(&numbers.of(name), 0),
        sentence,
    };
    let price = price_per_1000.map(|price| format!(", {price:.4} per 1,000 units served"));
    let packages = numbers.plan.books.iter().any(|book| book.packages.is_some());
    let mut tiles = vec![
        money(
            "recognised",
            "Recognised revenue",
            format!(
                "{}, net of vouchers: {} an account{}.",
                if packages {
                    "The price of what was used, and of packages as they are used up or expire"
                } else {
                    "The price of what was used"
                },
                amount(recognised / accounts),
                price.unwrap_or_default()
            ),
        ),
        money(
            "collected",
            "Collected",
            format!(
                "Cash that paid bills{}: {} of the recognised.",
                if packages { ", and packages in advance" } else { "" },
                of_revenue("collected")
            ),
        ),
        money(
            "bad_debt",
            "Bad debt",
            format!("Marked as bad and not paid at the end: {} of the recognised.", of_revenue("bad_debt")),
        ),
        money(
            "lost",
            "Lost to suspension",
            format!(
                "What suspended customers would have used, at list price: {} of the recognised.",
                of_revenue("lost")
            ),
        ),
        customers(
            "ever_suspended",
            "Suspended at some time",
            format!(
                "{} of the accounts. Services suspended at the end: {}.",
                share(numbers.mean("ever_suspended"), accounts),
                self::whole(numbers.mean("suspended_at_end"))
            ),
        ),
    ];
    if numbers.mean("ever_churned") > 0.0 {
        let of = share(numbers.mean("ever_churned"), accounts);
        tiles.push(customers("ever_churned", "Left for good", format!("{of} of the accounts.")));
    }
    if numbers.mean("margin") != numbers.mean("net_revenue") {
        let of = of_revenue("margin");
        tiles.push(money("margin", "Margin", format!("Recognised less bad debt and costs: {of} of the recognised.")));
    }
    tiles
}

/// Cells of what one world brings on average.
impl Worlds {
    fn amount(&self, total: Total) -> Cell {
        Cell::number(Some(self.money(total)), amount)
    }

    fn number(&self, number: u64) -> Cell {
        Cell::number(Some(self.mean(number)), whole)
    }
}

fn by_segment(plan: &Plan, replications: &[Summary], all: &Worlds) -> Table {
    let row = |name: &str, worlds: &Worlds| {
        let totals = &worlds.together;
        let (of, status, tallies) = (totals.money_total(), totals.status_total(), &totals.tallies);
        let each = of.recognised.approx() / tallies.accounts.max(1) as f64;
        vec![
            Cell::text(name),
            worlds.number(tallies.accounts),
            worlds.amount(of.recognised),
            Cell::number(Some(each), amount),
            Cell::number(worlds.price_per_1000(), |price| format!("{price:.4}")),
            worlds.amount(of.collected),
            worlds.amount(of.debt),
            worlds.amount(of.bad_debt),
            worlds.number(tallies.ever_suspended),
            worlds.number(status.suspended),
            worlds.number(tallies.ever_churned),
        ]
    };
    let rows = plan.segments.iter().enumerate();
    let rows = rows.map(|(nth, segment)| row(&segment.id, &Worlds::of_segment(plan, replications, nth)));
    Table {
        title: "By segment".to_owned(),
        note: format!("Amounts in {}.", plan.books[0].currency),
        head: head(&[
            "segment",
            "accounts",
            "recognised",
            "an account",
            "per 1,000 units",
            "collected",
            "owed at end",
            "bad debt",
            "ever suspended",
            "suspended at end",
            "left",
        ]),
        texts: 1,
        rows: rows.collect(),
        sum: (plan.segments.len() > 1).then(|| row("all", all)),
    }
}

fn headlines(numbers: &Numbers<'_>, worlds: usize) -> Table {
    let row = |headline: &Headline| {
        let shown = |value: f64| {
            if headline.is_money {
                amount(value)
            } else {
                decimals(value, usize::from(value != value.trunc() && value < 100.0))
            }
        };
        let Estimate { mean, half_width, .. } = headline.estimate;
        let percent = headline.estimate.percent();
        let one = if headline.is_money { crate::units::money::ONE as f64 } else { 1.0 };
        let values = || headline.values.iter().map(|value| *value as f64 / one);
        vec![
            Cell::text(words(headline.name)),
            Cell::number(Some(mean), shown),
            Cell::number(half_width, shown),
            Cell::number(percent, |percent| format!("{percent:.2} %")),
            Cell::number(values().reduce(f64::min), shown),
            Cell::number(values().reduce(f64::max), shown),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = numbers.all.iter().map(row).collect();
    let mut head = head(&["number", "mean", "± 95 %", "of the mean", "least", "most"]);
    let mut note = format!(
        "Means over {}, half their 95 % interval, and the least and the most of a world.",
        things(worlds as u64, "world")
    );
    if worlds == 1 {
        rows.iter_mut().for_each(|row| row.truncate(2));
        head = vec!["number".to_owned(), "value".to_owned()];
        note = "Of the one world that was played.".to_owned();
    }
    Table {
        title: HEADLINES.to_owned(),
        note: format!("{note} What each is: docs/DATA.md."),
        head,
        texts: 1,
        rows,
        sum: None,
    }
}

/// Where anything was priced in tiers.
fn by_tier(plan: &Plan, worlds: &Worlds) -> Option<Table> {
    let tiers = Statistics::of(&worlds.together).tiers;
    let row = |tier: &TierShare| {
        let (book, meter) = (&plan.books[tier.product], &plan.books[tier.product].meters[tier.meter]);
        let listed = meter.tiers.get(tier.tier - 1);
        let up_to = listed.and_then(|tier| tier.up_to).map(|bound| bound as f64);
        vec![
            Cell::text(&book.id),
            Cell::text(&meter.id),
            Cell::number(Some(tier.tier as f64), self::whole),
            Cell::number(up_to, self::whole),
            Cell::number(listed.map(|tier| Total::from(tier.price).approx()), |price| price.to_string()),
            worlds.number(tier.total.units),
            worlds.amount(tier.total.amount),
            Cell::number(Some(100.0 * tier.share), |share| format!("{share:.1} %")),
        ]
    };
    let rows: Vec<Vec<Cell>> = tiers.iter().map(row).collect();
    (!rows.is_empty()).then(|| Table {
        title: "By tier".to_owned(),
        note: format!(
            "Units, and what they cost, by the tier of the price list; amounts in {}.",
            plan.books[0].currency
        ),
        head: head(&["product", "meter", "tier", "up to", "price", "units", "amount", "share"]),
        texts: 2,
        rows,
        sum: None,
    })
}

/// Where there are several months.
fn by_month(plan: &Plan, worlds: &Worlds) -> Option<Table> {
    let whole = &worlds.together;
    let days = plan.calendar.days();
    let starts: Vec<Day> = (0..days).filter(|day| *day == 0 || plan.calendar.starts_month(*day)).collect();
    let row = |(nth, from): (usize, &Day)| {
        let to = starts.get(nth + 1).copied().unwrap_or(days);
        let months = &whole.money[*from..to];
        let last = months.last().copied().unwrap_or_default();
        let uses = || whole.uses.iter().flat_map(|used| &used.status[*from..to]);
        let at_end: u64 = whole.uses.iter().filter_map(|used| used.status.get(to - 1)).map(|day| day.suspended).sum();
        let date = plan.calendar.date(*from);
        vec![
            Cell::text(format!("{:04}-{:02}", date.year(), date.month())),
            Cell::number(Some((to - from) as f64), self::whole),
            worlds.amount(months.iter().map(|day| day.recognised).sum()),
            worlds.amount(months.iter().map(|day| day.collected).sum()),
            worlds.amount(last.debt),
            worlds.amount(last.bad_debt),
            worlds.number(uses().map(|day| day.suspensions).sum()),
            worlds.number(at_end),
            worlds.number(uses().map(|day| day.departures).sum()),
        ]
    };
    (starts.len() > 1).then(|| Table {
        title: "By month".to_owned(),
        note: format!("Debts and states at the end of each month; amounts in {}.", plan.books[0].currency),
        head: head(&[
            "month",
            "days",
            "recognised",
            "collected",
            "owed at end",
            "bad debt",
            "suspensions",
            "suspended at end",
            "left",
        ]),
        texts: 1,
        rows: starts.iter().enumerate().map(row).collect(),
        sum: None,
    })
}
