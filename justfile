# All checks of .ci/run
check: fmt clippy docs test

fmt:
    cargo fmt --check

clippy:
    cargo clippy --all-targets -- -D warnings
    cargo clippy --all-targets --no-default-features -- -D warnings

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

test:
    cargo test

# Rules, demand and engine alone: no Polars, seconds to build
quick:
    cargo test --no-default-features

# The schemas against the shipped files, by a validator that is not ours
schema:
    cargo build
    cargo test --locked --manifest-path tests/schema/Cargo.toml --target-dir target/schema

# Twenty faults put into the rules, one at a time: the tests must catch each
mutants:
    tests/mutants/run

bench:
    cargo bench --no-default-features --bench account_day

# Write docs/DATA.md, docs/BOOK.md and docs/METRICS.md from the code, and what the commands of docs/GUIDE.md print
write-docs:
    BILLSIM_WRITE_DOCS=1 cargo test --test docs --test guide

# Record what the shipped scenarios bring, after a change that is meant to move it
baselines:
    cargo run -- baseline record $(ls scenarios/*.toml | grep -v replay) --dir tests/baselines --accounts 120 --days 45 --force
    cargo run -- baseline record scenarios/replay.toml --dir tests/baselines --force

# The README's picture of a report; its chart is written by write-docs
pictures:
    cargo run -- compare scenarios/captcha.toml --with books.captcha.meters.verification.tiers.1.price=0.0018 --replications 4 --out target/pictures --force
    chromium --headless --no-sandbox --hide-scrollbars --window-size=1120,800 --screenshot=docs/img/report.png target/pictures/report.html

# Texts made to break the readers, so many seconds for each: needs a nightly compiler and cargo-fuzz
fuzz seconds="60":
    fuzz/run {{seconds}}

# A fixed sample of all mutants of rules and engine: needs cargo-mutants
mutants-sample shard="0/256":
    tests/mutants/sample {{shard}}

# The same work in NumPy and SimPy: needs Python and a package index
peers:
    benches/peers/run
