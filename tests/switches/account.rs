//! Rows of the account policy. Where nothing else is said: arrears on day 3, suspended on day 10, both at 08:00:00;
//! debts of 0.10, 0.80, 1.50 … from day 3 on, each at 08:00:00; a day costs 0.70.

use crate::row::*;

pub const ACCOUNT: &[Switch] = &[
    // 210 calls cost 0.50 + 110 × 0.002 = 0.72: to cents, or to tenths.
    switch(
        "account.deduction_unit",
        &["segments.s.products.shop.demand.units=210"],
        FIRST_DUE,
        ("0.01", "0.72"),
        &[("0.1", "0.70"), ("1", "1.00")],
    ),
    // 1, 3, 101 and 3 calls cost 0.005, 0.015, 0.502 and 0.015. Deducted from 2.00:
    // half up 0.01 + 0.02 + 0.50 + 0.02 = 0.55; down 0 + 0.01 + 0.50 + 0.01 = 0.52; up 0.01 + 0.02 + 0.51 + 0.02 = 0.56;
    // halves to the even cent 0 + 0.02 + 0.50 + 0.02 = 0.54; exactly 0.537; carry 0 (0.005 kept), 0.02 (0), 0.50 (0.002),
    // 0.01 (0.007) = 0.53.
    switch(
        "account.rounding",
        &["days=5", "segments.s.products.shop.demand={ kind = \"listed\", units = [1, 3, 101, 3] }"],
        BALANCE,
        ("half_up", "1.45"),
        &[("truncate", "1.48"), ("ceil", "1.44"), ("half_even", "1.46"), ("none", "1.463"), ("carry", "1.47")],
    ),
    // Days 0 and 1 are billed on days 1 and 2.
    switch("account.zero_bills", &[NO_DEMAND, "days=3"], BILLS, ("skipped", "0"), &[("issued", "2")]),
    // Five bills of 0.70: all deducted, 2.00 − 3.50; or two paid whole and three wait.
    switch("account.settlement", &["days=6"], BALANCE, ("full", "-1.50"), &[("fifo", "0.60")]),
    // 168 h after 08:00:00, or after 00:00:00 of day 3.
    switch("account.arrears_clock", &[], SUSPENDED, ("instant", "10 08:00:00"), &[("day_start", "10 00:00:00")]),
    // 1.00 of 2.90 at noon of day 7: the first clock holds, or 168 h begin again.
    switch(
        "account.partial_top_up",
        &["segments.s.ledger=[{ at = 2026-01-08T12:00:00, kind = \"top_up\", amount = 1 }]"],
        SUSPENDED,
        ("keeps_clock", "10 08:00:00"),
        &[("restarts_clock", "14 12:00:00")],
    ),
    // Days 4 to 10 are 7 whole calendar days after day 3.
    switch("account.grace_end", &[], SUSPENDED, ("exact", "10 08:00:00"), &[("calendar", "11 00:00:00")]),
    // Debts: 0.10 on day 3, 0.80 on day 4, 1.50 on day 5. A debt of exactly the cap is not above it.
    switch(
        "account.debt_cap",
        &[],
        SUSPENDED,
        ("none", "10 08:00:00"),
        &[("0", "3 08:00:00"), ("0.79", "4 08:00:00"), ("0.8", "5 08:00:00")],
    ),
    // Days 0 to 9 serve 2 000, day 10 until 08:00:00 66, day 12 again 200. Refused: 134 + 200 = 334 on days 10 and 11.
    switch(
        "account.while_suspended",
        &[PAID_10_ON_DAY_12, "days=13"],
        FATE,
        ("lost", "2266 0 0"),
        &[("retried", "2600 334 0"), ("unprotected", "2266 0 334")],
    ),
    // 5.33 is all that is owed (10 × 0.70 + 0.33 − 2.00).
    switch(
        "account.resume_at",
        &["segments.s.ledger=[{ at = 2026-01-13T00:00:00, kind = \"top_up\", amount = 5.33 }]"],
        RESUMED,
        ("zero", "12 00:00:00"),
        &[("above_zero", "never")],
    ),
    switch(
        "account.resume_delay",
        &[PAID_10_ON_DAY_12],
        RESUMED,
        ("0s", "12 00:00:00"),
        &[("24h", "13 00:00:00"), ("1s", "12 00:00:01")],
    ),
    // A debt of 1.00 is paid on day 3 at 06:00:00.
    switch(
        "account.activation_in_arrears",
        &[DEBT, "segments.s.ledger=[{ at = 2026-01-04T06:00:00, kind = \"top_up\", amount = 1 }]"],
        ACTIVATED,
        ("refused", "3 06:00:00"),
        &[("allowed", "0 00:00:00")],
    ),
    // Two bills of 0.70 against a voucher of 1.00: 0.70 + 0.30 by voucher and 0.40 in cash, or its rest is lost: 0.70 cash.
    switch(
        "account.voucher_rest",
        &["days=3", "segments.s.ledger=[{ at = 2026-01-01T00:00:00, kind = \"voucher\", amount = 1 }]"],
        BALANCE,
        ("kept", "1.60"),
        &[("lost", "1.30")],
    ),
    // From second 0, n × 24 h.
    switch(
        "account.write_off_after",
        &[DEBT, NO_DEMAND, "days=100"],
        MARKED,
        ("90d", "90 00:00:00"),
        &[("10d", "10 00:00:00"), ("0s", "0 00:00:00")],
    ),
    // The agreement's 24 h in place of 168 h.
    switch(
        "account.partners",
        &[],
        SUSPENDED,
        ("{}", "10 08:00:00"),
        &[("{ friend = { grace = \"24h\" } }; segments.s.partner=friend", "4 08:00:00")],
    ),
    required(
        "account.partners.friend.grace",
        &["segments.s.partner=friend"],
        SUSPENDED,
        ("24h", "4 08:00:00"),
        &[("immediate", "3 08:00:00"), ("non_stop", "never")],
    ),
];
