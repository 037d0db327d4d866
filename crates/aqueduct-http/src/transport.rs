//! What can break between here and there.

use std::error::Error as StdError;
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
    Error::new(kind, message).with_url(&origin.url).with_source(error)
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
fn root_cause(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| {
        error.downcast_ref::<E>().or_else(|| {
            // `io::Error` hides the error it carries behind that error's own source.
            error.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref::<E>()
        })
    })
}
