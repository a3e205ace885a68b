//! A usage file in CSV: refused with row and column, or rated.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| billsim_fuzz::folder("usage"));

fuzz_target!(|bytes: &[u8]| {
    let file = FOLDER.join("usage.csv");
    billsim_fuzz::write(&file, bytes);
    billsim_fuzz::rated(&FOLDER, "captcha", &file, None);
});
