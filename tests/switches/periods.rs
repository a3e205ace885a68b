//! Rows of meters, their periods and their prices, and of balances. Where nothing else is said: 200 calls a day at
//! 100 × 0.005 + 100 × 0.002 = 0.70, paid from 2.00.

use crate::row::*;
use crate::told::Told;

/// The meter has one flat price, 0.01.
const FLAT: &str = "books.shop.meters=[{ id = \"m\", pricing = \"flat\", price = 0.01 }]";
/// From the second day on 100 calls cost 0.01 each and those after them nothing.
const CHANGED: &str = "books.shop.meters.0.changes=[{ from = 2026-01-02, tiers = [{ up_to = 100, price = 0.01 }, { up_to = \"unlimited\", price = 0 }] }]";
/// An add-on before its base: 5 a unit, and 1.
const ADD_ON: &str = "books.shop.meters=[{ id = \"x\", add_on_of = \"a\", pricing = \"flat\", price = 5 }, { id = \"a\", pricing = \"flat\", price = 1 }]";
/// A second product whose only call of a day costs 1.00.
const ZOO: &str = "books.zoo={ meters = [{ id = \"z\", pricing = \"flat\", price = 1 }] }";
const VISITS: &str = "segments.s.products.zoo={ demand = { kind = \"constant\", units = 1 } }";
const BY_PRODUCT: &str = "account.balance=product";
const NO_MONEY: &str = "segments.s.opening_balance=0";
const TOP_UP: &str = "segments.s.ledger=[{ at = 2026-01-01T12:00:00, kind = \"top_up\", amount = 1 }]";
/// What the vendor keeps of the run.
const MARGIN: fn(&Told) -> String =
    |told| billsim::record::summarise(&told.plan).expect("amounts fit").segments[0].margin().short();
/// Whether every day is within a tenth of a million of a whole number of millions.
const WHOLE_MILLIONS: fn(&Told) -> String = |told| {
    let rest = |units: u64| (units % 1_000_000).min(1_000_000 - units % 1_000_000);
    told.days().iter().all(|(usage, _)| rest(usage.potential) < 100_000).to_string()
};

pub const PERIODS: &[Switch] = &[
    // The next morning, or that of the first of February.
    switch("books.shop.bill_every", &["days=40"], BILLED, ("day", "1 08:00:00"), &[("month", "31 08:00:00")]),
    // 100 of each: those of a are free (100 × 5 are left), or those of b (100 × 1).
    required(
        "books.shop.free.q.meter",
        &[TWO_METERS, HALVES, ONE_DAY, "books.shop.free=[{ id = \"q\", units = 100 }]"],
        ALL_METERS,
        ("a", "500.00"),
        &[("b", "100.00")],
    ),
    // 100 of a; or one of each in a slot, 50 and 50: 50 × 1 + 50 × 5.
    switch(
        "books.shop.free.q.meters",
        &[TWO_METERS, HALVES, ONE_DAY, "books.shop.free=[{ id = \"q\", meter = \"a\", units = 100 }]"],
        ALL_METERS,
        ("absent", "500.00"),
        &[("[\"a\", \"b\"]; books.shop.free=[{ id = \"q\", meters = [\"a\", \"b\"], units = 100 }]", "300.00")],
    ),
    // 200 calls, or ceil(200 / 60) minutes.
    switch("books.shop.meters.0.raw_per_unit", &[ONE_DAY], BILLABLE, ("1", "200"), &[("60", "4")]),
    // 30 s, 20 s and 40 s: a minute each day; or 1, 0 and 1 of the running total of 30, 50 and 90 s.
    switch(
        "books.shop.meters.0.rounding",
        &[
            "books.shop.meters.0.raw_per_unit=60",
            "segments.s.products.shop.demand={ kind = \"listed\", units = [30, 20, 40] }",
        ],
        BILLABLE,
        ("day", "3"),
        &[("month", "2")],
    ),
    // A meter that nobody asks for; or half of the 200 calls of a count in it too, which no trial covers: 100 × 5.
    switch(
        "books.shop.meters.0.add_on_of",
        &[
            "books.shop.meters=[{ id = \"x\", pricing = \"flat\", price = 5 }, { id = \"a\", pricing = \"flat\", price = 1 }]",
            "books.shop.trial={ units = 1000 }",
            "segments.s.products.shop.mix={ a = 1 }",
            ONE_DAY,
        ],
        ALL_METERS,
        ("absent", "0.00"),
        &[("a; segments.s.products.shop.add_ons={ x = 0.5 }", "500.00")],
    ),
    // 200 × 1, and 100 × 5.
    switch(
        "segments.s.products.shop.add_ons",
        &[ADD_ON, ONE_DAY],
        ALL_METERS,
        ("{}", "200.00"),
        &[("{ x = 0.5 }", "700.00")],
    ),
    // 100 × 1 + 100 × 5; 50 × 1 + 150 × 5.
    required(
        "segments.s.products.shop.mix",
        &[TWO_METERS, ONE_DAY],
        ALL_METERS,
        ("{ a = 0.5, b = 0.5 }", "600.00"),
        &[("{ a = 0.25, b = 0.75 }", "800.00")],
    ),
    // The second day begins anew, or goes on with calls 201 to 400 at 0.002.
    switch("books.shop.meters.0.counter", &[TWO_DAYS], SECOND_DAY, ("day", "0.70"), &[("month", "0.40")]),
    // 200 × 0.01; 200 × 0.02.
    required("books.shop.meters.0.price", &[FLAT, ONE_DAY], FIRST_DAY, ("0.01", "2.00"), &[("0.02", "4.00")]),
    // 200 × 0.01; 200 × 0.003.
    required(
        "books.shop.meters.0.tiers",
        &[ONE_DAY],
        FIRST_DAY,
        ("[]; books.shop.meters.0.pricing=flat; books.shop.meters.0.price=0.01", "2.00"),
        &[("[{ up_to = \"unlimited\", price = 0.003 }]", "0.60")],
    ),
    // 0.50 + 0.20; 150 × 0.005 + 50 × 0.002; 200 × 0.005 where there is one tier.
    required(
        "books.shop.meters.0.tiers.0.up_to",
        &[ONE_DAY],
        FIRST_DAY,
        ("100", "0.70"),
        &[("150", "0.85"), ("unlimited; books.shop.meters.0.tiers=[{ up_to = \"unlimited\", price = 0.005 }]", "1.00")],
    ),
    // 3.00 beside it.
    switch("books.shop.meters.0.tiers.0.fee", &[ONE_DAY], FIRST_DAY, ("0", "0.70"), &[("3", "3.70")]),
    // ceil(100 / 30) = 4 blocks at 0.005, and 100 × 0.002.
    switch("books.shop.meters.0.tiers.0.block", &[ONE_DAY], FIRST_DAY, ("1", "0.70"), &[("30", "0.22")]),
    switch("books.shop.meters.0.minimum", &[ONE_DAY], FIRST_DAY, ("0", "0.70"), &[("5", "5.00")]),
    switch("books.shop.meters.0.maximum", &[ONE_DAY], FIRST_DAY, ("none", "0.70"), &[("0.6", "0.60")]),
    // A day without a call costs nothing, or the minimum.
    switch(
        "books.shop.meters.0.fee_at_zero",
        &[ONE_DAY, NO_DEMAND, "books.shop.meters.0.minimum=5"],
        FIRST_DAY,
        ("false", "0.00"),
        &[("true", "5.00")],
    ),
    // 200 × 0.01 from the second day on.
    switch(
        "books.shop.meters.0.changes",
        &[TWO_DAYS],
        SECOND_DAY,
        ("[]", "0.70"),
        &[("[{ from = 2026-01-02, tiers = [{ up_to = \"unlimited\", price = 0.01 }] }]", "2.00")],
    ),
    // 100 × 0.01; the account of the first day keeps 0.70.
    switch(
        "books.shop.meters.0.changes.0.existing",
        &[CHANGED, TWO_DAYS],
        SECOND_DAY,
        ("follow", "1.00"),
        &[("keep", "0.70")],
    ),
    required(
        "books.shop.meters.0.changes.0.price",
        &[FLAT, TWO_DAYS, "books.shop.meters.0.changes=[{ from = 2026-01-02 }]"],
        SECOND_DAY,
        ("0.02", "4.00"),
        &[("0.03", "6.00")],
    ),
    // A flat meter has none: 200 × 0.02; one with tiers: 200 × 0.03.
    required(
        "books.shop.meters.0.changes.0.tiers",
        &[TWO_DAYS, "books.shop.meters.0.changes=[{ from = 2026-01-02 }]"],
        SECOND_DAY,
        (
            "[]; books.shop.meters=[{ id = \"m\", pricing = \"flat\", price = 1, changes = [{ from = 2026-01-02, price = 0.02 }] }]",
            "4.00",
        ),
        &[("[{ up_to = \"unlimited\", price = 0.03 }]", "6.00")],
    ),
    // 100 × 0.01; 150 × 0.01; 200 × 0.01 where there is one tier.
    required(
        "books.shop.meters.0.changes.0.tiers.0.up_to",
        &[CHANGED, TWO_DAYS],
        SECOND_DAY,
        ("100", "1.00"),
        &[
            ("150", "1.50"),
            ("unlimited; books.shop.meters.0.changes.0.tiers=[{ up_to = \"unlimited\", price = 0.01 }]", "2.00"),
        ],
    ),
    switch(
        "books.shop.meters.0.changes.0.tiers.0.fee",
        &[CHANGED, TWO_DAYS],
        SECOND_DAY,
        ("0", "1.00"),
        &[("3", "4.00")],
    ),
    // ceil(100 / 30) = 4 blocks at 0.01.
    switch(
        "books.shop.meters.0.changes.0.tiers.0.block",
        &[CHANGED, TWO_DAYS],
        SECOND_DAY,
        ("1", "1.00"),
        &[("30", "0.04")],
    ),
    // Half of each price: 100 × 0.0025 + 100 × 0.001.
    switch("segments.s.products.shop.discount", &[ONE_DAY], FIRST_DAY, ("0", "0.70"), &[("0.5", "0.35")]),
    // Two bills of 0.70 and two of 1.00 from 2.00, or those of 0.70 alone.
    switch(
        "account.balance",
        &["days=3", ZOO, VISITS],
        BALANCE,
        ("account", "-1.40"),
        &[("product; segments.s.opening_balance=0; segments.s.products.shop.opening_balance=2", "0.60")],
    ),
    // One bill of 0.70.
    switch(
        "segments.s.products.shop.opening_balance",
        &[BY_PRODUCT, NO_MONEY, TWO_DAYS],
        BALANCE,
        ("0", "-0.70"),
        &[("2", "1.30")],
    ),
    // In arrears on day 3; with 1.00 of credit on day 5, when 2.00 − 3.50 < −1.00.
    switch(
        "segments.s.products.shop.credit_line",
        &[BY_PRODUCT, NO_MONEY, "segments.s.products.shop.opening_balance=2"],
        SUSPENDED,
        ("0", "10 08:00:00"),
        &[("1", "12 08:00:00")],
    ),
    // 2.00 − 0.70 + 1.00; + 3.00.
    required("segments.s.ledger.0.amount", &[TOP_UP, TWO_DAYS], BALANCE, ("1", "2.30"), &[("3", "4.30")]),
    // 1.00 − 0.70; the other product's money pays nothing of it.
    required(
        "segments.s.ledger.0.product",
        &[BY_PRODUCT, NO_MONEY, ZOO, VISITS, TOP_UP, TWO_DAYS],
        BALANCE,
        ("shop", "0.30"),
        &[("zoo", "-0.70")],
    ),
    // Two days of 0.70, less one bill, or less 400 × 0.001.
    switch("books.shop.bill_cost", &[TWO_DAYS], MARGIN, ("0", "1.40"), &[("0.05", "1.35")]),
    switch("books.shop.meters.0.cost", &[TWO_DAYS], MARGIN, ("0", "1.40"), &[("0.001", "1.00")]),
    // A day of 1 000; or a session of a thousand million on one day of a million.
    switch(
        "segments.s.products.shop.demand.session",
        &[
            ONE_DAY,
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000 } }",
        ],
        POTENTIAL_IS_ZERO,
        ("none", "false"),
        &[("{ mean = 1e9 }", "true")],
    ),
    // About one session a day, of a million each: whole millions only where they are all of one length.
    switch(
        "segments.s.products.shop.demand.session.cv",
        &[
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, session = { mean = 1000000 } }",
        ],
        WHOLE_MILLIONS,
        ("1", "false"),
        &[("0.01", "true")],
    ),
];
