//! Rows of the trial, packages, the switch, and the customers who decide on them. Where nothing else is said: 200 calls a day at
//! 100 × 0.005 + 100 × 0.002 = 0.70, spread evenly, so that call k of a day has come k × 432 s after its midnight.

use crate::row::*;

const TRIAL: &str = "books.shop.trial={ units = 100 }";
const SWITCH: &str = "books.shop.pay_as_you_go=switch";
/// Opened in phase 2 of second 0, before a purchase of that second.
const OPENS: &str = "books.shop.opens=application";
/// 100 units cost 1.00, a unit takes one.
const PACKAGES: &str = "books.shop.packages={ ratio = { m = 1 }, sizes = [{ units = 100, price = 1 }] }";
const BUY: &str = "segments.s.ledger=[{ at = 2026-01-01, kind = \"purchase\", product = \"shop\", units = 100 }]";
const FLAT: &str = "books.shop.meters=[{ id = \"m\", pricing = \"flat\", price = 0.01 }]";
const A_YEAR: &str = "days=400";
/// Opens late enough for the arrears of second 0 to be known.
const FROM_ONE: &str = "segments.s.products.shop.activation_after=1h";
/// A debt of 1.00 is paid on day 3 at 06:00:00.
const PAID: &str = "segments.s.ledger=[{ at = 2026-01-04T06:00:00, kind = \"top_up\", amount = 1 }]";
/// Lasts for five days of 200 calls: used up at 00:00:00 of day 5.
const FIVE_DAYS: &str = "books.shop.trial={ units = 1000 }";
/// A thousandth of 1.00 each, bought in whole thousands.
const BY_THE_THOUSAND: &str =
    "books.shop.packages={ ratio = { m = 1 }, bands = [{ below = \"unlimited\", price = 0.001 }] }";
const BUYER: &str = "segments.s.products.shop.buyer={ cv = 0 }";
const SWITCHER: &str = "segments.s.products.shop.switcher={ cv = 0 }";

pub const ALLOWANCES: &[Switch] = &[
    // Refused at 01:00:00: it happens by itself when the debt is paid; or the customer tries again at 01:00:00 of each day.
    switch(
        "books.shop.opens",
        &[DEBT, FROM_ONE, PAID],
        ACTIVATED,
        ("activation", "3 06:00:00"),
        &[("application", "4 01:00:00")],
    ),
    switch(
        "segments.s.products.shop.tries_again_after",
        &[OPENS, DEBT, FROM_ONE, PAID],
        ACTIVATED,
        ("1d", "4 01:00:00"),
        &[("12h", "3 13:00:00")],
    ),
    // One call a second: the trial of 100 is used up at 00:01:40, inside the slot that ends at 00:05:00.
    switch(
        "books.shop.slot",
        &[TRIAL, SWITCH, "segments.s.products.shop.demand.units=86400"],
        SUSPENDED,
        ("5m", "0 00:05:00"),
        &[("1s", "0 00:01:40")],
    ),
    // Two of each, the first of both in one slot: one of them is covered. 1 × 1 + 2 × 5, or 2 × 1 + 1 × 5.
    switch(
        "books.shop.draw_order",
        &[TWO_METERS, HALVES, ONE_DAY, "books.shop.trial={ units = 1 }", "segments.s.products.shop.demand.units=4"],
        ALL_METERS,
        ("listed", "11.00"),
        &[("dearest_first", "7.00")],
    ),
    // 100 are covered until noon; the other 100 are billed, or refused.
    switch("books.shop.pay_as_you_go", &[TRIAL, ONE_DAY], BILLABLE, ("always", "100"), &[("switch", "0")]),
    // Two packages of 100: the first is used up at noon, the second at midnight.
    switch(
        "books.shop.automatic",
        &[
            OPENS,
            PACKAGES,
            SWITCH,
            "segments.s.ledger=[{ at = 2026-01-01, kind = \"purchase\", product = \"shop\", units = 100 }, { at = 2026-01-01, kind = \"purchase\", product = \"shop\", units = 100 }]",
        ],
        SWITCHED,
        ("last_ended", "1 00:00:00"),
        &[("any_ended", "0 12:00:00")],
    ),
    // A call takes one of the 100, or two.
    switch("books.shop.trial.ratio", &[TRIAL, ONE_DAY], COVERED, ("absent", "100"), &[("{ m = 2 }", "50")]),
    // To the end of January 2027, 396 days after 2026-01-01.
    switch(
        "books.shop.trial.valid",
        &[TRIAL, NO_DEMAND, A_YEAR],
        ENDED,
        ("same_month_next_year", "396 00:00:00"),
        &[("10d", "10 00:00:00")],
    ),
    // 100 units at 0.01 each, or the listed package of 100.
    switch(
        "books.shop.packages.sizes",
        &[
            OPENS,
            NO_DEMAND,
            BUY,
            "books.shop.packages={ ratio = { m = 1 }, bands = [{ below = \"unlimited\", price = 0.01 }] }",
        ],
        BALANCE,
        ("[]", "1.00"),
        &[("[{ units = 100, price = 0.5 }]", "1.50")],
    ),
    // Wants 200 for a day: the listed size is too small and yet the largest; or a thousand at 0.001.
    switch(
        "books.shop.packages.bands",
        &[TRIAL, PACKAGES, "segments.s.products.shop.buyer={ cv = 0, covers = \"1d\" }"],
        BOUGHT_UNITS,
        ("[]", "100"),
        &[("[{ below = \"unlimited\", price = 0.001 }]", "1000")],
    ),
    // 100 units are in the second band at 0.01, or in the first at 0.02, which may be the only one.
    required(
        "books.shop.packages.bands.0.below",
        &[
            OPENS,
            NO_DEMAND,
            BUY,
            "books.shop.packages={ ratio = { m = 1 }, bands = [{ below = 100, price = 0.02 }, { below = \"unlimited\", price = 0.01 }] }",
        ],
        BALANCE,
        ("100", "1.00"),
        &[("101", "0.00"), ("unlimited; books.shop.packages.bands=[{ below = \"unlimited\", price = 0.02 }]", "0.00")],
    ),
    switch(
        "books.shop.packages.effect_after",
        &[OPENS, PACKAGES, BUY],
        IN_EFFECT,
        ("300s", "0 00:05:00"),
        &[("1h", "0 01:00:00")],
    ),
    switch(
        "books.shop.packages.valid",
        &[OPENS, PACKAGES, BUY, NO_DEMAND, A_YEAR],
        ENDED,
        ("same_month_next_year", "396 00:00:00"),
        &[("10d", "10 00:00:00")],
    ),
    // From 00:00:00, or from 00:05:00.
    switch(
        "books.shop.packages.valid_from",
        &[OPENS, PACKAGES, BUY, NO_DEMAND, "books.shop.packages.valid=10d"],
        ENDED,
        ("payment", "10 00:00:00"),
        &[("effect", "10 00:05:00")],
    ),
    // 3 units cover one call at 2 each, and the rest of 1 none: 199 × 0.01; or half of the next: 198 × 0.01 + 0.005.
    switch(
        "books.shop.packages.cover",
        &[
            FLAT,
            OPENS,
            ONE_DAY,
            "books.shop.packages={ ratio = { m = 2 }, sizes = [{ units = 3, price = 0 }] }",
            "segments.s.ledger=[{ at = 2026-01-01, kind = \"purchase\", product = \"shop\", units = 3 }]",
        ],
        FIRST_DAY,
        ("whole", "1.99"),
        &[("fractional", "1.985")],
    ),
    // A debt of 1.00, and a package of 5.00.
    switch(
        "account.purchase_in_arrears",
        &[
            DEBT,
            NO_DEMAND,
            "account.activation_in_arrears=allowed",
            "books.shop.packages={ ratio = { m = 1 }, sizes = [{ units = 100, price = 5 }] }",
            "segments.s.ledger=[{ at = 2026-01-02, kind = \"purchase\", product = \"shop\", units = 100 }]",
        ],
        BALANCE,
        ("refused", "-1.00"),
        &[("allowed", "-6.00")],
    ),
    // In arrears from second 0: 168 h end on day 7; the package that was given away lasts for ten days of 200.
    switch(
        "account.packages_protect",
        &[
            DEBT,
            "account.activation_in_arrears=allowed",
            "account.purchase_in_arrears=allowed",
            "books.shop.packages={ ratio = { m = 1 }, sizes = [{ units = 2000, price = 0 }] }",
            "segments.s.ledger=[{ at = 2026-01-01T00:00:01, kind = \"purchase\", product = \"shop\", units = 2000 }]",
        ],
        SUSPENDED,
        ("never", "7 00:00:00"),
        &[("until_last_ends", "10 00:00:00")],
    ),
    // 2.00 − 1.00, or 2.00 − 0.50.
    required(
        "segments.s.ledger.0.units",
        &[
            OPENS,
            NO_DEMAND,
            BUY,
            "books.shop.packages={ ratio = { m = 1 }, bands = [{ below = \"unlimited\", price = 0.01 }] }",
        ],
        BALANCE,
        ("100", "1.00"),
        &[("50", "1.50")],
    ),
    switch(
        "segments.s.products.shop.do_not_suspend",
        &[TRIAL, SWITCH],
        SWITCHED,
        ("0", "never"),
        &[("1", "0 00:00:00")],
    ),
    // Nothing of the trial is left when day 4 closes, at 00:00:00 of day 5; four hours later it buys.
    switch(
        "segments.s.products.shop.buyer",
        &[FIVE_DAYS, BY_THE_THOUSAND],
        BOUGHT,
        ("none", "never"),
        &[("{ cv = 0 }", "5 04:00:00")],
    ),
    switch(
        "segments.s.products.shop.buyer.share",
        &[FIVE_DAYS, BY_THE_THOUSAND, BUYER],
        BOUGHT,
        ("1", "5 04:00:00"),
        &[("0", "never")],
    ),
    // 200 a day for 30 days, or for 10.
    switch(
        "segments.s.products.shop.buyer.covers",
        &[FIVE_DAYS, BY_THE_THOUSAND, BUYER],
        BOUGHT_UNITS,
        ("30d", "6000"),
        &[("10d", "2000")],
    ),
    // At the closes 800, 600, 400, 200 and 0 are left: no more than 100 on day 5, no more than 500 on day 3.
    switch(
        "segments.s.products.shop.buyer.reorder_at",
        &[FIVE_DAYS, BY_THE_THOUSAND, BUYER],
        BOUGHT,
        ("0.1", "5 04:00:00"),
        &[("0.5", "3 04:00:00"), ("0.2", "4 04:00:00")],
    ),
    switch(
        "segments.s.products.shop.buyer.median",
        &[FIVE_DAYS, BY_THE_THOUSAND, BUYER],
        BOUGHT,
        ("4h", "5 04:00:00"),
        &[("1h", "5 01:00:00")],
    ),
    // The delay is drawn: only that it is another one is asserted.
    switch(
        "segments.s.products.shop.buyer.cv",
        &[FIVE_DAYS, BY_THE_THOUSAND, "segments.s.products.shop.buyer={}"],
        |told| (BOUGHT(told) == "5 04:00:00").to_string(),
        ("1", "false"),
        &[("0", "true")],
    ),
    // 6 000 cost 6.00, and 2.00 are there.
    switch(
        "segments.s.products.shop.buyer.pays",
        &[FIVE_DAYS, BY_THE_THOUSAND, BUYER],
        BOUGHT,
        ("true", "5 04:00:00"),
        &[("false", "never")],
    ),
    // Stopped at 00:00:00 of day 5, a day later it is switched on.
    switch(
        "segments.s.products.shop.switcher",
        &[FIVE_DAYS, SWITCH],
        SWITCHED,
        ("none", "never"),
        &[("{ cv = 0 }", "6 00:00:00")],
    ),
    switch(
        "segments.s.products.shop.switcher.share",
        &[FIVE_DAYS, SWITCH, SWITCHER],
        SWITCHED,
        ("1", "6 00:00:00"),
        &[("0", "never")],
    ),
    switch(
        "segments.s.products.shop.switcher.median",
        &[FIVE_DAYS, SWITCH, SWITCHER],
        SWITCHED,
        ("1d", "6 00:00:00"),
        &[("2h", "5 02:00:00")],
    ),
    // The delay is drawn: only that it is another one is asserted.
    switch(
        "segments.s.products.shop.switcher.cv",
        &[FIVE_DAYS, SWITCH, "segments.s.products.shop.switcher={}"],
        |told| (SWITCHED(told) == "6 00:00:00").to_string(),
        ("1", "false"),
        &[("0", "true")],
    ),
];
