//! A study of the shipped scenario: refused with places, or its points played, or the best of them looked for.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use billsim::scenario::Overrides;
use billsim::study::{Optimisation, Study};
use billsim::text::Sources;
use billsim_fuzz::{STOP, told};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| billsim_fuzz::folder("study"));

/// More values than these are read and not tried: each is the whole scenario once more.
const MOST_VALUES: usize = 8;

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| { billsim_fuzz::edit(data, size, most, seed) });
fuzz_target!(|text: &[u8]| {
    let path = FOLDER.join("studies/study.toml");
    billsim_fuzz::write(&path, text);
    let overrides = Overrides { days: Some(2), accounts: Some(8), ..billsim_fuzz::small() };
    let mut sources = Sources::default();
    if let Err(problems) = Optimisation::load(&path, &overrides, &mut sources) {
        told(&problems, &sources);
    }
    let mut sources = Sources::default();
    match Study::load(&path, &overrides, &mut sources) {
        Err(problems) => told(&problems, &sources),
        Ok(study) => tried(&study),
    }
});

fn tried(study: &Study) {
    let mut sources = Sources::default();
    let base = match study.plan(&study.as_it_is(), &mut sources) {
        Ok(base) => base,
        Err(problems) => return told(&problems, &sources),
    };
    if study.axes.iter().map(|axis| axis.values.len()).sum::<usize>() > MOST_VALUES || study.count() > MOST_VALUES {
        return;
    }
    match study.check_values(&base, &mut sources) {
        Err(problems) => told(&problems, &sources),
        Ok(()) => drop(study.play(base, 1, &STOP, &mut |_| ())),
    }
}
