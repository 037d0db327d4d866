//! Spreads calls over models by weight.

use aqueduct_spec::{BoxFuture, Call, Context, Describe, Model, ModelInfo, Result};

/// Gives each call to one of several models, by chance and in proportion to their weights. Nothing is remembered, so any
/// number of processes share the load without talking to each other.
#[derive(Debug, Clone)]
pub struct Balance<M> {
    first: M,
    first_weight: f64,
    others: Vec<(M, f64)>,
}

impl<M> Balance<M> {
    /// Starts with a model and its weight.
    pub fn new(model: M, weight: f64) -> Self {
        Self { first: model, first_weight: weight, others: Vec::new() }
    }

    /// Adds a model and its weight; one of weight 0 is only asked if all are of weight 0.
    #[must_use]
    pub fn and(mut self, model: M, weight: f64) -> Self {
        self.others.push((model, weight));
        self
    }

    fn pick(&self) -> &M {
        let weights = std::iter::once(self.first_weight)
            .chain(self.others.iter().map(|(_, weight)| *weight))
            .collect::<Vec<_>>();
        let picked = weighted_order(&weights, fastrand::f64).first().copied().unwrap_or(0);
        match picked.checked_sub(1) {
            None => &self.first,
            Some(index) => self.others.get(index).map_or(&self.first, |(model, _)| model),
        }
    }
}

impl<M: Describe> Describe for Balance<M> {
    fn info(&self) -> &ModelInfo {
        self.first.info()
    }
}

impl<C: Call, M: Model<C>> Model<C> for Balance<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        self.pick().call(call, cx)
    }
}

/// Draws all indices, one after the other and in proportion to the weights left; those of weight 0 come last, in order.
///
/// Each index gets an exponential time with its weight as rate, and the earliest comes first: the same as drawing without
/// replacement, in one pass (Efraimidis and Spirakis, 2006).
pub(crate) fn weighted_order(weights: &[f64], mut random: impl FnMut() -> f64) -> Vec<usize> {
    let mut times: Vec<(f64, usize)> = weights
        .iter()
        .enumerate()
        .map(|(index, weight)| {
            let usable = weight.is_finite() && *weight > 0.0;
            let time = if usable {
                -(1.0 - random()).max(f64::MIN_POSITIVE).ln() / weight
            } else {
                f64::MAX
            };
            (time, index)
        })
        .collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    times.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_in_proportion_to_the_weights() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut firsts = [0_u32; 3];
        for _ in 0..10_000 {
            let order = weighted_order(&[1.0, 3.0, 0.0], || random.f64());
            assert_eq!(order.last(), Some(&2), "weight 0 comes last");
            firsts[order[0]] += 1;
        }
        assert!((2300..2700).contains(&firsts[0]), "{firsts:?}");
        assert_eq!(firsts[0] + firsts[1], 10_000);
    }

    #[test]
    fn odd_weights_do_no_harm() {
        let order = weighted_order(&[f64::NAN, -1.0, f64::INFINITY, 1.0], || 0.0);
        assert_eq!(order, [3, 0, 1, 2]);
    }
}
