//! Rows of the segment and its use of a product. Where nothing else is said: arrears on day 3, suspended on day 10, both at 08:00:00;
//! debts of 0.10, 0.80, 1.50 … from day 3 on, each at 08:00:00; a day costs 0.70.

use crate::row::*;

/// What one account used, from a file.
const RECORDED: &str = "segments.s.products.shop.demand={ kind = \"recorded\", file = \"tests/data/one_account.csv\" }";

pub const SEGMENT: &[Switch] = &[
    // The book's 168 h, or the agreement's 24 h.
    switch(
        "segments.s.partner",
        &["account.partners.friend.grace=24h"],
        SUSPENDED,
        ("absent", "10 08:00:00"),
        &[("friend", "4 08:00:00")],
    ),
    // One bill of 0.70.
    switch(
        "segments.s.opening_balance",
        &[
            TWO_DAYS,
            "segments=[{ id = \"s\", accounts = 1, products = { shop = { demand = { kind = \"constant\", units = 200 } } } }]",
        ],
        BALANCE,
        ("0", "-0.70"),
        &[("2", "1.30")],
    ),
    // With 1.00 of credit the fifth bill, on day 5, is the first that is not covered: 2.00 − 3.50 < −1.00.
    switch("segments.s.credit_line", &[], SUSPENDED, ("0", "10 08:00:00"), &[("1", "12 08:00:00")]),
    // 60 s after the balance fell below 0; every 5 days; 2 days after the arrears began.
    switch(
        "segments.s.payer",
        &[],
        PAID,
        ("{ kind = \"never\" }", "never"),
        &[
            ("{ kind = \"auto_recharge\", below = 0, amount = 10 }", "3 08:01:00"),
            ("{ kind = \"periodic\", every = \"5d\", amount = 1 }", "5 00:00:00"),
            ("{ kind = \"after_delay\", median = \"2d\" }", "5 08:00:00"),
        ],
    ),
    // Consequences come a second later at the earliest.
    switch(
        "segments.s.payer.delay",
        &["segments.s.payer={ kind = \"auto_recharge\", below = 0, amount = 10 }"],
        PAID,
        ("60s", "3 08:01:00"),
        &[("1h", "3 09:00:00"), ("0s", "3 08:00:01")],
    ),
    switch(
        "segments.s.payer.first",
        &["segments.s.payer={ kind = \"periodic\", every = \"5d\", amount = 1 }"],
        PAID,
        ("absent", "5 00:00:00"),
        &[("1d", "1 00:00:00")],
    ),
    // Two days after day 3, or after the suspension on day 10.
    switch(
        "segments.s.payer.to",
        &["segments.s.payer={ kind = \"after_delay\", median = \"2d\" }"],
        PAID,
        ("notice", "5 08:00:00"),
        &[("suspension", "12 08:00:00")],
    ),
    // On day 5, 08:00:00, before the bill of that instant, 0.80 is owed.
    switch(
        "segments.s.payer.extra",
        &["segments.s.payer={ kind = \"after_delay\", median = \"2d\" }"],
        PAID_AMOUNT,
        ("0", "0.80"),
        &[("3", "3.80")],
    ),
    // A payer that never pays is one whatever it is called.
    switch(
        "segments.s.non_payers",
        &["segments.s.payer={ kind = \"auto_recharge\", below = 0, amount = 10 }"],
        PAID,
        ("0", "3 08:01:00"),
        &[("1", "never")],
    ),
    // 2.00 − 0.70, and 1.00 more.
    switch(
        "segments.s.ledger",
        &[TWO_DAYS],
        BALANCE,
        ("[]", "1.30"),
        &[("[{ at = 2026-01-01T12:00:00, kind = \"top_up\", amount = 1 }]", "2.30")],
    ),
    // Money; only a limit; or 0.70 of a voucher in place of cash. A package of 100 calls for 1.00, in effect at 12:05:00, takes the 100
    // that have come by then, and the other 100 cost 0.50. A trial of ten is used up in the slot that ends at 01:15:00; from noon, when
    // it is switched on, 100 cost 0.50.
    required(
        "segments.s.ledger.0.kind",
        &[TWO_DAYS, "segments.s.ledger=[{ at = 2026-01-01T12:00:00, amount = 1 }]"],
        BALANCE,
        ("top_up", "2.30"),
        &[
            ("credit_line", "1.30"),
            ("voucher", "2.00"),
            (
                "purchase; segments.s.ledger.0={ at = 2026-01-01T12:00:00, kind = \"purchase\", product = \"shop\", units = 100 }; books.shop.packages={ ratio = { m = 1 }, sizes = [{ units = 100, price = 1 }] }",
                "0.50",
            ),
            (
                "switch; segments.s.ledger.0={ at = 2026-01-01T12:00:00, kind = \"switch\", product = \"shop\" }; books.shop.trial={ units = 10 }; books.shop.pay_as_you_go=switch",
                "1.50",
            ),
        ],
    ),
    // Usable from the start, or one second after the first bill.
    switch(
        "segments.s.ledger.0.from",
        &[VOUCHER_070],
        BY_VOUCHER,
        ("absent", "0.70"),
        &[("2026-01-02T08:00:01", "0.00")],
    ),
    // [from, expires): at the instant of the bill it is no longer usable.
    switch(
        "segments.s.ledger.0.expires",
        &[VOUCHER_070],
        BY_VOUCHER,
        ("absent", "0.70"),
        &[("2026-01-02T08:00:00", "0.00")],
    ),
    switch(
        "segments.s.products.shop.activation_after",
        &[ONE_DAY],
        SERVED,
        ("0s", "200"),
        &[("12h", "100"), ("1d", "0")],
    ),
    switch(
        "segments.s.products.shop.integration_after",
        &[INTEGRATES, ONE_DAY],
        SERVED,
        ("0s", "200"),
        &[("12h", "100")],
    ),
    switch("segments.s.products.shop.never_integrated", &[INTEGRATES, ONE_DAY], SERVED, ("0", "200"), &[("1", "0")]),
    // After 08:00:00: 200 − 66, or 200 − 8 (22 of 550 weights come before).
    switch(
        "segments.s.products.shop.profile",
        &["segments.s.products.shop.activation_after=8h", ONE_DAY],
        SERVED,
        ("flat", "134"),
        &[("office", "192")],
    ),
    // Delays scatter around the median: the day is drawn, so only that it is another one is asserted.
    switch(
        "segments.s.payer.cv",
        &["segments.s.payer={ kind = \"after_delay\", median = \"10s\" }"],
        |told| (PAID(told) == "3 08:00:10").to_string(),
        ("0", "true"),
        &[("1", "false")],
    ),
    // Sizes of 100 000 that vary little, cut to at most 1: a Poisson day of mean 1 stays below 50.
    switch(
        "segments.s.products.shop.demand.size.cap",
        &[
            ONE_DAY,
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"lognormal\", median = 100000, cv = 0.1 } }",
        ],
        |told| (told.usage(0).potential < 50).to_string(),
        ("1e9", "false"),
        &[("1", "true")],
    ),
    // Sizes of exactly 100 000: a Poisson day is within 2 000 of it (six standard deviations); with the log-sd of 1.5 of the
    // default only one account in 75 is.
    switch(
        "segments.s.products.shop.demand.size.cv",
        &[
            ONE_DAY,
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"lognormal\", median = 100000 } }",
            "segments.s.products.shop.demand.weekday=[1, 1, 1, 1, 1, 1, 1]",
        ],
        |told| (told.usage(0).potential.abs_diff(100_000) < 2_000).to_string(),
        ("2.9129", "false"),
        &[("0", "true")],
    ),
    // The other size weighs 1 000 000 000, or 1 against 1 000 000 000.
    switch(
        "segments.s.products.shop.demand.size.sizes.0.weight",
        &[
            ONE_DAY,
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"table\", sizes = [{ units = 100000 }, { units = 0, weight = 1000000000 }] } }",
        ],
        POTENTIAL_IS_ZERO,
        ("1", "true"),
        &[("1000000000; segments.s.products.shop.demand.size.sizes.1.weight=1", "false")],
    ),
    // Recorded days 1, 2, 8, 15 and 22 cost 0.70, 0.90, 1.70, 2.10 and 2.50. With 2.00 it is suspended on day 15 at 08:00:00 and
    // the last of them is refused: 2.00 − 5.40. The ledger opens with 50.00, which covers all.
    switch(
        "segments.s.account_ledger",
        &[RECORDED],
        BALANCE,
        ("absent", "-3.40"),
        &[("tests/data/one_ledger.csv", "42.10")],
    ),
    // The day of the file that is played first.
    switch(
        "segments.s.products.shop.demand.from",
        &[RECORDED],
        FIRST_DAY,
        ("absent", "0.70"),
        &[("2026-01-15", "2.10")],
    ),
    // All rows of the file; or blocks of it that begin on day 1 (1 200 units) or on day 8 (1 600), the third of them its first
    // two days (500 or 700).
    switch("segments.s.products.shop.demand.bootstrap", &[RECORDED], POTENTIAL, ("none", "3200"), &[("{}", "3300")]),
    switch(
        "segments.s.products.shop.demand.bootstrap.weeks",
        &[RECORDED, "segments.s.products.shop.demand.bootstrap={}"],
        POTENTIAL,
        ("2", "3300"),
        // Weeks that begin on day 1 (500 units), 8 (700) or 15 (900), the last of them two days long.
        &[("1", "2900")],
    ),
];
