//! Tells the program what it was built from. A source tarball has no commit, and builds.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let of_cargo = |name: &str| env::var(name).unwrap_or_default();
    let mut build = vec![of_cargo("TARGET"), of_cargo("PROFILE")];
    // `default` only stands for others.
    let features = of_cargo("CARGO_CFG_FEATURE");
    let features: Vec<&str> = features.split(',').filter(|name| !matches!(*name, "" | "default")).collect();
    if !features.is_empty() {
        build.push(features.join(" + "));
    }
    // A program under development would be built anew after every commit only to say so.
    if of_cargo("PROFILE") == "release"
        && let Some(commit) = commit()
    {
        build.insert(0, commit);
    }
    println!("cargo::rustc-env=BILLSIM_BUILD={}", build.join(", "));
}

/// The commit of this folder's own repository, marked if what is built differs from it.
fn commit() -> Option<String> {
    let root = env::var("CARGO_MANIFEST_DIR").ok()?;
    let same = |top: &str| Some(Path::new(top).canonicalize().ok()? == Path::new(&root).canonicalize().ok()?);
    if !same(&git(&["rev-parse", "--show-toplevel"])?)? {
        return None;
    }
    for name in ["HEAD", "logs/HEAD"] {
        println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--git-path", name])?);
    }
    for path in ["src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    git(&["describe", "--always", "--abbrev=12", "--dirty", "--exclude", "*"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}
