//! What `billsim schema` prints, held by an independent validator against every shipped file, against what `init` writes, against
//! scenarios with every default written out, and against files that are wrong.
//!
//! `cargo test --manifest-path tests/schema/Cargo.toml --target-dir target/schema`, after `cargo build`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jsonschema::Validator;
use serde_json::{Value, json};

/// A mistake: the kind of file, where it is, what stands there, what is written in its place, and the command that reads it.
type Mistake = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const INSPECT: &[&str] = &["inspect", "captcha.toml"];
const SWEEP: &[&str] = &["sweep", "studies/grace.toml"];

/// Each is refused by the schema, and by the program.
const MISTAKES: [Mistake; 19] = [
    ("scenario", "captcha.toml", "\ndays = 365", "\ndays = \"a year\"", INSPECT),
    ("scenario", "captcha.toml", "\ndays = 365", "\ndays = 0", INSPECT),
    ("scenario", "captcha.toml", "\ndays = 365", "\ndays = 1.5", INSPECT),
    ("scenario", "captcha.toml", "\nstart = ", "\nbegin = ", INSPECT),
    ("scenario", "captcha.toml", "\nseed = ", "\nsede = ", INSPECT),
    ("scenario", "captcha.toml", "\nid = \"small-sites\"", "\nid = \"Small sites\"", INSPECT),
    ("scenario", "captcha.toml", "kind = \"lognormal\"", "kind = \"normal\"", INSPECT),
    ("scenario", "captcha.toml", "kind = \"lognormal\"", "sort = \"lognormal\"", INSPECT),
    ("scenario", "captcha.toml", "non_payers = 0.08", "non_payers = 1.08", INSPECT),
    ("book", "books/captcha.toml", "\npricing = \"graduated\"", "\npricing = \"stepped\"", INSPECT),
    ("book", "books/captcha.toml", "up_to = \"unlimited\"", "up_to = \"infinite\"", INSPECT),
    ("book", "books/captcha.toml", "\ngrace = \"168h\"", "\ngrace = \"a week\"", INSPECT),
    ("book", "books/captcha.toml", "\ngrace = \"168h\"", "\ngrace = 168", INSPECT),
    ("book", "books/captcha.toml", "price = 0.002", "price = -0.002", INSPECT),
    ("book", "books/captcha.toml", "price = 0.002", "price = \"two\"", INSPECT),
    ("study", "studies/grace.toml", "key = ", "path = ", SWEEP),
    ("study", "studies/grace.toml", "\nmetrics = ", "\nnumbers = ", SWEEP),
    ("study", "studies/grace.toml", "\nscenario = ", "\nscenario = 1 #", SWEEP),
    ("study", "studies/grace.toml", "\nmetrics = ", "\ndesign = \"all\"\nmetrics = ", SWEEP),
];

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the package stands in tests/schema")
}

/// The program; `BILLSIM` names it where it is not in `target/debug`.
fn billsim(arguments: &[&str], folder: &Path) -> Output {
    let built = std::env::var_os("BILLSIM").map_or_else(|| root().join("target/debug/billsim"), PathBuf::from);
    let output = Command::new(&built).args(arguments).current_dir(folder).output();
    output.unwrap_or_else(|error| panic!("{}: {error}; `cargo build` makes it", built.display()))
}

fn printed(arguments: &[&str], folder: &Path) -> String {
    let output = billsim(arguments, folder);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}

fn validator(kind: &str) -> Validator {
    let schema = serde_json::from_str(&printed(&["schema", kind], &root())).expect("a schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{kind} is no schema: {error}"));
    jsonschema::draft202012::new(&schema).expect("the schema is one")
}

/// TOML as editors hand it to a schema: dates and times are texts.
fn json_of(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(moment) => json!(moment.to_string()),
        toml::Value::Array(values) => values.iter().map(json_of).collect(),
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), json_of(value))).collect(),
    }
}

fn instance(text: &str) -> Value {
    json_of(&toml::Value::Table(toml::from_str(text).expect("the file is TOML")))
}

fn holds(schema: &Validator, instance: &Value, name: &str) {
    let wrong: Vec<String> =
        schema.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

/// The TOML files of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_shipped_file_is_valid() {
    let mut seen = 0;
    for (kind, folder) in [("scenario", "scenarios"), ("book", "scenarios/books"), ("study", "scenarios/studies")] {
        let schema = validator(kind);
        for path in files(&root().join(folder)) {
            holds(&schema, &instance(&read(&path)), &path.display().to_string());
            seen += 1;
        }
    }
    assert!(seen >= 16, "only {seen} files");
}

/// Every key with its default is written there.
#[test]
fn every_resolved_scenario_is_valid() {
    let (schema, book, account) = (validator("scenario"), validator("book"), validator("account"));
    for path in files(&root().join("scenarios")) {
        let name = path.display().to_string();
        let resolved = printed(&["inspect", &name, "--resolved"], &root());
        let resolved = instance(&resolved);
        holds(&schema, &resolved, &name);
        for value in resolved["books"].as_object().expect("there are books").values() {
            holds(&book, value, &name);
        }
        holds(&account, &resolved["account"], &name);
    }
}

#[test]
fn what_init_writes_is_valid() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    printed(&["init"], folder.path());
    for (kind, name) in [
        ("scenario", "scenario.toml"),
        ("book", "prices.toml"),
        ("book", "today.toml"),
        ("study", "study.toml"),
        ("study", "best.toml"),
    ] {
        holds(&validator(kind), &instance(&read(&folder.path().join(name))), name);
    }
}

#[test]
fn wrong_files_are_refused_by_the_schema_and_by_the_program() {
    for (kind, name, before, after, command) in MISTAKES {
        let folder = tempfile::tempdir().expect("a folder of our own");
        for below in ["", "books", "studies"] {
            fs::create_dir_all(folder.path().join(below)).expect("the folder is ours");
            for path in files(&root().join("scenarios").join(below)) {
                let to = folder.path().join(below).join(path.file_name().expect("it is a file"));
                fs::copy(&path, to).expect("the folder is ours");
            }
        }
        let path = folder.path().join(name);
        let text = read(&path);
        assert!(text.contains(before), "{name} has no {before:?}");
        let text = text.replacen(before, after, 1);
        assert!(!validator(kind).is_valid(&instance(&text)), "{name} with {after:?} is valid");
        fs::write(&path, text).expect("the folder is ours");
        let output = billsim(command, folder.path());
        assert_eq!(output.status.code(), Some(2), "{name} with {after:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
