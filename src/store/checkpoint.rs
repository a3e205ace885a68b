//! The file that closes a part of a run: which accounts, their totals, and the digests of the tables beside it. One format serves
//! shards, merging and going on. Must not know how the part was played.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::folder::FolderError;
use super::kept::digest;
use crate::record::SegmentSummary;

/// Its name in the folder of a part.
pub(super) const TOTALS: &str = "totals";

/// How it begins: what it is, and the version of the format. Anything that changes the meaning of what follows needs a new one.
const MAGIC: &[u8; 16] = b"billsim part 001";

/// Bytes of a digest.
const DIGEST: usize = blake3::OUT_LEN;

/// Some accounts of one replication, from a run that `run` is the digest of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// Which run.
    pub run: [u8; DIGEST],
    /// Replication, from 0.
    pub replication: u32,
    /// Numbers of the accounts among all of the run.
    pub accounts: Range<u64>,
    /// Name and digest of each table beside it.
    pub tables: Vec<(String, [u8; DIGEST])>,
    /// Totals by index of the segment; only of segments that have accounts here.
    pub segments: Vec<(usize, SegmentSummary)>,
}

/// Why a part cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It is not there, or the system refused.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Another version of the program wrote it.
    #[error("it is in a format of another version of billsim")]
    Format,
    /// It is not what was written.
    #[error("it is damaged")]
    Damaged,
    /// It is of another run.
    #[error("it belongs to another run")]
    Foreign,
}

impl Unusable {
    /// Whether it will never be of use again, to nobody.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Unusable::Damaged => true,
            Unusable::Unreadable(cause) => cause.kind() == io::ErrorKind::NotFound,
            Unusable::Format | Unusable::Foreign => false,
        }
    }
}

impl Checkpoint {
    /// Writes it into the folder of its part and sees to it that it is on the disk.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, folder: &Path) -> Result<(), FolderError> {
        let path = folder.join(TOTALS);
        let written = || -> io::Result<()> {
            let mut bytes = postcard::to_extend(self, MAGIC.to_vec()).map_err(io::Error::other)?;
            bytes.extend(blake3::hash(&bytes).as_bytes());
            let mut file = File::create(&path)?;
            file.write_all(&bytes)?;
            file.sync_all()
        };
        written().map_err(|cause| FolderError::io(&path, cause))
    }

    /// Reads the one of a part.
    ///
    /// # Errors
    /// [`Unusable`]; nothing is believed of a file whose digest is wrong.
    pub fn read(folder: &Path) -> Result<Checkpoint, Unusable> {
        let bytes = fs::read(folder.join(TOTALS))?;
        let (content, stored) = bytes.split_last_chunk::<DIGEST>().ok_or(Unusable::Damaged)?;
        if blake3::hash(content).as_bytes() != stored {
            return Err(Unusable::Damaged);
        }
        let body = content.strip_prefix(MAGIC).ok_or(Unusable::Format)?;
        postcard::from_bytes(body).map_err(|_| Unusable::Damaged)
    }

    /// Whether its tables are as they were written.
    ///
    /// # Errors
    /// [`Unusable`] with the first that is not.
    pub fn check_tables(&self, folder: &Path) -> Result<(), Unusable> {
        self.tables.iter().try_for_each(|(name, expected)| match digest(&folder.join(name))? {
            found if found.as_bytes() == expected => Ok(()),
            _ => Err(Unusable::Damaged),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(folder: &Path) -> Checkpoint {
        let table = folder.join("accounts.parquet");
        fs::write(&table, "rows").expect("the folder is ours");
        let tables = vec![("accounts.parquet".to_owned(), *blake3::hash(b"rows").as_bytes())];
        let checkpoint =
            Checkpoint { run: [7; DIGEST], replication: 2, accounts: 1_024..2_048, tables, segments: vec![] };
        checkpoint.write(folder).expect("the folder is ours");
        checkpoint
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let checkpoint = written(folder.path());
        assert_eq!(Checkpoint::read(folder.path()).expect("it is there"), checkpoint);
        checkpoint.check_tables(folder.path()).expect("they are as written");
        fs::write(folder.path().join("accounts.parquet"), "r0ws").expect("ours");
        assert!(matches!(checkpoint.check_tables(folder.path()), Err(Unusable::Damaged)));
        fs::remove_file(folder.path().join("accounts.parquet")).expect("ours");
        assert!(matches!(checkpoint.check_tables(folder.path()), Err(Unusable::Unreadable(_))));
    }

    /// No byte can be another one, none can be missing and none can be added.
    #[test]
    fn every_byte_counts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        written(folder.path());
        let path = folder.path().join(TOTALS);
        let bytes = fs::read(&path).expect("it is there");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("ours");
            assert!(matches!(Checkpoint::read(folder.path()), Err(Unusable::Damaged)), "{bytes:?}");
        };
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            refused(&other);
            refused(&bytes[..at]);
        }
        refused(&[&bytes[..], &[0]].concat());
    }

    /// A later format is told from damage: its digest is right.
    #[test]
    fn another_format_is_named_as_such() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let content = b"billsim part 002 and who knows what";
        let bytes = [&content[..], blake3::hash(content).as_bytes()].concat();
        fs::write(folder.path().join(TOTALS), bytes).expect("ours");
        assert!(matches!(Checkpoint::read(folder.path()), Err(Unusable::Format)));
    }
}
