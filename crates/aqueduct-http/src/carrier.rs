//! What takes requests to the other side, if it is not the network.

use std::fmt;
use std::io;

use aqueduct_spec::{BoxFuture, BoxStream, Error, ErrorKind, Result};
use bytes::Bytes;
use http::{Request, Response};

/// The chunks of an answer that a [`Carrier`] brings.
pub type Chunks = BoxStream<'static, io::Result<Bytes>>;

/// Takes requests to the other side in place of the network: to answers kept in memory, or over another HTTP stack. It is
/// what the setting `fetch` is in the AI SDK. See [`ClientBuilder::carrier`](crate::ClientBuilder::carrier).
///
/// Limits of time and size hold as they do for the network, but those of connecting.
pub trait Carrier: fmt::Debug + Send + Sync {
    /// Takes a request and brings the answer, whatever its status. Dropping the future, or the chunks later, cancels the
    /// exchange.
    ///
    /// # Errors
    /// If there is no answer. Those of I/O are told as errors of the network.
    fn carry(&self, request: Request<Bytes>) -> BoxFuture<'_, io::Result<Response<Chunks>>>;
}

/// The answer as one of the network.
pub(crate) async fn carry(
    carrier: &dyn Carrier,
    request: Request<Bytes>,
    url: &str,
) -> Result<reqwest::Response> {
    match carrier.carry(request).await {
        Ok(response) => Ok(response.map(reqwest::Body::wrap_stream).into()),
        Err(error) => {
            let message = format!("cannot reach the API: {error}");
            Err(Error::new(ErrorKind::Network, message).with_url(url).with_source(error))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::{FutureExt as _, StreamExt as _, stream};

    use super::*;
    use crate::{Client, Secret};

    /// Answers with what it was asked, in chunks of a byte; `/broken` is not answered.
    #[derive(Debug)]
    struct Mirror;

    impl Carrier for Mirror {
        fn carry(&self, request: Request<Bytes>) -> BoxFuture<'_, io::Result<Response<Chunks>>> {
            let (parts, body) = request.into_parts();
            let answer = match parts.uri.path() {
                "/broken" => Err(io::Error::other("no line")),
                _ => {
                    let key = parts.headers["authorization"].to_str().unwrap();
                    let seen = format!("{} {} {key} ", parts.method, parts.uri);
                    let bytes = [seen.as_bytes(), &body].concat();
                    let chunks = bytes.into_iter().map(|byte| Ok(Bytes::from(vec![byte])));
                    Ok(Response::new(stream::iter(chunks.collect::<Vec<_>>()).boxed()))
                }
            };
            async { answer }.boxed()
        }
    }

    fn client() -> Client {
        Client::builder().carrier(Arc::new(Mirror)).build().unwrap()
    }

    #[tokio::test]
    async fn carries_the_whole_request_and_the_answer() {
        let request = client().post("https://api.example.com/v1?a=b").bearer(&Secret::from("sk"));
        let response = request.json(&[1, 2]).send().await.unwrap();
        assert_eq!(response.url(), "https://api.example.com/v1");
        let body = response.bytes().await.unwrap();
        assert_eq!(body, "POST https://api.example.com/v1?a=b Bearer sk [1,2]");
    }

    #[tokio::test]
    async fn a_failure_to_carry_is_one_of_the_network() {
        let error = client().get("https://api.example.com/broken").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network);
        assert!(error.is_retryable());
        assert!(error.to_string().contains("cannot reach the API: no line"), "{error}");
    }
}
