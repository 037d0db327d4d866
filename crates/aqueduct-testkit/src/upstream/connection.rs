//! One connection.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::reply::{Framing, Head, Reply, Step};
use super::request::RecordedRequest;
use super::server::Log;

/// Serves requests until one side closes.
pub(super) async fn serve(mut stream: TcpStream, number: usize, log: Arc<Log>) {
    // Chunks must not wait for each other.
    let _ = stream.set_nodelay(true);
    let mut buffer = BytesMut::new();
    while let Some(request) = RecordedRequest::read(&mut stream, &mut buffer, number).await {
        let reply = log.answer(request);
        match play(&mut stream, &mut buffer, reply).await {
            Ok(After::Next) => {}
            Ok(After::Close) => {
                let _ = stream.shutdown().await;
                return;
            }
            Err(_) => {
                log.disconnected();
                return;
            }
        }
    }
}

enum After {
    Next,
    Close,
}

/// Plays a reply.
///
/// # Errors
/// If the client goes away before its end.
async fn play(stream: &mut TcpStream, buffer: &mut BytesMut, reply: Reply) -> io::Result<After> {
    let framing = reply.framing;
    let is_http = matches!(reply.head, Head::Http { .. });
    let mut head = Some(encode_head(&reply.head, framing));
    for step in reply.steps {
        if matches!(step, Step::Write(_) | Step::Head)
            && let Some(head) = head.take()
        {
            stream.write_all(&head).await?;
        }
        match step {
            Step::Head => {}
            Step::Write(bytes) if framing == Framing::Chunked => {
                // An empty chunk would end the body.
                if !bytes.is_empty() {
                    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
                    chunk.extend_from_slice(&bytes);
                    chunk.extend_from_slice(b"\r\n");
                    stream.write_all(&chunk).await?;
                }
            }
            Step::Write(bytes) => stream.write_all(&bytes).await?,
            Step::Wait(duration) => tokio::select! {
                () = sleep(duration) => {}
                error = gone(stream, buffer) => return Err(error),
            },
            Step::Gate(gate) => tokio::select! {
                () = gate.pass() => {}
                error = gone(stream, buffer) => return Err(error),
            },
            Step::Cut => return Ok(After::Close),
            Step::Stall => return Err(gone(stream, buffer).await),
        }
        stream.flush().await?;
    }
    if let Some(head) = head {
        stream.write_all(&head).await?;
    }
    if framing == Framing::Chunked {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    stream.flush().await?;
    let goes_on = is_http && framing != Framing::UntilClose;
    Ok(if goes_on { After::Next } else { After::Close })
}

/// Waits until the client goes away. What it sends meanwhile is kept for the next request.
async fn gone(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Error {
    loop {
        match stream.read_buf(buffer).await {
            Ok(0) => return io::ErrorKind::ConnectionAborted.into(),
            Ok(_) => {}
            Err(error) => return error,
        }
    }
}

fn encode_head(head: &Head, framing: Framing) -> Vec<u8> {
    let Head::Http { status, headers } = head else { return Vec::new() };
    let reason = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
    let mut text = format!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or("Unknown"));
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&match framing {
        Framing::Chunked => "transfer-encoding: chunked\r\n\r\n".to_owned(),
        Framing::Length(length) => format!("content-length: {length}\r\n\r\n"),
        Framing::UntilClose => "connection: close\r\n\r\n".to_owned(),
    });
    text.into_bytes()
}
