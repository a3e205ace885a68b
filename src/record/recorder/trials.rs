//! What is kept of how long trials last: only ages, so that it does not matter when they began.

use super::Recorder;
use crate::rules::Event;
use crate::units::Seconds;

/// The number of the trial among allowances.
const TRIAL: u32 = 0;

impl Recorder<'_> {
    /// A grant or an end of an allowance, which may be the trial of the service `used`.
    pub(super) fn trial(&mut self, at: Seconds, used: usize, event: &Event) {
        let since = &mut self.now.uses[used].trial_since;
        match *event {
            // A trial of nothing never is in effect.
            Event::AllowanceGranted { number: TRIAL, units: 1.., .. } => *since = Some(at),
            Event::AllowanceEnded { number: TRIAL, .. } => {
                if let Some(since) = since.take() {
                    self.summary.uses[used].trials.end(at - since);
                }
            }
            _ => {}
        }
    }

    /// Nobody sees how much longer the trials would have been in effect.
    pub(super) fn censor_trials(&mut self, at: Seconds) {
        for (now, used) in self.now.uses.iter_mut().zip(&mut self.summary.uses) {
            if let Some(since) = now.trial_since.take() {
                used.trials.censor(at - since);
            }
        }
    }
}
