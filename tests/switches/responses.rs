//! Rows of responses and bursts: payments that fail, traffic while suspended, leaving, prices, and what comes beside the usual day.
//! Where nothing else is said: 200 calls a day, arrears on day 3, suspended on day 10, both at 08:00:00.

use crate::row::*;
use crate::told::Told;
use billsim::world::World;

const RECHARGE: &str = "segments.s.payer={ kind = \"auto_recharge\", below = 0, amount = 10 }";
const FAILS: &str = "segments.s.payments.soft_failure=1";
const ON_DAY_5: fn(&Told) -> String = |told| (PAID(told) == "5 08:01:00").to_string();
const CHURNED: fn(&Told) -> String = |told| told.when("churned").first().cloned().unwrap_or_else(|| "never".to_owned());
const LEAVES: fn(&Told) -> String = |told| (CHURNED(told) != "never").to_string();
const REFUSED: fn(&Told) -> String = |told| told.total(|day| day.refused).to_string();
/// Length of the first interval without a valid card.
const FIRST_DOWN: fn(&Told) -> String = |told| {
    let world = World::new(&told.plan, 0);
    let mut card = world.card(0, 0);
    let down = (0..).find_map(|at| Some((at, card.down_until(at)?)));
    let (from, to) = down.expect("a card is down some day");
    (to - from == 432_000).to_string()
};

/// A century of 1 000 000 calls a day with two bursts a year: whether these bring more than so many mean days.
const CENTURY: &str = "days=36500";
const MILLION: &str = "segments.s.products.shop.demand.units=1000000";
fn bring_more_than<const DAYS: u64>(told: &Told) -> String {
    (told.total(|day| day.potential) > (36_500 + DAYS) * 1_000_000).to_string()
}

macro_rules! burst {
    ($kind:literal, $key:literal, $more:literal, ($default:literal, $found:literal), ($other:literal, $then:literal)) => {
        switch(
            concat!("segments.s.products.shop.bursts.", $kind, ".", $key),
            &[CENTURY, MILLION, concat!("segments.s.products.shop.bursts.", $kind, "={ a_year = 2 }")],
            bring_more_than::<$more>,
            ($default, $found),
            &[($other, $then)],
        )
    };
}

macro_rules! kind {
    ($kind:literal) => {
        switch(
            concat!("segments.s.products.shop.bursts.", $kind),
            &[CENTURY, MILLION],
            bring_more_than::<500>,
            ("none", "false"),
            &[("{ a_year = 2 }", "true")],
        )
    };
}

pub const RESPONSES: &[Switch] = &[
    // The first attempt fails for certain, the retry three days later succeeds.
    switch(
        "segments.s.payments.soft_failure",
        &[RECHARGE, "segments.s.payments.retries=[{ after = \"3d\", success = 1 }]"],
        PAID,
        ("0", "3 08:01:00"),
        &[("1", "6 08:01:00")],
    ),
    // By default nothing is tried on day 5.
    switch(
        "segments.s.payments.retries",
        &[RECHARGE, FAILS],
        ON_DAY_5,
        ("[{ after = \"3d\" }, { after = \"7d\" }, { after = \"15d\" }]", "false"),
        &[("[{ after = \"2d\", success = 1 }]", "true")],
    ),
    // At a success of 0.5 the retry of this account is drawn to fail.
    switch(
        "segments.s.payments.retries.0.success",
        &[RECHARGE, FAILS, "segments.s.payments.retries=[{ after = \"2d\" }]", "days=12"],
        |told| told.when("payment_failed").len().min(2).to_string(),
        ("0.5", "2"),
        &[("1", "1")],
    ),
    // The attempts of days 3 and 5 fail; on day 7 it is paid by other means, or with a spread at some other second.
    switch(
        "segments.s.payments.by_hand",
        &[RECHARGE, FAILS, "segments.s.payments.retries=[{ after = \"2d\", success = 0 }]"],
        PAID,
        ("none", "never"),
        &[("{ median = \"2d\" }", "7 08:01:00")],
    ),
    switch(
        "segments.s.payments.by_hand.cv",
        &[RECHARGE, FAILS, "segments.s.payments.retries=[]", "segments.s.payments.by_hand={ median = \"2d\" }"],
        ON_DAY_5,
        ("0", "true"),
        &[("1", "false")],
    ),
    // Nearly always down, for more than a year.
    switch(
        "segments.s.payments.card_down",
        &[RECHARGE],
        PAID,
        ("none", "3 08:01:00"),
        &[("{ a_year = 365, median = \"400d\", cv = 0 }", "never")],
    ),
    switch(
        "segments.s.payments.card_down.median",
        &["segments.s.payments.card_down={ a_year = 365, cv = 0 }"],
        FIRST_DOWN,
        ("5d", "true"),
        &[("6d", "false")],
    ),
    switch(
        "segments.s.payments.card_down.cv",
        &["segments.s.payments.card_down={ a_year = 365 }"],
        FIRST_DOWN,
        ("1", "false"),
        &[("0", "true")],
    ),
    // 134 calls of day 10 after 08:00:00, and 19 days of 200.
    switch("segments.s.suspended_traffic", &[], REFUSED, ("goes_on", "3934"), &[("stops", "0")]),
    // A hazard of (86 400 s / 1 s)^20 on the first day.
    switch(
        "segments.s.churn.age",
        &[],
        CHURNED,
        ("{ kind = \"constant\", a_year = 0 }", "never"),
        &[("{ kind = \"weibull\", scale = \"1s\", shape = 20 }", "1 00:00:00")],
    ),
    // 30 days at a scale of 300 are a hazard of 0.1, or of 0.1^0.05 = 0.89 with most of it on the first day.
    switch(
        "segments.s.churn.age.shape",
        &["segments.s.churn.age={ kind = \"weibull\", scale = \"15d\" }"],
        |told| (CHURNED(told) == "16 00:00:00" || CHURNED(told) == "17 00:00:00").to_string(),
        ("1", "false"),
        &[("20", "true")],
    ),
    // At the close of day 10, the first at which the service is suspended.
    switch("segments.s.churn.suspended_day", &[], CHURNED, ("0", "never"), &[("100", "11 00:00:00")]),
    // Seven bills come first; the eighth, of day 7, is seen on day 8. A bill of the usual size is a hazard of 100 / 2.
    switch(
        "segments.s.churn.bill_shock",
        &[],
        CHURNED,
        ("none", "never"),
        &[("{ most = 100, ratio = 1 }", "9 00:00:00")],
    ),
    // A usual bill is a hazard of 100 / (1 + 3^4) = 1.2, or of 1e-22.
    switch(
        "segments.s.churn.bill_shock.ratio",
        &["segments.s.churn.bill_shock={ most = 100 }"],
        LEAVES,
        ("3", "true"),
        &[("1e6", "false")],
    ),
    // Or of 100 / (1 + 3^100).
    switch(
        "segments.s.churn.bill_shock.steepness",
        &["segments.s.churn.bill_shock={ most = 100 }"],
        LEAVES,
        ("4", "true"),
        &[("100", "false")],
    ),
    // Five times the average price: m = 5^−10 leaves nothing.
    switch(
        "segments.s.products.shop.elasticity",
        &[ONE_DAY, "reference_books={ shop = { meters = [{ id = \"m\", pricing = \"flat\", price = 0.0007 }] } }"],
        SERVED,
        ("0", "200"),
        &[("-10", "0")],
    ),
    switch(
        "segments.s.products.shop.bursts.dated",
        &[ONE_DAY],
        SERVED,
        ("[]", "200"),
        &[("[{ at = 2026-01-01T12:00:00, lasts = \"1h\", units = 50 }]", "250")],
    ),
    // A century has 200 bursts. Log-uniform on [a, b] has the mean (b − a) / ln(b / a).
    kind!("human_spike"),
    kind!("bot_attack"),
    kind!("integration_loop"),
    // ×2 to ×7 is 2.99 beyond the usual, 1 to 4 days are 2.16: 1 293 mean days in all.
    burst!("human_spike", "least", 1900, ("2", "false"), ("7", "true")), // 6 × 2.16 × 200 = 2 595
    burst!("human_spike", "most", 850, ("7", "true"), ("2", "false")),   // 1 × 2.16 × 200 = 432
    burst!("human_spike", "shortest", 1800, ("1d", "false"), ("4d", "true")), // 2.99 × 4 × 200 = 2 391
    burst!("human_spike", "longest", 900, ("4d", "true"), ("1d", "false")), // 2.99 × 200 = 598
    burst!("human_spike", "filtered", 500, ("0", "true"), ("1", "false")),
    // ×10 to ×300 is 84.3 beyond the usual, 5 minutes to 2 days are 0.314, 0.7 pass the filter: 3 703 mean days.
    burst!("bot_attack", "least", 7500, ("10", "false"), ("300", "true")), // 299 × 0.314 × 0.7 × 200 = 13 140
    burst!("bot_attack", "most", 1500, ("300", "true"), ("10", "false")),  // 9 × 0.314 × 0.7 × 200 = 396
    burst!("bot_attack", "shortest", 9000, ("5m", "false"), ("2d", "true")), // 84.3 × 2 × 0.7 × 200 = 23 600
    burst!("bot_attack", "longest", 500, ("2d", "true"), ("5m", "false")), // 84.3 × 0.0035 × 0.7 × 200 = 41
    burst!("bot_attack", "filtered", 500, ("0.3", "true"), ("1", "false")),
    // ×3 to ×20 is 7.96 beyond the usual, 2 hours to 3 days are 0.814 days: 1 296 mean days.
    burst!("integration_loop", "least", 2000, ("3", "false"), ("20", "true")), // 19 × 0.814 × 200 = 3 093
    burst!("integration_loop", "most", 700, ("20", "true"), ("3", "false")),   // 2 × 0.814 × 200 = 326
    burst!("integration_loop", "shortest", 2500, ("2h", "false"), ("3d", "true")), // 7.96 × 3 × 200 = 4 777
    burst!("integration_loop", "longest", 500, ("3d", "true"), ("2h", "false")), // 7.96 × 0.083 × 200 = 133
    burst!("integration_loop", "filtered", 500, ("0", "true"), ("1", "false")),
];
