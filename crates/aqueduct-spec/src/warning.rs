//! What a provider could not do as asked.

use crate::json::{shape, tagged};

tagged! {
    /// Something that a provider could not do as asked, but went on without.
    pub enum Warning by "type" {
        /// A setting or feature was left out.
        Unsupported(UnsupportedWarning) = "unsupported",
        /// A feature was carried over in another way than asked.
        Compatibility(CompatibilityWarning) = "compatibility",
        /// A setting will go away.
        Deprecated(DeprecatedWarning) = "deprecated",
        /// Anything else.
        Other(OtherWarning) = "other",
    }
}

shape! {
    /// A setting or feature that was left out.
    UnsupportedWarning {
        /// The name of the setting or feature.
        feature: String,
    } {
        /// What to know about it.
        details: String,
    }
}
shape! {
    /// A feature that was carried over in another way than asked.
    CompatibilityWarning {
        /// The name of the setting or feature.
        feature: String,
    } {
        /// What was done instead.
        details: String,
    }
}
shape! {
    /// A setting that will go away.
    DeprecatedWarning {
        /// The setting.
        setting: String,
        /// What to use instead.
        message: String,
    } {}
}
shape! {
    /// A warning without a kind of its own.
    OtherWarning {
        /// The text.
        message: String,
    } {}
}

impl Warning {
    /// A setting or feature was left out.
    pub fn unsupported(feature: impl Into<String>) -> Self {
        UnsupportedWarning::new(feature).into()
    }

    /// A setting or feature was left out, and why.
    pub fn unsupported_because(feature: impl Into<String>, details: impl Into<String>) -> Self {
        let mut warning = UnsupportedWarning::new(feature);
        warning.details = Some(details.into());
        warning.into()
    }

    /// A feature was carried over in another way than asked.
    pub fn compatibility(feature: impl Into<String>, details: impl Into<String>) -> Self {
        let mut warning = CompatibilityWarning::new(feature);
        warning.details = Some(details.into());
        warning.into()
    }

    /// A setting will go away.
    pub fn deprecated(setting: impl Into<String>, message: impl Into<String>) -> Self {
        DeprecatedWarning::new(setting, message).into()
    }

    /// Anything else worth knowing.
    pub fn other(message: impl Into<String>) -> Self {
        OtherWarning::new(message).into()
    }
}
