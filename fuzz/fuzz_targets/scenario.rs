//! A scenario: refused with places, or loaded, resolved to itself and played.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| billsim_fuzz::folder("scenario"));

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| { billsim_fuzz::edit(data, size, most, seed) });
fuzz_target!(|text: &str| billsim_fuzz::survives(text, &FOLDER));
