//! Rows of the world: seasons, noise, arrivals. The mean day is 1 000 000 calls: a Poisson day is within 0.5 % of what was asked for.

use crate::row::*;
use crate::told::Told;

/// The first day in hundredths of what was asked for.
const HUNDREDTHS: fn(&Told) -> String = |told| ((told.usage(0).potential + 5_000) / 10_000).to_string();
const HUNDREDTHS_A_YEAR_LATER: fn(&Told) -> String = |told| ((told.usage(365).potential + 5_000) / 10_000).to_string();
/// Whether the first day is what was asked for, within five standard deviations.
const AS_ASKED: fn(&Told) -> String = |told| (told.usage(0).potential.abs_diff(1_000_000) < 5_000).to_string();
const DAYS_ALIKE: fn(&Told) -> String =
    |told| (told.usage(0).potential.abs_diff(told.usage(1).potential) < told.usage(0).potential / 50).to_string();
/// Whether the account has not come by the middle of the horizon.
const COMES_LATE: fn(&Told) -> String = |told| ((0..500).all(|day| told.usage(day).potential == 0)).to_string();
const INTEGRATED_AT_TEN: fn(&Told) -> String =
    |told| (told.when("integrated").first().is_some_and(|when| when == "0 10:00:00")).to_string();

pub const WORLD: &[Switch] = &[
    // 2026-01-01 is a Thursday: 1.09 / (6.74 / 7), 0.98 / 1, 1.02 / (6.99 / 7), 1.17 / 1.
    switch(
        "segments.s.products.shop.demand.weekday",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 } }",
        ],
        HUNDREDTHS,
        ("office", "113"),
        &[("consumer", "98"), ("taxi", "102"), ("mentions", "117"), ("[1, 1, 1, 0, 1, 1, 1]", "0")],
    ),
    // A shock is drawn: only that the day is another one is asserted.
    switch(
        "world_shock",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        AS_ASKED,
        ("0", "true"),
        &[("1", "false")],
    ),
    // 1 + 0.4 on the peak.
    switch(
        "segments.s.products.shop.demand.year",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        HUNDREDTHS,
        ("[]", "100"),
        &[("[{ amplitude = 0.4, peak = 2026-01-01 }]", "140")],
    ),
    // 20 days after the peak: 1 + 0.4 cos(2π 20 / 365.25) = 1.377, and with two waves a year 1 + 0.4 cos(4π 20 / 365.25) = 1.309.
    switch(
        "segments.s.products.shop.demand.year.0.harmonic",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
            "segments.s.products.shop.demand.year=[{ amplitude = 0.4, peak = 2025-12-12 }]",
        ],
        HUNDREDTHS,
        ("1", "138"),
        &[("2", "131")],
    ),
    // Half on the day.
    switch(
        "segments.s.products.shop.demand.holidays",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        HUNDREDTHS,
        ("[]", "100"),
        &[("[{ from = 2026-01-01, factor = 0.5 }]", "50")],
    ),
    // The holiday began two days before the start; it lasts one day, or until the day after the start.
    switch(
        "segments.s.products.shop.demand.holidays.0.to",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
            "segments.s.products.shop.demand.holidays=[{ from = 2025-12-30, factor = 0.5 }]",
        ],
        HUNDREDTHS,
        ("absent", "100"),
        &[("2026-01-02", "50")],
    ),
    // Twice as much a year later: 2^(365 / 365.25) = 1.9991.
    switch(
        "segments.s.products.shop.demand.trend",
        &[
            "days=366",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        HUNDREDTHS_A_YEAR_LATER,
        ("0", "100"),
        &[("1", "200")],
    ),
    // At noon of the first day 1 − e^(−0.5) = 0.393 has come.
    switch(
        "segments.s.products.shop.demand.ramp",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        HUNDREDTHS,
        ("0s", "100"),
        &[("1d", "39")],
    ),
    // Noise is drawn: only that the day is another one is asserted.
    switch(
        "segments.s.products.shop.demand.noise.sd",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        AS_ASKED,
        ("0", "true"),
        &[("1", "false")],
    ),
    // All of the noise stays for the week: the first two days are alike.
    switch(
        "segments.s.products.shop.demand.noise.week",
        &[
            "days=2",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
            "segments.s.products.shop.demand.noise.sd=1",
        ],
        DAYS_ALIKE,
        ("0.3", "false"),
        &[("1; segments.s.products.shop.demand.noise.month=0", "true")],
    ),
    // All of the noise stays for the month.
    switch(
        "segments.s.products.shop.demand.noise.month",
        &[
            "days=2",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
            "segments.s.products.shop.demand.noise.sd=1",
        ],
        DAYS_ALIKE,
        ("0.3", "false"),
        &[("1; segments.s.products.shop.demand.noise.week=0", "true")],
    ),
    // All accounts have the median where they do not differ; and the mean.
    required(
        "segments.s.products.shop.demand.size.median",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"lognormal\", cv = 0 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        HUNDREDTHS,
        ("1000000", "100"),
        &[("1500000", "150")],
    ),
    required(
        "segments.s.products.shop.demand.size.mean",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"lognormal\", cv = 0 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        HUNDREDTHS,
        ("1000000", "100"),
        &[("1500000", "150")],
    ),
    // The extra factor is drawn.
    switch(
        "segments.s.products.shop.demand.dispersion",
        &[
            "days=1",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        AS_ASKED,
        ("0", "true"),
        &[("1", "false")],
    ),
    // Sizes of exactly 1 000 000; the account of this seed is above the median, where the tail begins.
    switch(
        "segments.s.products.shop.demand.size.tail_above",
        &[
            "days=1",
            "seed=2",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"lognormal\", median = 1000000, cv = 0 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        AS_ASKED,
        ("absent", "true"),
        &[("0.5; segments.s.products.shop.demand.size.tail_alpha=0.5", "false")],
    ),
    // The same tail, reached by its exponent.
    switch(
        "segments.s.products.shop.demand.size.tail_alpha",
        &[
            "days=1",
            "seed=2",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"lognormal\", median = 1000000, cv = 0 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        AS_ASKED,
        ("absent", "true"),
        &[("0.5; segments.s.products.shop.demand.size.tail_above=0.5", "false")],
    ),
    // The account of this seed does not come on the first of a hundred days.
    switch(
        "segments.s.arrivals",
        &[
            "days=100",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
        ],
        POTENTIAL_IS_ZERO,
        ("{ kind = \"at_start\" }", "false"),
        &[("{ kind = \"poisson\" }", "true")],
    ),
    // All come within a day.
    switch(
        "segments.s.arrivals.over",
        &[
            "days=100",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
            "segments.s.arrivals={ kind = \"poisson\" }",
        ],
        POTENTIAL_IS_ZERO,
        ("absent", "true"),
        &[("1d", "false")],
    ),
    // With a rate that grows a hundredfold a year the account comes later.
    switch(
        "segments.s.arrivals.growth",
        &[
            "seed=4",
            "days=1000",
            "segments.s.products.shop.demand={ kind = \"random\", size = { kind = \"constant\", units = 1000000 }, weekday = [1, 1, 1, 1, 1, 1, 1] }",
            "segments.s.arrivals={ kind = \"poisson\" }",
        ],
        COMES_LATE,
        ("0", "false"),
        &[("100", "true")],
    ),
    // The delay is drawn: only that it is another one is asserted.
    switch(
        "segments.s.products.shop.integration_cv",
        &["books.shop.requires_integration=true", "segments.s.products.shop.integration_after=10h"],
        INTEGRATED_AT_TEN,
        ("0", "true"),
        &[("1", "false")],
    ),
];
