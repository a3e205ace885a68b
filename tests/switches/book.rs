//! Rows of the price book. Where nothing else is said: arrears on day 3, suspended on day 10, both at 08:00:00;
//! debts of 0.10, 0.80, 1.50 … from day 3 on, each at 08:00:00; a day costs 0.70.

use crate::row::*;

pub const BOOK: &[Switch] = &[
    // Before noon floor(200 × 12/24) = 100 are unintegrated.
    switch("books.shop.requires_integration", &[AT_NOON, ONE_DAY], SERVED, ("false", "200"), &[("true", "100")]),
    // floor(200 × 0.1) = 20 are outside demand.
    switch("books.shop.unmetered_share", &[ONE_DAY], POTENTIAL, ("0", "200"), &[("0.1", "180"), ("1", "0")]),
    // 172 800 calls are 2 a second: one of them is refused.
    switch(
        "books.shop.rate_limit",
        &[TWO_A_SECOND, ONE_DAY],
        SERVED,
        ("none", "172800"),
        &[("{ calls = 1 }", "86400")],
    ),
    // Live from second 150: that half slot has 300 calls; 150 × 1 pass by the second, 300 by the slot; 287 × 300 = 86 100.
    switch(
        "books.shop.rate_limit.each",
        &[
            TWO_A_SECOND,
            ONE_DAY,
            "books.shop.rate_limit={ calls = 1 }",
            "segments.s.products.shop.activation_after=150s",
        ],
        SERVED,
        ("second", "86250"),
        &[("slot", "86400")],
    ),
    // floor(200 × 0.29) = 58.
    switch(
        "books.shop.counted",
        &["books.shop.pass_share=0.29", ONE_DAY],
        BILLABLE,
        ("served", "200"),
        &[("passed", "58")],
    ),
    // floor(200 × 0.5); none passes.
    switch(
        "books.shop.pass_share",
        &["books.shop.counted=passed", ONE_DAY],
        BILLABLE,
        ("1", "200"),
        &[("0.5", "100"), ("0", "0")],
    ),
    switch(
        "books.shop.bill_at.from",
        &["books.shop.bill_at={}"],
        BILLED,
        ("08:00:00", "1 08:00:00"),
        &[("00:00:00", "1 00:00:00"), ("23:59:59", "1 23:59:59")],
    ),
    // One second of the day, or the two of [08:00:00, 08:00:02): 29 bills all in one of them have probability 2^-28.
    switch(
        "books.shop.bill_at.to",
        &["books.shop.bill_at={}", RICH],
        BILL_SECONDS,
        ("absent", "1"),
        &[("08:00:02", "2")],
    ),
    // Day 3, 08:00:00 + 7 × 24 h; + 24 h; at once.
    switch("books.shop.grace", &[], SUSPENDED, ("168h", "10 08:00:00"), &[("24h", "4 08:00:00"), ("0s", "3 08:00:00")]),
    // Suspended at second 0 with 100 free units that nobody used.
    switch(
        "books.shop.wipe_after",
        &[QUOTA, DEBT, NO_DEMAND, "books.shop.grace=0s", "account.activation_in_arrears=allowed"],
        WIPED,
        ("never", ""),
        &[("48h", "100")],
    ),
    // 0.50 + 0.20; with 100 free only the first tier: 0.50.
    switch(
        "books.shop.free",
        &[ONE_DAY],
        FIRST_DAY,
        ("[]", "0.70"),
        &[("[{ id = \"q\", meter = \"m\", units = 100 }]", "0.50")],
    ),
    // Another copy of the vendor's page says 10 000.
    required(
        "books.shop.free.q.units",
        &[QUOTA, ONE_DAY],
        FIRST_DAY,
        ("100", "0.50"),
        &[("10000", "0.00"), ("0", "0.70")],
    ),
    // Once 100; in each of 40 days 100; in January and in February 100.
    switch(
        "books.shop.free.q.each",
        &[QUOTA, RICH, "days=40"],
        FREE,
        ("once", "100"),
        &[("day", "4000"), ("month", "200")],
    ),
    // 60 a day: 60 + 40; until noon of the first day floor(60 × 12/24) = 30.
    switch(
        "books.shop.free.q.expires_after",
        &[QUOTA, TWO_DAYS, "segments.s.products.shop.demand.units=60"],
        FREE,
        ("never", "100"),
        &[("12h", "30")],
    ),
    // 300 calls: 200 paid in places 1 to 200 (0.50 + 0.20), or 101 to 300 (200 × 0.002).
    switch(
        "books.shop.free.q.counter",
        &[QUOTA, ONE_DAY, "segments.s.products.shop.demand.units=300"],
        FIRST_DAY,
        ("outside", "0.70"),
        &[("inside", "0.40")],
    ),
    // 200 × 0.01; all 200 at the price of the second tier.
    required(
        "books.shop.meters.0.pricing",
        &[ONE_DAY],
        FIRST_DAY,
        ("graduated", "0.70"),
        &[("flat; books.shop.meters.0.tiers=[]; books.shop.meters.0.price=0.01", "2.00"), ("volume", "0.40")],
    ),
];
