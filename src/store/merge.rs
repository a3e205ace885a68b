//! Joins the shards of a run into exactly the whole run, from nothing but their folders. Must not know how a shard is played.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use serde_json::Value;

use super::again;
use super::checkpoint::Unusable;
use super::details::Details;
use super::finish::{finish, joined, prepare};
use super::kept::{Done, begin, differs, digest};
use super::parts::{Parts, Work};
use super::save::{Options, SCENARIO, SUMMARY, SaveError, Saved, identity};
use super::shard::{MANIFEST, Shard};
use crate::charts;
use crate::plan::{Plan, compile};
use crate::record::Wanted;
use crate::scenario::{Overrides, load};
use crate::tables::{Format, read_parquet};
use crate::text::Sources;

/// Why folders are not the shards of one run.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// It is something else.
    #[error("{path} is no shard: {why}")]
    NoShard {
        /// The folder.
        path: String,
        /// What it is.
        why: &'static str,
    },
    /// Another version of the program wrote it.
    #[error("{path} was written by billsim {theirs}, and this is {}", env!("CARGO_PKG_VERSION"))]
    Version {
        /// The folder.
        path: String,
        /// The version.
        theirs: String,
    },
    /// They are shards of different runs.
    #[error("{path} does not belong to {first}: {why}")]
    Foreign {
        /// The folder.
        path: String,
        /// The folder that it is held against.
        first: String,
        /// How its run differs.
        why: String,
    },
    /// Its scenario is as it was written, but not the usage files that it names.
    #[error("{path} can no longer be read\n{problems}")]
    Scenario {
        /// The scenario.
        path: String,
        /// What is wrong with it.
        problems: String,
    },
    /// One shard is there twice.
    #[error("{first} and {second} are both shard {shard}")]
    Twice {
        /// Which shard.
        shard: Shard,
        /// One folder.
        first: String,
        /// The other.
        second: String,
    },
    /// Not all shards are there.
    #[error("not all shards are there: {} missing", missing(.shards))]
    Missing {
        /// Those that are not.
        shards: Vec<Shard>,
        /// What writes the first of them.
        command: String,
    },
    /// A file is not what was written.
    #[error("{path} cannot be used: {why}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: Unusable,
        /// What writes the shard once more, where it is known which.
        command: Option<String>,
    },
}

/// Shards that are missing, not too many of them.
fn missing(shards: &[Shard]) -> String {
    let named: Vec<String> = shards.iter().take(5).map(Shard::to_string).collect();
    let more = shards.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more} {}", named.join(", "), if shards.len() == 1 { "is" } else { "are" })
}

impl MergeError {
    /// What helps.
    pub fn cure(&self) -> String {
        match self {
            MergeError::NoShard { .. } => "give the folders that billsim run --shard wrote".to_owned(),
            MergeError::Version { .. } => "merge with the version that wrote the shards".to_owned(),
            MergeError::Foreign { .. } => {
                "merge shards of one run: the same scenario, books, options and number of shards".to_owned()
            }
            MergeError::Scenario { .. } => {
                "put the usage files and ledgers back where it names them, as they were".to_owned()
            }
            MergeError::Twice { .. } => "give each shard once".to_owned(),
            MergeError::Missing { command, .. } => format!("this writes the first of them: {command}"),
            MergeError::Damaged { command: Some(command), .. } => format!("this writes it once more: {command}"),
            MergeError::Damaged { command: None, .. } => "write that shard once more".to_owned(),
        }
    }
}

/// All shards of one run, every byte as it was written.
pub struct Shards {
    plan: Plan,
    options: Options,
    /// In the order of their accounts.
    parts: Vec<Parts>,
}

/// A shard's folder and what its manifest says.
struct Folder {
    path: PathBuf,
    shown: String,
    shard: Shard,
    manifest: Value,
}

impl Shards {
    /// Reads the shards in `folders`, in any order.
    ///
    /// # Errors
    /// When they do not belong together, are not all there, or are damaged.
    pub fn read(folders: &[PathBuf]) -> Result<Shards, MergeError> {
        let mut shards: Vec<Folder> = folders.iter().map(|path| Folder::read(path)).collect::<Result<_, _>>()?;
        shards.sort_by_key(|folder| folder.shard);
        let Some(first) = shards.first() else {
            return Err(MergeError::NoShard { path: ".".to_owned(), why: "no folder was given" });
        };
        let (plan, options) = first.content()?;
        for folder in &shards[1..] {
            if let Some(why) = first.differs(folder) {
                let (path, first) = (folder.shown.clone(), first.shown.clone());
                return Err(MergeError::Foreign { path, first, why });
            }
        }
        if let Some(pair) = shards.windows(2).find(|pair| pair[0].shard == pair[1].shard) {
            let (first, second) = (pair[0].shown.clone(), pair[1].shown.clone());
            return Err(MergeError::Twice { shard: pair[0].shard, first, second });
        }
        let all = (1..=first.shard.of).map(|number| Shard { number, ..first.shard });
        let lacking: Vec<Shard> = all.filter(|shard| shards.iter().all(|folder| folder.shard != *shard)).collect();
        let command = |shard: Shard| again::shard(&first.path.join(SCENARIO), shard, &options);
        if let Some(shard) = lacking.first() {
            return Err(MergeError::Missing { command: command(*shard), shards: lacking });
        }
        let whole = |folder: &Folder| folder.parts(&plan, &options, command(folder.shard));
        let parts = shards.iter().map(whole).collect::<Result<_, _>>()?;
        Ok(Shards { plan, options, parts })
    }

    /// What was run.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Joins them into the folder `target`, unless the same run is there already. `progress` hears how many accounts are done.
    ///
    /// # Errors
    /// Nothing is left behind under the folder's name when it fails.
    pub fn save(
        &self,
        target: &Path,
        (threads, force): (usize, bool),
        stop: &AtomicBool,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Done<Saved>, SaveError> {
        let (plan, options) = (&self.plan, Options { threads, force, ..self.options.clone() });
        let folder = match begin(&identity(plan, &options), target, force, SUMMARY)? {
            Done::Already(summary) => return Ok(Done::Already(summary)),
            Done::Now(folder) => folder,
        };
        let started = Instant::now();
        prepare(plan, &folder, &options)?;
        let mut details = Details::create(folder.path(), &options.formats, options.wanted)?;
        let mut replications = vec![];
        for replication in 0..plan.replications {
            replications.push(joined(plan, &self.parts, replication, &mut details)?);
            progress(plan.accounts().saturating_mul(replications.len() as u64));
        }
        details.finish(plan)?;
        let work = Work { kept: self.parts.iter().map(|parts| parts.work().kept).sum(), ..Work::default() };
        finish(plan, folder, &options, &replications, (work, started), stop)?;
        Ok(Done::Now(Saved { replications, work }))
    }
}

impl Folder {
    fn read(path: &Path) -> Result<Folder, MergeError> {
        let shown = path.display().to_string();
        let no_shard = |why| MergeError::NoShard { path: shown.clone(), why };
        let place = path.join(MANIFEST);
        let text = match fs::read(&place) {
            Ok(text) => text,
            Err(_) if !path.is_dir() => return Err(no_shard("there is no such folder")),
            Err(_) => return Err(no_shard("it has no manifest.json")),
        };
        let damaged = || {
            let path = place.display().to_string();
            MergeError::Damaged { path, why: Unusable::Damaged, command: None }
        };
        let manifest: Value = serde_json::from_slice(&text).map_err(|_| damaged())?;
        if manifest["program"] != "billsim" {
            return Err(no_shard("its manifest.json is none of billsim"));
        }
        if manifest["version"] != env!("CARGO_PKG_VERSION") {
            let theirs = manifest["version"].as_str().unwrap_or("of unknown version").to_owned();
            return Err(MergeError::Version { path: shown, theirs });
        }
        let shard = manifest.get("shard").ok_or_else(|| no_shard("it is a whole run or a study"))?;
        let shard = shard.as_str().and_then(|shard| Shard::parse(shard).ok()).ok_or_else(damaged)?;
        if manifest.get("files").is_none() {
            return Err(no_shard("it was never finished"));
        }
        Ok(Folder { path: path.to_owned(), shown, shard, manifest })
    }

    fn damaged(&self, file: &str, command: Option<String>) -> MergeError {
        let path = self.path.join(file).display().to_string();
        MergeError::Damaged { path, why: Unusable::Damaged, command }
    }

    /// What was run, and what is kept of it.
    fn content(&self) -> Result<(Plan, Options), MergeError> {
        let path = self.path.join(SCENARIO);
        let found = digest(&path).map_err(|_| self.damaged(SCENARIO, None))?;
        if self.manifest["files"][SCENARIO] != found.to_hex().as_str() {
            return Err(self.damaged(SCENARIO, None));
        }
        let (overrides, mut sources) =
            (Overrides { parquet: Some(read_parquet), ..Overrides::default() }, Sources::default());
        let scenario = load(&path, &overrides, &mut sources).map_err(|problems| {
            let problems = problems.render(&sources, false);
            MergeError::Scenario { path: path.display().to_string(), problems }
        })?;
        let plan = compile(&scenario);
        let options = Options {
            wanted: Wanted {
                accounts: self.lists("record", "accounts"),
                bills: self.lists("record", "bills"),
                events: self.lists("record", "events"),
            },
            formats: [Format::Parquet, Format::Csv]
                .into_iter()
                .filter(|format| self.lists("formats", format.extension()))
                .collect(),
            charts: [charts::Format::Svg, charts::Format::Png]
                .into_iter()
                .filter(|format| self.lists("charts", format.extension()))
                .collect(),
            ..Options::default()
        };
        Ok((plan, options))
    }

    fn lists(&self, key: &str, word: &str) -> bool {
        self.manifest[key].as_array().is_some_and(|list| list.iter().any(|entry| entry == word))
    }

    /// How the run of another shard differs.
    fn differs(&self, other: &Folder) -> Option<String> {
        let own = ["shard", "account_range", "accounts_simulated", "files"];
        let mut common = self.manifest.as_object()?.clone();
        common.retain(|key, _| !own.contains(&key.as_str()));
        if other.shard.of != self.shard.of {
            return Some(format!("it is one of {} shards, not of {}", other.shard.of, self.shard.of));
        }
        let scenario = |folder: &Folder| folder.manifest["files"][SCENARIO].clone();
        let other_scenario = || (scenario(self) != scenario(other)).then(|| "its scenario.toml is another".to_owned());
        differs(&common, &other.manifest).or_else(other_scenario)
    }

    /// Its parts, every one as it was written.
    fn parts(&self, plan: &Plan, options: &Options, command: String) -> Result<Parts, MergeError> {
        // All that a manifest says follows from the plan and the options: so nothing in it can have been changed.
        let files = self.manifest["files"].clone();
        if Value::Object(self.shard.manifest(plan, options, files)) != self.manifest {
            return Err(self.damaged(MANIFEST, Some(command)));
        }
        if digest(&self.path.join(SCENARIO))
            .is_ok_and(|found| self.manifest["files"][SCENARIO] != found.to_hex().as_str())
        {
            return Err(self.damaged(SCENARIO, Some(command)));
        }
        let (kin, accounts) = (self.shard.kin(plan, options), self.shard.accounts(plan));
        Parts::whole(&self.path, &kin, &accounts, plan.replications).map_err(|(path, why)| MergeError::Damaged {
            path: path.display().to_string(),
            why,
            command: Some(command),
        })
    }
}
