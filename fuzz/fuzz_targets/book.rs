//! A price book, met by customers of a product that counts calls and of one that counts seconds and sells packages.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| billsim_fuzz::folder("book"));

const CALLS: &str = r#"
start = 2024-02-27
days = 4
[books.captcha]
file = "book.toml"
[[segments]]
id = "s"
accounts = 2
opening_balance = 3
payer = { kind = "auto_recharge", below = 1, amount = 2 }
products.captcha = { demand = { kind = "listed", units = [200, 90_000, 0, 1] }, activation_after = "1h" }
"#;

const SECONDS: &str = r#"
start = 2024-02-27
days = 4
[books.trtc]
file = "book.toml"
[[segments]]
id = "s"
accounts = 2
opening_balance = 300
[segments.products.trtc]
service = "video-call"
mix = { audio = 0.5, sd = 0.3, hd = 0.15, fhd = 0.05 }
buyer = { covers = "2d", reorder_at = 0.5, median = "4h", cv = 1.0 }
switcher = { share = 0.25, median = "2h", cv = 1.0 }
demand = { kind = "constant", units = 900_000 }
"#;

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| { billsim_fuzz::edit(data, size, most, seed) });
fuzz_target!(|text: &[u8]| {
    billsim_fuzz::write(&FOLDER.join("book.toml"), text);
    // By what only the second has: each book with both would only be refused once more.
    let seconds = text.windows(4).any(|piece| piece == b"trtc");
    billsim_fuzz::survives(if seconds { SECONDS } else { CALLS }, &FOLDER);
});
