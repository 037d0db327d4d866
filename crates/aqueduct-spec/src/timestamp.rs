//! Points in time, written as ISO 8601 with milliseconds.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time with a resolution of one millisecond, `2026-02-11T00:46:38.000Z` in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// Returns the current time.
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Returns the time so many seconds after the start of 1970, which is how most providers date an answer.
    pub fn from_second(second: i64) -> Option<Self> {
        jiff::Timestamp::from_second(second).ok().map(Self)
    }

    /// Returns the time so many milliseconds after the start of 1970.
    pub fn from_millisecond(millisecond: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(millisecond).ok().map(Self)
    }

    /// Returns the milliseconds since the start of 1970.
    pub fn as_millisecond(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Returns the whole seconds since the start of 1970.
    pub fn as_second(self) -> i64 {
        self.0.as_second()
    }

    /// Reads ISO 8601 with an offset or `Z`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(Self)
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(jiff::Timestamp::try_from(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format_args!("'{text}' is not an ISO 8601 date"))
        })
    }
}

/// Reads a date leniently: what is no date is `None`, so that odd metadata never fails an answer.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.as_ref().and_then(serde_json::Value::as_str).and_then(Timestamp::parse))
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn writes_milliseconds_and_reads_offsets() {
        let time = Timestamp::from_second(1_770_770_798).unwrap();
        assert_eq!(time.to_string(), "2026-02-11T00:46:38.000Z");
        assert_eq!(Timestamp::parse("2026-02-11T01:46:38+01:00"), Some(time));
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"2026-02-11T00:46:38.000Z\"");
    }
}
