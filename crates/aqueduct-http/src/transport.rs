//! What can break between here and there.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind};

use crate::download::Refused;
use crate::timeouts::Limit;

/// Where an answer comes from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// Without credentials and query.
    pub(crate) url: String,
    pub(crate) connect_timeout: Duration,
}

/// No answer came.
pub(crate) fn connection_error(error: reqwest::Error, origin: &Origin) -> Error {
    let error = error.without_url();
    if let Some(refused) = find::<Refused>(&error) {
        return refused.error().with_url(&origin.url);
    }
    if error.is_connect() && error.is_timeout() {
        return Limit::Connect(origin.connect_timeout).error().with_url(&origin.url);
    }
    let cause = root_cause(&error);
    let (kind, message) = if error.is_builder() {
        (ErrorKind::InvalidRequest, format!("cannot send the request: {cause}"))
    } else if error.is_connect() {
        (ErrorKind::Network, format!("cannot connect to API: {cause}"))
    } else {
        (ErrorKind::Network, format!("the connection to the API broke before it answered: {cause}"))
    };
    let is_retryable = kind == ErrorKind::Network && !is_certificate_refused(&error);
    Error::new(kind, message).with_retryable(is_retryable).with_url(&origin.url).with_source(error)
}

/// A certificate that is not trusted now will not be in two seconds.
fn is_certificate_refused(error: &(dyn StdError + 'static)) -> bool {
    use rustls::Error::{General, InvalidCertificate};
    matches!(find(error), Some(InvalidCertificate(_) | General(_)))
}

/// The answer broke off.
pub(crate) fn cut_error(error: reqwest::Error, origin: &Origin) -> Error {
    let error = error.without_url();
    let message = format!("the answer of the API was cut: {}", root_cause(&error));
    // Set here, because the status of an answer that breaks off is a success.
    Error::new(ErrorKind::Network, message)
        .with_retryable(true)
        .with_url(&origin.url)
        .with_source(error)
}

/// The innermost error says what happened; the others say that something did.
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = inner(cause) {
        cause = next;
    }
    cause.to_string()
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let found = error.downcast_ref::<E>();
    found.or_else(|| find(inner(error)?))
}

/// The next error of the chain. `io::Error` skips the error it carries: its source is that error's source.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(carried) => Some(carried),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_errors_of_io_carry() {
        let inmost = io::Error::other(rustls::Error::General("no roots".to_owned()));
        let error = io::Error::other(io::Error::other(inmost));
        assert!(is_certificate_refused(&error));
        assert_eq!(root_cause(&error), "unexpected error: no roots");
        assert!(!is_certificate_refused(&io::Error::other("reset")));
    }
}
