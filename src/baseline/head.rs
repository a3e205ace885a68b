//! What was recorded and how: the file `baseline.json`, which also says what the other files hold.

use serde_json::{Map, Value, json};

use crate::plan::Plan;
use crate::random::GENERATOR;
use crate::scenario::Overrides;
use crate::tables::read_parquet;

/// What was recorded, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Version of the program.
    pub version: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Its file as it was typed; only its name, where the path began at the root.
    pub file: String,
    /// Hash of the plan.
    pub plan_hash: String,
    /// Its seed.
    pub seed: u64,
    /// What was changed in the scenario: `--set`.
    pub set: Vec<String>,
    /// `--seed`, `--days`, `--accounts`.
    pub options: [Option<u64>; 3],
    /// How many replications; `None` for the exact kind, which has one.
    pub replications: Option<u64>,
}

/// The digests of the other files by their names.
pub(super) type Digests = Vec<(String, String)>;

/// The first 16 hexadecimal digits of the hash of a text.
pub(super) fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

impl Head {
    /// Of a plan that was made of a file with overrides.
    pub fn new(plan: &Plan, file: String, overrides: &Overrides, statistical: bool) -> Head {
        Head {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: plan.name.clone(),
            file,
            plan_hash: plan.hash.clone(),
            seed: plan.seed,
            set: overrides.set.clone(),
            options: [overrides.seed, overrides.days, overrides.accounts],
            replications: statistical.then_some(u64::from(plan.replications)),
        }
    }

    /// What the command line changed when it was recorded.
    pub fn overrides(&self) -> Overrides {
        let [seed, days, accounts] = self.options;
        let replications = Some(self.replications.unwrap_or(1));
        Overrides {
            set: self.set.clone(),
            seed,
            days,
            accounts,
            replications,
            parquet: Some(read_parquet),
            ..Overrides::default()
        }
    }

    /// The text of the file; the last key is the digest of all before it.
    pub(super) fn text(&self, digests: &Digests) -> String {
        let digests: Map<String, Value> = digests.iter().map(|(name, digest)| (name.clone(), json!(digest))).collect();
        let mut json = json!({
            "program": "billsim",
            "version": self.version,
            "generator": GENERATOR,
            "kind": if self.replications.is_some() { "statistical" } else { "exact" },
            "scenario": self.scenario,
            "file": self.file,
            "plan_hash": self.plan_hash,
            "seed": self.seed,
            "set": self.set,
            "options": { "seed": self.options[0], "days": self.options[1], "accounts": self.options[2] },
            "replications": self.replications,
            "digests": digests,
        });
        json["digest"] = json!(digest(&json.to_string()));
        format!("{json:#}\n")
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// The line, where there is one, and what is wrong.
    pub(super) fn read(text: &str) -> Result<(Head, Digests), (Option<usize>, String)> {
        let json: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        let Value::Object(mut keys) = json else { return Err((Some(1), "is no table of keys".to_owned())) };
        let Some(written) = keys.remove("digest") else {
            return Err((None, "has no `digest`: it was cut, or recorded by a billsim that wrote none".to_owned()));
        };
        let json = Value::Object(keys);
        if written != digest(&json.to_string()) {
            return Err((None, "is not as it was recorded: it has another digest".to_owned()));
        }
        Head::of(&json).ok_or_else(|| (None, "lacks a key that this billsim needs".to_owned()))
    }

    fn of(json: &Value) -> Option<(Head, Digests)> {
        let option = |key: &str| json["options"][key].as_u64();
        let text = |key: &str| json[key].as_str().map(str::to_owned);
        (json["program"] == "billsim").then_some(())?;
        let head = Head {
            version: text("version")?,
            scenario: text("scenario")?,
            file: text("file")?,
            plan_hash: text("plan_hash")?,
            seed: json["seed"].as_u64()?,
            set: json["set"].as_array()?.iter().map(|set| set.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            options: [option("seed"), option("days"), option("accounts")],
            replications: json["replications"].as_u64(),
        };
        let digests = json["digests"].as_object()?.iter();
        let digests = digests.map(|(name, digest)| Some((name.clone(), digest.as_str()?.to_owned())));
        Some((head, digests.collect::<Option<_>>()?))
    }
}

/// Where a text stops being JSON.
pub(super) fn not_json(error: &serde_json::Error) -> (Option<usize>, String) {
    (Some(error.line()), "is not JSON from here on".to_owned())
}
