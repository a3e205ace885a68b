//! Puts the parts of a table together again, row group by row group: the same frames as those of the whole, so the same bytes.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;

use super::write::{SpanWriter, TableError, failed};

impl<R> SpanWriter<R> {
    /// Takes a part of the table, which ends before the account number `end`. Its row groups are spans, but for a first or a last
    /// one that a cut between parts has made smaller.
    ///
    /// # Errors
    /// When the part cannot be read or a file cannot be written.
    pub fn append(&mut self, folder: &Path, end: u64) -> Result<(), TableError> {
        let path = folder.join(format!("{}.parquet", self.table_name()));
        let open = || File::open(&path).map(ParquetReader::new).map_err(|cause| failed(&path, cause.into()));
        let metadata = open()?.get_metadata().map_err(|cause| failed(&path, cause))?.clone();
        let mut from = 0;
        for (index, group) in metadata.row_groups.iter().enumerate() {
            if index > 0 {
                self.flush_frame()?;
            }
            let mut reader = open()?;
            reader.set_metadata(metadata.clone());
            // Polars' own pool does not know how many threads the user gave us.
            let read = reader.read_parallel(ParallelStrategy::None).with_slice(Some((from, group.num_rows()))).finish();
            self.take(read.map_err(|cause| failed(&path, cause))?)?;
            from += group.num_rows();
        }
        if self.is_full_at(end) { self.flush_frame() } else { Ok(()) }
    }
}
