//! Least squares for a handful of parameters. Must not know what they are.

/// The normal equations of a weighted least-squares fit.
#[derive(Clone, Debug)]
pub(super) struct Normal {
    size: usize,
    matrix: Vec<f64>,
    right: Vec<f64>,
}

impl Normal {
    /// For so many parameters.
    pub fn new(size: usize) -> Normal {
        Normal { size, matrix: vec![0.0; size * size], right: vec![0.0; size] }
    }

    /// Adds an observation: its row of the design, what is observed, its weight.
    pub fn add(&mut self, row: &[f64], observed: f64, weight: f64) {
        for (i, left) in row.iter().enumerate() {
            self.right[i] += weight * left * observed;
            for (j, right) in row.iter().enumerate() {
                self.matrix[i * self.size + j] += weight * left * right;
            }
        }
    }

    /// The parameters, by Cholesky's method; `None` where the observations do not determine them.
    pub fn solve(mut self) -> Option<Vec<f64>> {
        let n = self.size;
        for j in 0..n {
            let scale = self.matrix[j * n + j];
            for i in j..n {
                let dot: f64 = (0..j).map(|k| self.matrix[i * n + k] * self.matrix[j * n + k]).sum();
                let rest = self.matrix[i * n + j] - dot;
                if i > j {
                    self.matrix[i * n + j] = rest / self.matrix[j * n + j];
                } else if rest <= 1e-10 * scale {
                    return None;
                } else {
                    self.matrix[j * n + j] = libm::sqrt(rest);
                }
            }
        }
        let mut x = self.right;
        for i in 0..n {
            let dot: f64 = (0..i).map(|k| self.matrix[i * n + k] * x[k]).sum();
            x[i] = (x[i] - dot) / self.matrix[i * n + i];
        }
        for i in (0..n).rev() {
            let dot: f64 = (i + 1..n).map(|k| self.matrix[k * n + i] * x[k]).sum();
            x[i] = (x[i] - dot) / self.matrix[i * n + i];
        }
        Some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_and_a_double_column_is_not_determined() {
        let mut line = Normal::new(2);
        (0..5).for_each(|x| line.add(&[1.0, f64::from(x)], 3.0 - 2.0 * f64::from(x), 1.0 + f64::from(x)));
        let found = line.solve().expect("two points determine it");
        assert!((found[0] - 3.0).abs() < 1e-12 && (found[1] + 2.0).abs() < 1e-12, "{found:?}");
        let mut double = Normal::new(2);
        (0..5).for_each(|x| double.add(&[f64::from(x), f64::from(x)], 1.0, 1.0));
        assert_eq!(double.solve(), None);
    }
}
