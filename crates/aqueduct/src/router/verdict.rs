//! What to do about a failed attempt.

use aqueduct_spec::{Error, ErrorKind};

/// What to do about a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may pass: the same again, after a while.
    Again,
    /// The key is out of its limit, which passes: the next one, or this one later.
    NextKey,
    /// The key is no good, or the provider cannot be used with it.
    DropKey,
    /// This target cannot answer this call, whatever the key.
    DropTarget,
    /// No target can: the call is wrong for this model.
    DropModel,
    /// Nobody wants the answer any more.
    GiveUp,
}

impl Verdict {
    /// Judges an error.
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Cancelled => Self::GiveUp,
            ErrorKind::RateLimited if error.is_retryable() => Self::NextKey,
            ErrorKind::RateLimited
            | ErrorKind::Authentication
            | ErrorKind::Forbidden
            | ErrorKind::QuotaExceeded
            | ErrorKind::Configuration => Self::DropKey,
            _ if error.is_retryable() => Self::Again,
            ErrorKind::InvalidRequest | ErrorKind::InvalidPrompt if !is_too_long(error) => {
                Self::DropModel
            }
            _ => Self::DropTarget,
        }
    }
}

/// Whether the prompt is too long for this model; another may take it.
fn is_too_long(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        matches!(
            code,
            "context_length_exceeded"
                | "exceed_context_size_error" // llama.cpp
                | "string_above_max_length"
                | "request_too_large"
        )
    })
}

/// How much an error tells the caller, when several attempts failed in several ways: what is wrong with the call comes first,
/// then what passes with time, and last what only the operator can mend.
pub(crate) fn weight(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Cancelled => 6,
        ErrorKind::InvalidRequest
        | ErrorKind::InvalidPrompt
        | ErrorKind::TooLarge
        | ErrorKind::Unsupported => 5,
        ErrorKind::RateLimited => 4,
        ErrorKind::Provider | ErrorKind::InvalidResponse => 3,
        ErrorKind::Timeout | ErrorKind::Network => 2,
        ErrorKind::Configuration | ErrorKind::Internal => 0,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_verdict() {
        use ErrorKind as K;
        let cases = [
            (K::Cancelled, Verdict::GiveUp),
            (K::RateLimited, Verdict::NextKey),
            (K::Authentication, Verdict::DropKey),
            (K::Forbidden, Verdict::DropKey),
            (K::QuotaExceeded, Verdict::DropKey),
            (K::Configuration, Verdict::DropKey),
            (K::Network, Verdict::Again),
            (K::Timeout, Verdict::Again),
            (K::Provider, Verdict::DropTarget),
            (K::InvalidResponse, Verdict::DropTarget),
            (K::NoSuchModel, Verdict::DropTarget),
            (K::NotFound, Verdict::DropTarget),
            (K::TooLarge, Verdict::DropTarget),
            (K::Unsupported, Verdict::DropTarget),
            (K::InvalidRequest, Verdict::DropModel),
            (K::InvalidPrompt, Verdict::DropModel),
        ];
        for (kind, verdict) in cases {
            assert_eq!(Verdict::of(&Error::new(kind, "")), verdict, "{kind:?}");
        }
        let unavailable =
            Error::new(K::Provider, "").with_status(http::StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(Verdict::of(&unavailable), Verdict::Again);
        let long = Error::invalid_request("").with_code("context_length_exceeded");
        assert_eq!(Verdict::of(&long), Verdict::DropTarget);
    }
}
