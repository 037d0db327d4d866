//! OAuth against a real authorization server and a real MCP server behind it.

use aqueduct::{Client, ErrorKind, Result};
use aqueduct_mcp::{McpClient, MemoryStore, OAuth, OAuthStore as _, StreamableHttp, Unauthorized};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::log::Log;
use crate::node;

const BACK: &str = "http://localhost:8090/callback";

struct Servers {
    root: String,
    http: Client,
    _process: Child,
}

impl Servers {
    async fn start() -> Option<Self> {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/oauth.cjs");
        let mut command = Command::new("node");
        command.args([program, &node::everything()?]);
        let (process, line) = node::start_and_hear(command, "listening").await;
        let root = line.trim().strip_prefix("listening ").unwrap().to_owned();
        let http = Client::builder().no_proxy().build().unwrap();
        Some(Self { root, http, _process: process })
    }

    fn oauth(&self, store: &MemoryStore) -> OAuth {
        let url = format!("{}/mcp", self.root);
        let oauth = OAuth::builder(url, BACK).client(self.http.clone()).client_name("A test");
        oauth.store(store.clone()).build().unwrap()
    }

    async fn connect(&self, oauth: &OAuth) -> Result<McpClient> {
        let transport = StreamableHttp::new(format!("{}/mcp", self.root));
        McpClient::connect(transport.client(self.http.clone()).oauth(oauth)).await
    }

    /// Does as the browser does of a user who agrees to everything.
    async fn browse(&self, url: &str) -> String {
        let response = self.http.get(url).send().await.unwrap();
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn set(&self, what: &str) {
        let url = format!("{}/test/{what}", self.root);
        assert!(self.http.post(&url).send().await.unwrap().status().is_success());
    }

    async fn happened(&self) -> Value {
        let url = format!("{}/test", self.root);
        self.http.get(&url).send().await.unwrap().json().await.unwrap().value
    }
}

async fn who_am_i(client: &McpClient) -> Result<String> {
    let answer = client.call_tool("whoami", Default::default()).await?;
    Ok(answer.content.unwrap()[0]["text"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_user_allows_it_and_tokens_are_kept_fresh() {
    let Some(servers) = Servers::start().await else { return };
    let log = Log::begin();
    let store = MemoryStore::default();
    let oauth = servers.oauth(&store);

    let error = servers.connect(&oauth).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
    assert!(error.message().contains("`OAuth::authorize`"), "{error}");
    assert!(std::error::Error::source(&error).unwrap().is::<Unauthorized>());

    let url = oauth.authorize().await.unwrap();
    assert!(url.contains("code_challenge_method=S256") && url.contains("state="), "{url}");
    let came_back = servers.browse(&url).await;
    oauth.finish(&came_back).await.unwrap();
    let client = servers.connect(&oauth).await.unwrap();
    assert!(who_am_i(&client).await.unwrap().contains("mcp:tools"));
    assert_eq!(servers.happened().await["resources"][0], format!("{}/mcp", servers.root));

    // A token that the server takes no more is renewed, and the call sent again.
    servers.set("revoke").await;
    who_am_i(&client).await.unwrap();
    assert_eq!(servers.happened().await["refreshes"], 1);

    // Another process with the same store needs no user, and renews what is about to end.
    servers.set("revoke").await;
    servers.set("short").await;
    let later = servers.oauth(&store);
    who_am_i(&servers.connect(&later).await.unwrap()).await.unwrap();
    let happened = servers.happened().await;
    assert!(happened["refreshes"].as_u64().unwrap() > 2, "{happened}");
    assert_eq!((&happened["registrations"], &happened["exchanges"]), (&1.into(), &1.into()));

    // When nothing helps, the user is needed.
    servers.set("revoke-all").await;
    let error = who_am_i(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
    // The program is still registered.
    let came_back_again = servers.browse(&oauth.authorize().await.unwrap()).await;
    oauth.finish(&came_back_again).await.unwrap();
    assert_eq!(servers.happened().await["registrations"], 1);

    let shown = format!("{oauth:?} {client:?} {store:?} {error:?} {error}");
    let log = log.text();
    let tokens = store.load("tokens").await.unwrap().unwrap();
    let tokens: Value = serde_json::from_str(tokens.expose()).unwrap();
    let token = tokens["token_response"]["access_token"].as_str().unwrap();
    for secret in ["access-", "refresh-", "code-", "id-token-secret", token] {
        assert!(!shown.contains(secret) && !log.contains(secret), "{secret}\n{shown}\n{log}");
    }
}

#[tokio::test]
async fn one_process_begins_and_another_ends() {
    let Some(servers) = Servers::start().await else { return };
    let store = MemoryStore::default();
    let came_back = servers.browse(&servers.oauth(&store).authorize().await.unwrap()).await;
    let other = servers.oauth(&store);
    assert!(!other.is_authorized().await.unwrap());
    other.finish(&came_back).await.unwrap();
    assert!(other.is_authorized().await.unwrap());
    who_am_i(&servers.connect(&other).await.unwrap()).await.unwrap();
    other.sign_out().await.unwrap();
    assert_eq!(servers.connect(&other).await.unwrap_err().kind(), ErrorKind::Authentication);
}

#[tokio::test]
async fn what_comes_back_is_checked() {
    let Some(servers) = Servers::start().await else { return };
    let store = MemoryStore::default();
    let oauth = servers.oauth(&store);
    let came_back = servers.browse(&oauth.authorize().await.unwrap()).await;
    let (before, _) = came_back.split_once("state=").unwrap();
    let forged = format!("{before}state=forged");
    for (url, kind) in [
        (forged.as_str(), ErrorKind::Authentication),
        (&came_back.replace("code=", "code=x"), ErrorKind::Authentication),
        ("http://localhost:8090/callback?code=1", ErrorKind::InvalidRequest),
        ("no url", ErrorKind::InvalidRequest),
    ] {
        assert_eq!(oauth.finish(url).await.unwrap_err().kind(), kind, "{url}");
    }
    // A state is good for one try.
    let error = oauth.finish(&came_back).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    servers.set("deny").await;
    let came_back = servers.browse(&oauth.authorize().await.unwrap()).await;
    let error = oauth.finish(&came_back).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.message().contains("the user said no"), "{error}");
    assert!(!oauth.is_authorized().await.unwrap());
}

#[test]
fn settings_are_checked() {
    let build = |server: &str, back: &str| OAuth::builder(server, back).build();
    assert_eq!(build("nothing", BACK).unwrap_err().kind(), ErrorKind::Configuration);
    assert_eq!(build("https://a.example", "x").unwrap_err().kind(), ErrorKind::Configuration);
    let lonely = OAuth::builder("https://a.example", BACK).client_secret("s").build();
    assert!(lonely.unwrap_err().message().contains("client_id"));
    let insecure =
        OAuth::builder("https://a.example", BACK).client_metadata_url("http://b.example/c").build();
    assert_eq!(insecure.unwrap_err().kind(), ErrorKind::Configuration);
}
