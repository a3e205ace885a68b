//! Chunks of accounts on several threads, handed on in their order. All concurrency of a run is in one function.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::plan::Plan;

/// Most accounts of a chunk; also what spans of every table are multiples of.
pub const CHUNK: u64 = 256;

/// How long the sink waits for a result before it looks whether somebody asked to stop.
const LOOK: Duration = Duration::from_millis(100);

/// The unit of work: some accounts of one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Index of the segment.
    pub segment: usize,
    /// Indices of the accounts within the segment.
    pub accounts: Range<u64>,
    /// Number of the first of them among all accounts of the run.
    pub ordinal: u64,
}

/// All chunks of a plan, in order. None crosses a segment, nor a multiple of [`CHUNK`] of the whole run,
/// so that spans of a fixed number of accounts are whole chunks.
pub fn chunks(plan: &Plan) -> Vec<Chunk> {
    let mut chunks = vec![];
    for (index, segment) in plan.segments.iter().enumerate() {
        let mut from = 0;
        while from < segment.accounts {
            let ordinal = segment.before + from;
            let to = segment.accounts.min(from + CHUNK - ordinal % CHUNK);
            chunks.push(Chunk { segment: index, accounts: from..to, ordinal });
            from = to;
        }
    }
    chunks
}

/// Why a run ended early.
#[derive(Debug, PartialEq, Eq)]
pub enum Stopped<E> {
    /// Somebody asked it to.
    Asked,
    /// The work or the sink failed.
    Failed(E),
}

/// How far workers may be ahead of the sink.
struct Window {
    state: Mutex<Progress>,
    moved: Condvar,
}

struct Progress {
    next: usize,
    delivered: usize,
}

/// Does `work` on every chunk, on `threads` threads, and hands the results to `sink` in the order of the chunks,
/// on the calling thread. Workers are at most 4 × threads chunks ahead of the sink. `make` gives each worker its buffers.
///
/// # Errors
/// The first failure in the order of the chunks, or that `stop` was set.
pub fn for_each_chunk<W, T: Send, E: Send>(
    chunks: &[Chunk],
    threads: usize,
    stop: &AtomicBool,
    make: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &Chunk) -> Result<T, E> + Sync,
    mut sink: impl FnMut(&Chunk, T) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let threads = threads.max(1);
    let window = Window { state: Mutex::new(Progress { next: 0, delivered: 0 }), moved: Condvar::new() };
    let given_up = AtomicBool::new(false);
    let halted = || stop.load(Ordering::Relaxed) || given_up.load(Ordering::Relaxed);
    std::thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..threads {
            let sender = sender.clone();
            let (window, make, work, halted) = (&window, &make, &work, &halted);
            let given_up = &given_up;
            scope.spawn(move || {
                let _alarm = Alarm { given_up, window };
                let mut buffers = make();
                while let Some(index) = window.claim(chunks.len(), 4 * threads, halted) {
                    // The receiver is gone only when the run is given up.
                    if sender.send((index, work(&mut buffers, &chunks[index]))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let outcome = deliver(chunks, &results, &window, halted, &mut sink);
        given_up.store(true, Ordering::Relaxed);
        window.wake();
        outcome
    })
}

fn deliver<T, E>(
    chunks: &[Chunk],
    results: &mpsc::Receiver<(usize, Result<T, E>)>,
    window: &Window,
    halted: impl Fn() -> bool,
    sink: &mut impl FnMut(&Chunk, T) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let mut early = BTreeMap::new();
    let mut delivered = 0;
    while delivered < chunks.len() {
        if halted() {
            return Err(Stopped::Asked);
        }
        match results.recv_timeout(LOOK) {
            Ok((index, result)) => early.insert(index, result),
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Err(Stopped::Asked),
        };
        while let Some(result) = early.remove(&delivered) {
            let value = result.map_err(Stopped::Failed)?;
            sink(&chunks[delivered], value).map_err(Stopped::Failed)?;
            delivered += 1;
            window.advance(delivered);
        }
    }
    Ok(())
}

/// Ends the run when its worker panics: without it the others would wait for a chunk that never comes.
struct Alarm<'a> {
    given_up: &'a AtomicBool,
    window: &'a Window,
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.given_up.store(true, Ordering::Relaxed);
            self.window.wake();
        }
    }
}

impl Window {
    /// The next chunk to work on, once it is near enough to what was delivered.
    fn claim(&self, chunks: usize, ahead: usize, halted: &impl Fn() -> bool) -> Option<usize> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if halted() || state.next >= chunks {
                return None;
            }
            if state.next < state.delivered + ahead {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn advance(&self, delivered: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).delivered = delivered;
        self.moved.notify_all();
    }

    /// Lets waiting workers look again. The lock is taken so that none is just between looking and waiting.
    fn wake(&self) {
        drop(self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::compile;
    use crate::scenario::{Overrides, load_text};
    use crate::text::Sources;

    /// Segments of 10, 300 and 512 accounts: a chunk ends with its segment and at every multiple of 256 of the whole run.
    #[test]
    fn no_chunk_crosses_a_segment_or_a_multiple_of_256() {
        let segment = |accounts| {
            let name = format!("[[segments]]\nid = \"s{accounts}\"\naccounts = {accounts}\n[segments.products.shop]\n");
            name + "demand = { kind = \"constant\", units = 1 }\n"
        };
        let text = "start = 2026-01-01\ndays = 2\n[books.shop]\n[[books.shop.meters]]\nid = \"m\"\npricing = \"flat\"\nprice = 1\n";
        let text = text.to_owned() + &[10, 300, 512].map(segment).concat();
        let (path, none) = (Path::new("test.toml"), Overrides::default());
        let scenario = load_text(&text, path, &none, &mut Sources::default()).unwrap_or_else(|_| panic!("{text}"));
        let told: Vec<_> =
            chunks(&compile(&scenario)).into_iter().map(|c| (c.segment, c.accounts, c.ordinal)).collect();
        let expected = [
            (0, 0..10, 0),
            (1, 0..246, 10),
            (1, 246..300, 256),
            (2, 0..202, 310),
            (2, 202..458, 512),
            (2, 458..512, 768),
        ];
        assert_eq!(told, expected);
    }

    fn of_one_account(chunks: u64) -> Vec<Chunk> {
        (0..chunks).map(|n| Chunk { segment: 0, accounts: n..n + 1, ordinal: n }).collect()
    }

    /// A bug in one worker ends the run with that panic; the other workers and the sink do not wait for its chunk.
    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_in_a_worker_does_not_hang_the_others() {
        let chunks = of_one_account(1_000);
        let work = |_: &mut (), chunk: &Chunk| {
            assert!(chunk.ordinal != 3, "a bug");
            Ok::<u64, ()>(chunk.ordinal)
        };
        let never = AtomicBool::new(false);
        let _ = for_each_chunk(&chunks, 4, &never, || (), work, |_, _| Ok(()));
    }

    /// A sink that fails ends the run, though by then every worker waits for it.
    #[test]
    fn a_sink_that_fails_does_not_leave_the_workers_waiting() {
        let chunks = of_one_account(1_000);
        let never = AtomicBool::new(false);
        let sink = |_: &Chunk, _| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            Err("disk full")
        };
        let outcome = for_each_chunk(&chunks, 2, &never, || (), |_: &mut (), chunk| Ok(chunk.ordinal), sink);
        assert_eq!(outcome, Err(Stopped::Failed("disk full")));
    }

    /// Results come in the order of the chunks, whatever the number of threads.
    #[test]
    fn results_come_in_order() {
        let chunks = of_one_account(300);
        for threads in [1, 2, 8] {
            let mut seen = vec![];
            let never = AtomicBool::new(false);
            let work = |_: &mut (), chunk: &Chunk| Ok::<u64, ()>(chunk.ordinal);
            let outcome = for_each_chunk(
                &chunks,
                threads,
                &never,
                || (),
                work,
                |_, ordinal| {
                    seen.push(ordinal);
                    Ok(())
                },
            );
            assert_eq!(outcome, Ok(()));
            assert_eq!(seen, (0..300).collect::<Vec<_>>());
        }
    }
}
