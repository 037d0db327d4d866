//! Numbers within their bounds.

use aqueduct_spec::json;
use serde_json::Value;

/// The bounds of a number.
struct Bounds {
    least: f64,
    most: f64,
    /// Whether the bounds themselves are outside.
    open_below: bool,
    open_above: bool,
    step: Option<f64>,
}

impl Bounds {
    fn of(schema: &Value) -> Self {
        let get = |word: &str| schema.get(word).and_then(Value::as_f64);
        // In draft 4 `exclusiveMinimum` is a flag beside `minimum`.
        let flag = |word: &str| schema.get(word) == Some(&Value::Bool(true));
        let least = get("minimum").unwrap_or(f64::NEG_INFINITY);
        let most = get("maximum").unwrap_or(f64::INFINITY);
        let above = get("exclusiveMinimum").unwrap_or(f64::NEG_INFINITY);
        let below = get("exclusiveMaximum").unwrap_or(f64::INFINITY);
        Self {
            least: least.max(above),
            most: most.min(below),
            open_below: above >= least || flag("exclusiveMinimum"),
            open_above: below <= most || flag("exclusiveMaximum"),
            step: get("multipleOf").filter(|step| *step > 0.0),
        }
    }

    fn holds(&self, value: f64) -> bool {
        (if self.open_below { value > self.least } else { value >= self.least })
            && (if self.open_above { value < self.most } else { value <= self.most })
    }

    /// The smallest multiple of `step` that holds, or the greatest if there is no smallest.
    fn multiple(&self, step: f64, variant: f64) -> f64 {
        let offset = variant * step;
        if self.holds(step + offset) {
            return step + offset;
        }
        if self.least.is_finite() {
            let first = (self.least / step).ceil() * step;
            let first = if self.holds(first) { first } else { first + step };
            return if self.holds(first + offset) { first + offset } else { first };
        }
        let last = (self.most / step).floor() * step;
        let last = if self.holds(last) { last } else { last - step };
        last - offset
    }
}

/// Returns a whole number.
#[expect(clippy::cast_precision_loss, reason = "variants are few")]
pub(super) fn integer(schema: &Value, variant: usize) -> Value {
    let bounds = Bounds::of(schema);
    let step = bounds.step.map_or(1.0, |step| {
        // A step of 0.5 allows every whole number, a step of 1.5 every third.
        (1..=1000)
            .map(|factor| step * f64::from(factor))
            .find(|multiple| multiple.fract() == 0.0)
            .unwrap_or(step)
    });
    json::number(bounds.multiple(step, variant as f64))
}

/// Returns a number.
#[expect(clippy::cast_precision_loss, reason = "variants are few")]
pub(super) fn number(schema: &Value, variant: usize) -> Value {
    let bounds = Bounds::of(schema);
    if let Some(step) = bounds.step {
        return json::number(bounds.multiple(step, variant as f64));
    }
    let usual = 1.5 + variant as f64;
    let span = bounds.most - bounds.least;
    let value = if bounds.holds(usual) {
        usual
    } else if span.is_finite() {
        // Each variant halves the way to the upper bound.
        bounds.most - span / 2.0_f64.powi(1 + i32::try_from(variant).unwrap_or(i32::MAX).min(40))
    } else if bounds.least.is_finite() {
        bounds.least + usual
    } else {
        bounds.most - usual
    };
    json::number(value)
}
