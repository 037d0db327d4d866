//! A pipe to a server that tells when the client hangs up, and can cut the answer off.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the pipe does to an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Flow {
    /// Nothing.
    Whole,
    /// Closes the connection after that many bytes.
    CutAfter(usize),
}

/// A pipe to a server.
#[derive(Debug)]
pub(crate) struct Tap {
    /// Where the pipe begins.
    pub(crate) url: String,
    hung_up: Arc<Notify>,
}

impl Tap {
    /// Lays a pipe to a server that `url` names, for as long as the test's runtime lives.
    pub(crate) async fn new(url: &str, flow: Flow) -> Self {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tap = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            hung_up: Arc::default(),
        };
        let hung_up = Arc::clone(&tap.hung_up);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let hung_up = Arc::clone(&hung_up);
                tokio::spawn(async move {
                    if pass(client, server, flow).await == End::Client {
                        hung_up.notify_one();
                    }
                });
            }
        });
        tap
    }

    /// Waits until a client closes a connection that the server would have kept open.
    pub(crate) fn hung_up(&self) -> impl Future<Output = ()> + Send + 'static {
        let hung_up = Arc::clone(&self.hung_up);
        async move { hung_up.notified().await }
    }
}

/// Who ended a connection.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Client,
    Server,
    Pipe,
}

async fn pass(mut client: TcpStream, mut server: TcpStream, flow: Flow) -> End {
    let (mut asked, mut answered) = ([0; 4096], [0; 4096]);
    let mut left = match flow {
        Flow::Whole => usize::MAX,
        Flow::CutAfter(bytes) => bytes,
    };
    while left > 0 {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(0) | Err(_) => return End::Client,
                Ok(length) => {
                    if server.write_all(&asked[..length]).await.is_err() {
                        return End::Server;
                    }
                }
            },
            read = server.read(&mut answered) => match read {
                Ok(0) | Err(_) => return End::Server,
                Ok(length) => {
                    let length = length.min(left);
                    left -= length;
                    if client.write_all(&answered[..length]).await.is_err() {
                        return End::Client;
                    }
                }
            },
        }
    }
    End::Pipe
}
