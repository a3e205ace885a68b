//! The segment as a scenario file: every value with its interval and where it comes from. Must not know how it was fitted.

use std::fmt::Write;
use std::path::Path;

use super::bursts::{ATTACK, Episodes};
use super::daily::Chosen;
use super::fit::{Fitted, SizeFit};
use super::parameters::{Parameter, WEEKDAYS};
use super::sizes;
use crate::plan::{Plan, compile};
use crate::scenario::{Overrides, load_text};
use crate::text::Sources;
use crate::units::duration::write_length;

/// Sizes that a scenario can have.
const SIZES: (f64, f64) = (1e-9, 1e9);

/// Most sizes of a table, and how many stand in a line.
const MOST_GROUPS: usize = 200;
const IN_A_LINE: usize = 4;

/// Where a segment comes from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub chosen: &'a Chosen,
    pub file: &'a str,
    pub digest: &'a str,
    /// How many accounts it has.
    pub accounts: usize,
    /// Days that it describes, from the first of the table.
    pub days: usize,
    pub seed: u64,
}

impl Source<'_> {
    /// The fitted segment.
    pub fn text(&self, fitted: &Fitted, parameters: &[Parameter]) -> String {
        let mut text = self.head(fitted);
        let told = |key: &str| parameters.iter().find(|parameter| parameter.key == key).and_then(interval);
        let comment = |key: &str, how: &str| match told(key) {
            Some(interval) => format!("# 95 % interval {interval}: {how}\n"),
            None => format!("# {how}\n"),
        };
        let shock = fitted.noise.and_then(|noise| noise.shock);
        if let Some(shock) = shock {
            text.push_str(&comment("world_shock", "from the covariance of different accounts on the same day"));
            let _ = writeln!(text, "world_shock = {}", digits(libm::sqrt(shock).min(2.0)));
        }
        text.push_str(&self.segment());
        let size = match fitted.size() {
            SizeFit::One(units) => {
                text.push_str("# the mean day of the only account\n");
                format!("{{ kind = \"constant\", units = {} }}", digits(units.min(SIZES.1)))
            }
            SizeFit::Lognormal(size) => {
                text.push_str(&comment(
                    "size.median",
                    "of the median; the likelihood of what each account used in all",
                ));
                text.push_str(&comment("size.cv", "of the cv"));
                let cv = libm::sqrt(libm::expm1(size.sigma * size.sigma)).min(1_000.0);
                let median = libm::exp(size.mu).clamp(SIZES.0, SIZES.1);
                let lognormal = format!("{{ kind = \"lognormal\", median = {}, cv = {} }}", digits(median), digits(cv));
                match fitted.why_a_table(&size) {
                    Some(why) => {
                        let _ = writeln!(
                            text,
                            "# sizes stand one by one in place of a distribution: {why}\n# size = {lognormal}"
                        );
                        table(&fitted.sizes)
                    }
                    None => lognormal,
                }
            }
        };
        let _ = writeln!(text, "size = {size}");
        self.season(fitted, &mut text, &comment, &told);
        noise(fitted, &mut text, &comment);
        if let Some((spikes, attacks)) = &fitted.bursts {
            let _ = writeln!(text, "\n[segments.products.{}.bursts]", self.chosen.product);
            for (key, path, episodes) in [
                ("human_spike", "bursts.human_spike.a_year", spikes),
                ("bot_attack", "bursts.bot_attack.a_year", attacks),
            ] {
                let (from, to) = if key == "bot_attack" { (ATTACK, f64::INFINITY) } else { (0.0, ATTACK) };
                let kind = if to.is_finite() { format!("below ×{to}") } else { format!("from ×{from} on") };
                let how = format!("{} runs of days that stand out, {kind}", episodes.found.len());
                text.push_str(&comment(path, &how));
                text.push_str(&burst(key, episodes));
            }
        }
        text.push_str(&missing(fitted));
        text
    }

    fn head(&self, fitted: &Fitted) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let Chosen { product, daily, accounts, .. } = self.chosen;
        let rename = if self.chosen.is_named {
            String::new()
        } else {
            format!(
                "# The file does not say which product it is of: `{product}` stands for it; `--product ID` names it.\n"
            )
        };
        let used = fitted.sizes.len();
        let sampled = if used < *accounts { format!(" ({used} of them were looked at)") } else { String::new() };
        format!(
            "# Fitted by billsim {version} to {}, {accounts} accounts{sampled}, {} days from {}.\n# Digest of the file: {}\n\
             # How each value was fitted: docs/MODEL.md. To play it, name a price book:\n\
             #   billsim run segment.toml --set books.{product}.file=PRICES.toml\n{rename}\n\
             name = \"fitted\"\nseed = {}\nstart = {}\ndays = {}\n",
            Path::new(self.file).file_name().map_or(self.file.into(), |name| name.to_string_lossy()),
            daily.days(),
            daily.calendar.start(),
            self.digest,
            self.seed,
            daily.calendar.start(),
            self.days,
        )
    }

    fn segment(&self) -> String {
        let Chosen { product, meters, .. } = self.chosen;
        let accounts = self.accounts;
        let mut text = format!(
            "\n[[segments]]\nid = \"fitted\"\naccounts = {accounts}\n\
             # Usage does not tell who pays when: with this balance nobody is suspended, until you write a `payer`.\n\
             opening_balance = 1_000_000_000\n\n"
        );
        // Of one meter too: the book may have others.
        let total: f64 = meters.iter().map(|(_, units)| *units as f64).sum();
        let mut left = 1_000_000_u64;
        let mut shares = vec![];
        for (place, (meter, units)) in meters.iter().enumerate() {
            // In range: a share of a million.
            let share = (libm::round(*units as f64 / total * 1e6) as u64).min(left);
            let share = if place + 1 == meters.len() { left } else { share };
            left -= share;
            shares.push(format!("{meter} = {}", share as f64 / 1e6));
        }
        let _ = writeln!(text, "[segments.products.{product}]");
        let _ = writeln!(text, "# shares of all units; meters that count the units of others belong into `add_ons`");
        let _ = writeln!(text, "mix = {{ {} }}\n", shares.join(", "));
        let _ = writeln!(text, "[segments.products.{product}.demand]\nkind = \"random\"");
        text
    }

    fn season(
        &self,
        fitted: &Fitted,
        text: &mut String,
        comment: &impl Fn(&str, &str) -> String,
        told: &impl Fn(&str) -> Option<String>,
    ) {
        let season = &fitted.season;
        if let Some(weekday) = season.weekday {
            let intervals: Vec<String> = WEEKDAYS.iter().filter_map(|key| told(key)).collect();
            if !intervals.is_empty() {
                let _ = writeln!(text, "# 95 % intervals, Monday to Sunday: {}", intervals.join(", "));
            }
            text.push_str("# index of the weekday, the mean over accounts relative to their sizes\n");
            let weekday: Vec<String> = weekday.iter().map(|index| format!("{index:.3}")).collect();
            let _ = writeln!(text, "weekday = [{}]", weekday.join(", "));
        }
        if let Some(wave) = &season.wave {
            text.push_str(&comment("year.amplitude", "of the amplitude of a wave once a year"));
            let peak = wave.peak(self.chosen.daily.calendar.start());
            let _ = writeln!(text, "year = [{{ amplitude = {}, peak = {peak} }}]", digits(wave.amplitude()));
        }
        if let Some(trend) = season.trend {
            text.push_str(&comment("trend", "growth a year, fitted with the season"));
            let _ = writeln!(text, "trend = {}", digits(trend.clamp(-0.99, 100.0)));
        }
    }

    /// The plan of a text of its own, with a price book that does not matter.
    pub fn plan(&self, text: &str) -> Plan {
        let product = &self.chosen.product;
        let mut text = format!("{text}\n[books.{product}]\n");
        for (meter, _) in &self.chosen.meters {
            let _ = write!(text, "[[books.{product}.meters]]\nid = \"{meter}\"\npricing = \"flat\"\nprice = 0\n");
        }
        let scenario = load_text(&text, Path::new("fitted"), &Overrides::default(), &mut Sources::default());
        compile(&scenario.expect("what is written here is a scenario"))
    }

    /// A segment as one would write it who knows how many accounts there are and what they use on the mean.
    pub fn default(&self, mean: f64) -> String {
        let mean = digits(mean.clamp(SIZES.0, SIZES.1));
        format!(
            "name = \"default\"\nseed = {}\nstart = {}\ndays = {}\n{}size = {{ kind = \"lognormal\", mean = {mean} }}\n",
            self.seed,
            self.chosen.daily.calendar.start(),
            self.days,
            self.segment(),
        )
    }
}

/// Sizes, some in a line.
fn table(sizes: &[f64]) -> String {
    let size = |(units, weight): &(f64, usize)| {
        let units = digits(units.min(SIZES.1));
        if *weight == 1 {
            format!("{{ units = {units} }}")
        } else {
            format!("{{ units = {units}, weight = {weight} }}")
        }
    };
    let sizes: Vec<String> = sizes::groups(sizes, MOST_GROUPS).iter().map(size).collect();
    let lines: Vec<String> = sizes.chunks(IN_A_LINE).map(|line| format!("  {},\n", line.join(", "))).collect();
    format!("{{ kind = \"table\", sizes = [\n{}] }}", lines.concat())
}

fn noise(fitted: &Fitted, text: &mut String, comment: &impl Fn(&str, &str) -> String) {
    let Some(noise) = &fitted.noise else { return };
    let variance = noise.day + noise.week + noise.month;
    let sd = libm::sqrt(variance).min(3.0);
    text.push_str(&comment("noise.sd", "of sd; from the covariance of an account's days"));
    if variance > 0.0 {
        text.push_str(&comment("noise.week", "of the share that stays for a week"));
        if noise.by_month {
            text.push_str(&comment("noise.month", "of the share that stays for a month"));
        }
        let thousandths = |share: f64| libm::round(share * 1e3) / 1e3;
        let week = thousandths(noise.week / variance);
        let month = thousandths(noise.month / variance).min(1.0 - week).max(0.0);
        let _ = writeln!(text, "noise = {{ sd = {}, week = {week}, month = {month:.3} }}", digits(sd));
    } else {
        text.push_str("noise = { sd = 0 }\n");
    }
    if !noise.is_split && noise.dispersion == 0.0 {
        return;
    }
    let how = if noise.is_split {
        "told from the noise of a day by the skewness of logarithms"
    } else {
        "too few large days to tell it from the noise of a day: all of both is here"
    };
    text.push_str(&comment("dispersion", how));
    let _ = writeln!(text, "dispersion = {}", digits(noise.dispersion.min(100.0)));
}

fn burst(key: &str, episodes: &Episodes) -> String {
    if episodes.found.is_empty() {
        return format!("{key} = \"none\"\n");
    }
    let (least, most) = episodes.multiples();
    let (shortest, longest) = episodes.lengths();
    format!(
        "{key} = {{ a_year = {}, least = {}, most = {}, shortest = \"{}\", longest = \"{}\", filtered = 0 }}\n",
        digits(episodes.a_year().min(366.0)),
        digits(least.clamp(1.0, 10_000.0)),
        digits(most.clamp(1.0, 10_000.0)),
        write_length(shortest),
        write_length(longest),
    )
}

fn missing(fitted: &Fitted) -> String {
    if fitted.left.is_empty() {
        return String::new();
    }
    let mut text = "\n# Not fitted, and at its default:\n".to_owned();
    for left in &fitted.left {
        let _ = writeln!(text, "#   {}: {}", left.key, left.why);
    }
    text
}

fn interval(parameter: &Parameter) -> Option<String> {
    parameter.interval.map(|(from, to)| format!("{} to {}", digits(from), digits(to)))
}

/// Four significant digits.
pub fn digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    // In range: the exponent of a finite number.
    let exponent = libm::floor(libm::log10(value.abs())) as i32;
    let decimals = usize::try_from(3 - exponent).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
