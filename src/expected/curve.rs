//! A smooth function of a positive number, known at points that are even on the log scale.

/// Points of a curve.
const POINTS: u32 = 1_500;
/// Smallest argument: a count that hardly ever is one.
const LEAST: f64 = 1e-3;

/// Linear in the log of the argument between points; constant outside.
pub struct Curve {
    /// ln of the least argument, and points for each unit of ln.
    from: f64,
    per_log: f64,
    values: Vec<f64>,
}

impl Curve {
    /// Of `f` up to `most`.
    pub fn new(most: f64, f: impl Fn(f64) -> f64) -> Curve {
        let from = libm::log(LEAST);
        let per_log = f64::from(POINTS - 1) / (libm::log(most.max(1.0)) - from);
        let values = (0..POINTS).map(|point| f(libm::exp(from + f64::from(point) / per_log))).collect();
        Curve { from, per_log, values }
    }

    /// Its value.
    pub fn at(&self, argument: f64) -> f64 {
        let at = ((libm::log(argument) - self.from) * self.per_log).clamp(0.0, f64::from(POINTS - 1));
        // In range: clamped to the points.
        let point = (at as usize).min(self.values.len() - 2);
        let part = at - point as f64;
        self.values[point] * (1.0 - part) + self.values[point + 1] * part
    }
}
