//! How a day's units come inside the day (RULES, "Demand inside a day").

pub const DAY: i64 = 86_400;
pub const SLOT: i64 = 300;

/// The weights of a day's 288 slots of five minutes.
#[derive(Clone)]
pub struct Profile {
    weights: Vec<u64>,
    /// `before[s]` is the sum of the weights of the slots before slot s; the last one is the whole.
    before: Vec<u128>,
}

impl Profile {
    pub fn new(weights: Vec<u64>) -> Self {
        assert_eq!(weights.len(), 288, "a profile has 288 weights");
        let mut before = vec![0];
        let mut sum = 0;
        for weight in &weights {
            sum += u128::from(*weight);
            before.push(sum);
        }
        assert!(sum > 0, "a profile has a weight above zero");
        Profile { weights, before }
    }

    pub fn flat() -> Self {
        Profile::new(vec![1; 288])
    }

    /// Units that came before second t of the day: floor(N × F(t)), F linear inside a slot.
    pub fn arrived(&self, units: u64, t: i64) -> u64 {
        let slot = (t / SLOT) as usize;
        let into_slot = (t % SLOT) as u128;
        // F(t) as a fraction: `part` / (300 × sum of all weights).
        let mut part = self.before[slot] * 300;
        if into_slot > 0 {
            part += u128::from(self.weights[slot]) * into_slot;
        }
        let whole = self.before[288] * 300;
        (u128::from(units) * part / whole) as u64
    }

    /// Units of the seconds [from, to) of the day.
    pub fn between(&self, units: u64, from: i64, to: i64) -> u64 {
        self.arrived(units, to) - self.arrived(units, from)
    }

    /// The units a second, as a fraction, in the slot of second t: units × weight / (300 × all weights).
    pub fn rate(&self, units: u64, t: i64) -> (u128, u128) {
        let slot = (t / SLOT) as usize;
        (u128::from(units) * u128::from(self.weights[slot]), self.before[288] * 300)
    }
}

/// The seconds [from, to) of a day, cut at slot bounds: (slot, first second, second after the last).
pub fn slots(from: i64, to: i64) -> Vec<(usize, i64, i64)> {
    let mut pieces = Vec::new();
    let mut start = from;
    while start < to {
        let slot = start / SLOT;
        let end = to.min((slot + 1) * SLOT);
        pieces.push((slot as usize, start, end));
        start = end;
    }
    pieces
}
