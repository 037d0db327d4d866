//! What the upstream was asked.

use bytes::{Buf as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A request that is larger is no test.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A request that the upstream received.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The connection it came over, counted from 0.
    pub connection: usize,
}

impl RecordedRequest {
    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A header as text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body of the request is not JSON")
    }

    /// Reads one request; `None` if the other side has none or sends something else.
    pub(super) async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        buffer: &mut BytesMut,
        connection: usize,
    ) -> Option<Self> {
        let head_end = loop {
            if let Some(at) = find(buffer, b"\r\n\r\n") {
                break at;
            }
            more(stream, buffer).await?;
        };
        let head = String::from_utf8(buffer.split_to(head_end).to_vec()).ok()?;
        buffer.advance(4);
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let method = Method::from_bytes(first.next()?.as_bytes()).ok()?;
        let target = first.next()?.to_owned();
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(':')?;
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
        }
        let mut request = Self { method, target, headers, body: Bytes::new(), connection };
        request.body = request.read_body(stream, buffer).await?;
        Some(request)
    }

    async fn read_body(
        &self,
        stream: &mut (impl AsyncRead + Unpin),
        buffer: &mut BytesMut,
    ) -> Option<Bytes> {
        if !self.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
            let length = self.header("content-length").parse().unwrap_or(0);
            return take(stream, buffer, length).await;
        }
        let mut body = BytesMut::new();
        loop {
            let line_end = loop {
                if let Some(at) = find(buffer, b"\r\n") {
                    break at;
                }
                more(stream, buffer).await?;
            };
            let line = buffer.split_to(line_end);
            buffer.advance(2);
            let size = std::str::from_utf8(&line).ok()?.split(';').next()?.trim();
            let size = usize::from_str_radix(size, 16).ok()?;
            body.extend_from_slice(&take(stream, buffer, size).await?);
            take(stream, buffer, 2).await?;
            if size == 0 {
                return Some(body.freeze());
            }
        }
    }
}

fn find(buffer: &[u8], pattern: &[u8]) -> Option<usize> {
    buffer.windows(pattern.len()).position(|window| window == pattern)
}

async fn take(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut BytesMut,
    length: usize,
) -> Option<Bytes> {
    while buffer.len() < length {
        more(stream, buffer).await?;
    }
    Some(buffer.split_to(length).freeze())
}

async fn more(stream: &mut (impl AsyncRead + Unpin), buffer: &mut BytesMut) -> Option<()> {
    if buffer.len() > MAX_BYTES {
        return None;
    }
    match stream.read_buf(buffer).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(()),
    }
}
