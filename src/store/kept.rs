//! What a folder holds: whether it is the same already, and the digests of its files. Must not know what was run.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::folder::{FolderError, RunFolder};
use super::save::{SaveError, TIMINGS};
use crate::plan::Plan;

/// Files of a folder that its manifest does not list: itself, and how long it took, which is never the same.
const NOT_LISTED: [&str; 2] = ["manifest.json", TIMINGS];

/// How a run, a comparison or a study ended well.
#[derive(Debug)]
pub enum Done<T> {
    /// It was played now.
    Now(T),
    /// The same is there already: the results it keeps, as `--json` prints them.
    Already(Value),
}

/// Begins the folder `target` for what `identity` says, unless the same is there already; `results` is the file of its results.
pub(super) fn begin(
    identity: &Map<String, Value>,
    target: &Path,
    force: bool,
    results: &str,
) -> Result<Done<RunFolder>, SaveError> {
    if let Some(results) = look(identity, target, force, results)? {
        return Ok(Done::Already(results));
    }
    let folder = RunFolder::lock(target)?;
    // Once more under the lock: another run may just have finished it.
    if let Some(results) = look(identity, target, force, results)? {
        return Ok(Done::Already(results));
    }
    folder.begin()?;
    Ok(Done::Now(folder))
}

/// What a folder says of itself that was made from one plan.
pub(super) fn made_by(command: &str, plan: &Plan) -> Map<String, Value> {
    let version = env!("CARGO_PKG_VERSION");
    let pairs = [("program", "billsim"), ("version", version), ("command", command), ("plan_hash", &plan.hash)];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect()
}

/// Says in the manifest what a folder holds, which is then whole.
pub(super) fn finish(folder: RunFolder, mut manifest: Map<String, Value>) -> Result<(), FolderError> {
    manifest.insert("files".to_owned(), digests(folder.path(), &[])?);
    folder.write("manifest.json", &pretty(&Value::Object(manifest)))?;
    folder.finish().map(|_| ())
}

/// What file `results` of the same run has to say, if the folder is one; `None` if there is nothing, or a run that may be replaced.
fn look(identity: &Map<String, Value>, target: &Path, force: bool, results: &str) -> Result<Option<Value>, SaveError> {
    if target.symlink_metadata().is_err() {
        return Ok(None);
    }
    let path = target.display().to_string();
    let read =
        |name: &str| -> Option<Value> { serde_json::from_str(&std::fs::read_to_string(target.join(name)).ok()?).ok() };
    // What is no run folder of ours is never replaced: it may be somebody's work.
    let manifest = read("manifest.json").filter(|manifest| manifest["program"] == "billsim");
    let is_empty = || std::fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
    let Some(manifest) = manifest else {
        return if is_empty() { Ok(None) } else { Err(SaveError::NoRunFolder { path }) };
    };
    if force {
        return match foreign(target, &manifest)? {
            Some(file) => Err(SaveError::Foreign { path, file }),
            None => Ok(None),
        };
    }
    if manifest.get("shard").is_some() && !identity.contains_key("shard") {
        return Err(SaveError::Occupied { path, why: "it is a shard of a run".to_owned() });
    }
    if let Some(why) = differs(identity, &manifest) {
        return Err(SaveError::Occupied { path, why });
    }
    let damaged =
        |file: &str| SaveError::Occupied { path: path.clone(), why: format!("its {file} was changed or lost") };
    let now = digests(target, &[])?;
    for (file, digest) in manifest["files"].as_object().into_iter().flatten() {
        if now[file] != *digest {
            return Err(damaged(file));
        }
    }
    read(results).map(Some).ok_or_else(|| damaged(results))
}

/// A file of a folder that it was not made with: somebody's work, which is not replaced.
fn foreign(folder: &Path, manifest: &Value) -> Result<Option<String>, FolderError> {
    let mut files = vec![];
    collect(folder, folder, &mut files)?;
    files.sort();
    let ours = |file: &str| NOT_LISTED.contains(&file) || manifest["files"].get(file).is_some();
    Ok(files.into_iter().map(|(name, _)| name).find(|file| !ours(file)))
}

/// In what a manifest is not that of `identity`, if it is not.
pub(super) fn differs(identity: &Map<String, Value>, manifest: &Value) -> Option<String> {
    let (key, value) = identity.iter().find(|(key, value)| manifest.get(key.as_str()) != Some(value))?;
    Some(match key.as_str() {
        "command" => format!("it was not made by billsim {}", value.as_str().unwrap_or_default()),
        "study" | "study_hash" => "it is of another study".to_owned(),
        "plan_hash" | "plan_hashes" => {
            "its run has another scenario, book or option (--set, --with, --accounts, --days)".to_owned()
        }
        key => format!("its run has another `{key}`"),
    })
}

/// The blake3 digest of every file of a folder but some, by its path in it.
pub(super) fn digests(folder: &Path, but: &[&str]) -> Result<Value, FolderError> {
    let mut files = vec![];
    collect(folder, folder, &mut files)?;
    files.retain(|(name, _)| !but.contains(&name.as_str()));
    files.sort();
    let mut map = Map::new();
    for (name, path) in files {
        let digest = digest(&path).map_err(|cause| FolderError::io(&path, cause))?;
        map.insert(name, json!(digest.to_hex().as_str()));
    }
    Ok(Value::Object(map))
}

/// The digest of a file, which may be larger than the memory.
pub(super) fn digest(path: &Path) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize())
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> Result<(), FolderError> {
    for entry in std::fs::read_dir(folder).map_err(|cause| FolderError::io(folder, cause))? {
        let path = entry.map_err(|cause| FolderError::io(folder, cause))?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.to_string_lossy().replace('\\', "/"), path.clone()));
        }
    }
    Ok(())
}

/// Text of a file.
pub(super) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
