//! A ledger beside a small usage file: refused with row and column, or played with it. The same bytes are read as invoices too.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use billsim::text::{Problems, Sources};
use billsim::usage::read_invoices;
use billsim_fuzz::{rated, told, write};
use libfuzzer_sys::fuzz_target;

const USAGE: &str = "account,timestamp,meter,quantity
a,2026-01-01T08:00:00,audio,60000
a,2026-01-02T08:05:00,hd,7000
b,2026-01-02T23:55:00,fhd,9000
";

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = billsim_fuzz::folder("ledger");
    write(&folder.join("usage.csv"), USAGE.as_bytes());
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let file = FOLDER.join("ledger.csv");
    write(&file, bytes);
    rated(&FOLDER, "trtc", &FOLDER.join("usage.csv"), Some(&file));
    invoices(&file);
});

fn invoices(file: &Path) {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    if read_invoices(file, &mut sources, &mut problems).is_none() {
        told(&problems, &sources);
    }
}
