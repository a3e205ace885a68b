//! A folder that appears under its name only when it is complete.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A folder in the making: `.NAME.partial`, renamed to `NAME` when it is whole.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
    partial: PathBuf,
    checkpoints: PathBuf,
    lock_path: PathBuf,
    /// Held as long as this lives; the system releases it even after a crash.
    lock: File,
    finished: bool,
    /// The folder around it, if it was made for it.
    made: Option<PathBuf>,
}

/// Why a run folder could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another run is writing it.
    #[error("another run is writing {0}")]
    Busy(String),
    /// The system refused.
    #[error("cannot write {path}: {cause}")]
    Io {
        /// What was to be written.
        path: String,
        /// What the system said.
        cause: io::Error,
    },
}

/// A name of a file with only harmless characters.
pub fn harmless(name: &str) -> String {
    let harmless = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    name.chars().map(harmless).take(80).collect()
}

impl FolderError {
    pub(super) fn io(path: &Path, cause: io::Error) -> FolderError {
        FolderError::Io { path: path.display().to_string(), cause }
    }
}

impl RunFolder {
    /// Locks the name, so that no other run writes it.
    ///
    /// # Errors
    /// When another run holds the lock, or the parent folder is not writable.
    pub fn lock(target: &Path) -> Result<RunFolder, FolderError> {
        let target = std::path::absolute(target).map_err(|cause| FolderError::io(target, cause))?;
        let name = target.file_name().map_or_else(|| "run".into(), |name| name.to_string_lossy().into_owned());
        let parent = target.parent().unwrap_or(Path::new("/"));
        let made = (!parent.exists()).then(|| parent.to_owned());
        fs::create_dir_all(parent).map_err(|cause| FolderError::io(parent, cause))?;
        let lock_path = parent.join(format!(".{name}.lock"));
        let lock = loop {
            let lock = File::create(&lock_path).map_err(|cause| FolderError::io(&lock_path, cause))?;
            match lock.try_lock() {
                // Whoever held it before may have removed the file between our opening and our locking.
                Ok(()) if is_at(&lock, &lock_path) => break lock,
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(target.display().to_string())),
                Err(TryLockError::Error(cause)) => return Err(FolderError::io(&lock_path, cause)),
            }
        };
        let partial = parent.join(format!(".{name}.partial"));
        let checkpoints = parent.join(format!(".{name}.checkpoints"));
        let folder = RunFolder { target, partial, checkpoints, lock_path, lock, finished: false, made };
        // Whoever was to replace it was killed between taking its name away and giving the name to the new one.
        if !folder.target.exists() && folder.old().exists() {
            fs::rename(folder.old(), &folder.target).map_err(|cause| FolderError::io(&folder.target, cause))?;
        }
        Ok(folder)
    }

    /// Begins an empty partial folder beside the name.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn begin(&self) -> Result<(), FolderError> {
        remove(&self.partial)?;
        fs::create_dir(&self.partial).map_err(|cause| FolderError::io(&self.partial, cause))
    }

    /// Where files are written until the folder is whole.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Where parts are kept beside it for a run that is to be gone on with. They stay when the run ends early.
    pub fn checkpoints(&self) -> &Path {
        &self.checkpoints
    }

    /// Where an older folder is while the new one gets its name.
    fn old(&self) -> PathBuf {
        self.partial.with_extension("old")
    }

    /// Writes a small file into it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let path = self.partial.join(name);
        fs::write(&path, text).map_err(|cause| FolderError::io(&path, cause))
    }

    /// Gives the folder its name, in place of an older one.
    ///
    /// # Errors
    /// When the system refuses; the older folder is then still there.
    pub fn finish(self) -> Result<PathBuf, FolderError> {
        let whole = self.partial.clone();
        self.finish_with(&whole)
    }

    /// As [`finish`](RunFolder::finish), with the folder of the checkpoints.
    ///
    /// # Errors
    /// As there.
    pub fn finish_with(mut self, whole: &Path) -> Result<PathBuf, FolderError> {
        sync(whole)?;
        let old = self.old();
        remove(&old)?;
        let replaced = self.target.exists();
        if replaced {
            fs::rename(&self.target, &old).map_err(|cause| FolderError::io(&self.target, cause))?;
        }
        if let Err(cause) = fs::rename(whole, &self.target) {
            if replaced {
                // Best effort: the older folder gets its name back; the error that counts is the first.
                let _ = fs::rename(&old, &self.target);
            }
            return Err(FolderError::io(&self.target, cause));
        }
        self.finished = true;
        // It is whole by now; a system that cannot write its name down at once does so later.
        let _ = self.target.parent().map(sync_entries);
        for left in [&old, &self.partial, &self.checkpoints] {
            remove(left)?;
        }
        Ok(self.target.clone())
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing half-made stays; if even that fails there is nobody left to tell.
            let _ = fs::remove_dir_all(&self.partial);
        }
        let _ = fs::remove_file(&self.lock_path);
        if let (false, Some(made)) = (self.finished, &self.made) {
            // Only if it is empty, which remove_dir sees to.
            let _ = fs::remove_dir(made);
        }
        let _ = self.lock.unlock();
    }
}

/// Whether an open file is the one under this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: io::Result<fs::Metadata>| metadata.map(|m| (m.dev(), m.ino())).ok();
    id(file.metadata()).is_some_and(|of_file| id(fs::metadata(path)) == Some(of_file))
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Sees to it that everything in a folder is on the disk, so that its name never stands for less after a power failure.
pub(super) fn sync(folder: &Path) -> Result<(), FolderError> {
    let synced = || -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                true => sync(&entry.path()).map_err(io::Error::other)?,
                false => File::open(entry.path())?.sync_all()?,
            }
        }
        sync_entries(folder)
    };
    synced().map_err(|cause| FolderError::io(folder, cause))
}

/// Sees to it that the names in a folder are on the disk.
#[cfg(unix)]
pub(super) fn sync_entries(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened.
#[cfg(not(unix))]
pub(super) fn sync_entries(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn remove(path: &Path) -> Result<(), FolderError> {
    match fs::remove_dir_all(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(FolderError::io(path, cause)),
        _ => Ok(()),
    }
}
