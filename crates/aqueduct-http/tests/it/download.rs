//! Downloads and their guard.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use aqueduct_http::{Client, Downloader, Resolver};
use aqueduct_spec::{BoxFuture, ErrorKind};
use http::HeaderMap;

use crate::server::{Server, answer};

/// Every name under `.test` is this machine, as a hostile name server could say.
#[derive(Debug)]
struct Loopback;

impl Resolver for Loopback {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let found = host.ends_with(".test").then(|| vec![IpAddr::from([127, 0, 0, 1])]);
        Box::pin(async move { Ok(found.unwrap_or_default()) })
    }
}

/// Allows `ok.test` and the names below it.
fn downloader() -> Downloader {
    let client = Client::builder().resolver(Arc::new(Loopback)).build().unwrap();
    Downloader::new(&client).allow_host("ok.test").allow_host("*.ok.test")
}

fn redirect_to(location: &str) -> String {
    answer("302 Found", &format!("location: {location}\r\n"), "")
}

#[tokio::test]
async fn downloads_from_an_allowed_host() {
    let text = answer("200 OK", "content-type: Image/PNG; q=1\r\n", "png");
    let mut server = Server::answer([text]).await;
    let download = downloader().download(&server.url_at("ok.test", "/a.png?x=1#f")).await.unwrap();
    assert_eq!(download.bytes, "png");
    assert_eq!(download.media_type.as_deref(), Some("image/png"));
    assert!(server.request().await.starts_with("GET /a.png?x=1 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn refuses_a_name_that_resolves_to_a_private_address() {
    let mut server = Server::answer([answer("200 OK", "", "secret")]).await;
    for host in ["evil.test", "127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]"] {
        let error = downloader().download(&server.url_at(host, "/?key=sk-1")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{host}: {error}");
        assert!(!error.is_retryable());
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("sk-1"), "{shown}");
    }
    assert_eq!(server.untaken_requests(), 0);
}

#[tokio::test]
async fn judges_every_redirect_anew() {
    let cases = [
        ("http://evil.test:{port}/", ErrorKind::Forbidden),
        ("//evil.test:{port}/", ErrorKind::Forbidden),
        ("http://127.0.0.1:{port}/", ErrorKind::Forbidden),
        ("http://2130706433:{port}/", ErrorKind::Forbidden),
        ("file:///etc/passwd", ErrorKind::InvalidRequest),
        ("data:text/plain,x", ErrorKind::InvalidRequest),
        ("http://me:pw@ok.test:{port}/", ErrorKind::InvalidRequest),
        ("http://[", ErrorKind::InvalidResponse),
    ];
    for (location, kind) in cases {
        let placeholder = Server::answer([]).await;
        let location = location.replace("{port}", &placeholder.address.port().to_string());
        let mut server = Server::answer([redirect_to(&location)]).await;
        let error = downloader().download(&server.url_at("ok.test", "/")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{location}: {error}");
        assert_eq!(server.untaken_requests(), 1);
    }
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let mut second = Server::answer([answer("200 OK", "", "file")]).await;
    let away = redirect_to(&second.url_at("cdn.ok.test", "/file"));
    let mut first = Server::answer([redirect_to("/next"), away]).await;
    let mut headers = HeaderMap::new();
    headers.insert("x-goog-api-key", "sk-1".parse().unwrap());
    let download =
        downloader().download_with(&first.url_at("ok.test", "/"), &headers).await.unwrap();
    assert_eq!(download.bytes, "file");
    assert!(first.request().await.contains("x-goog-api-key: sk-1\r\n"));
    let again = first.request().await;
    assert!(
        again.starts_with("GET /next ") && again.contains("x-goog-api-key: sk-1\r\n"),
        "{again}"
    );
    assert!(!second.request().await.contains("sk-1"));
}

#[tokio::test]
async fn redirects_come_to_an_end() {
    let mut server = Server::answer(vec![redirect_to("/again"); 4]).await;
    let downloader = downloader().with_max_redirects(2);
    let error = downloader.download(&server.url_at("ok.test", "/")).await.unwrap_err();
    assert_eq!(error.message(), "cannot download the file: more than 2 redirects");
    assert_eq!(server.untaken_requests(), 3);
}

#[tokio::test]
async fn files_have_a_largest_size() {
    let unannounced = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n0123456789".to_owned();
    for text in [answer("200 OK", "", "0123456789"), unannounced] {
        let server = Server::answer([text.clone(), text]).await;
        let url = server.url_at("ok.test", "/");
        let error = downloader().with_max_bytes(9).download(&url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!(
            downloader().with_max_bytes(10).download(&url).await.unwrap().bytes,
            "0123456789"
        );
    }
}

#[tokio::test]
async fn a_file_servers_refusal_is_not_the_providers() {
    let cases = [
        ("401 Unauthorized", ErrorKind::InvalidRequest, false),
        ("404 Not Found", ErrorKind::InvalidRequest, false),
        ("503 Service Unavailable", ErrorKind::Network, true),
    ];
    for (status, kind, retryable) in cases {
        let server = Server::answer([answer(status, "", "")]).await;
        let error = downloader().download(&server.url_at("ok.test", "/")).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status}");
        assert_eq!(error.message(), format!("cannot download the file: {status}"));
    }
}

#[tokio::test]
async fn other_urls_are_decoded_or_refused() {
    let download = downloader().download("data:text/plain;base64,aGk=").await.unwrap();
    assert_eq!(download.bytes, "hi");
    for url in ["file:///etc/passwd", "ftp://ok.test/", "http://u:p@ok.test/", "no url", ""] {
        let error = downloader().download(url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{url}");
    }
    let error = downloader().download("http://unknown.example/").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(
        error.message(),
        "cannot download the file: cannot connect: the name has no address"
    );
}
