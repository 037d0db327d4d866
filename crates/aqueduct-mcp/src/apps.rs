//! MCP Apps: tools whose results a page of the server's own shows. A host that shows such pages announces it with
//! [`mcp_app_capabilities`], gives the model the tools that are the model's, and the page those that are the page's.
//!
//! Source: <https://github.com/modelcontextprotocol/ext-apps/blob/main/specification/2026-01-26/apps.mdx> (2026-11-24).

use aqueduct::{Error, ErrorKind, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::McpClient;
use crate::model::ToolDefinition;

/// The name of the extension among the capabilities.
pub const MCP_APP_EXTENSION: &str = "io.modelcontextprotocol/ui";

/// The media type of a page.
pub const MCP_APP_MIME_TYPE: &str = "text/html;profile=mcp-app";

/// Where older servers name the page.
const OLDER_RESOURCE: &str = "ui/resourceUri";

/// Who a tool is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Model,
    App,
}

/// The capabilities of a host that shows pages, for [`ClientBuilder::capabilities`](crate::ClientBuilder::capabilities).
pub fn mcp_app_capabilities() -> Value {
    json!({ "extensions": { MCP_APP_EXTENSION: { "mimeTypes": [MCP_APP_MIME_TYPE] } } })
}

/// A page, for a host to show: it is the server's code, so show it where it can reach nothing of the program.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct McpAppResource {
    /// Where it was read.
    pub uri: String,
    /// The page.
    pub html: String,
    /// What it wants of the host (`_meta.ui`): `csp`, `permissions`, `prefersBorder`, …
    pub meta: Option<Value>,
}

/// Tools by whom they are for. One that is for both is in both.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct McpAppTools {
    /// Those that the model may call: all that do not say otherwise.
    pub model: Vec<ToolDefinition>,
    /// Those that a page may call.
    pub app: Vec<ToolDefinition>,
}

/// Parts tools by whom they are for: `_meta.ui.visibility`.
pub fn split_mcp_app_tools(definitions: &[ToolDefinition]) -> McpAppTools {
    let of = |audience| {
        let tools = definitions.iter().filter(|tool| tool.is_for(audience));
        tools.cloned().collect()
    };
    McpAppTools { model: of(Audience::Model), app: of(Audience::App) }
}

impl ToolDefinition {
    fn ui(&self) -> Option<&Value> {
        self.meta.as_ref()?.get("ui").filter(|ui| ui.is_object())
    }

    fn is_for(&self, audience: Audience) -> bool {
        let named = self.ui().and_then(|ui| ui.get("visibility")).and_then(Value::as_array);
        match (named, audience) {
            (None, Audience::Model) => true,
            (None, Audience::App) => false,
            (Some(named), Audience::Model) => named.iter().any(|name| name == "model"),
            (Some(named), Audience::App) => named.iter().any(|name| name == "app"),
        }
    }

    /// Where the page is that shows the tool's results, if it has one.
    ///
    /// # Errors
    /// `InvalidResponse` if it is not a `ui://` URI.
    pub fn mcp_app_resource_uri(&self) -> Result<Option<&str>> {
        let newer = self.ui().and_then(|ui| ui.get("resourceUri"));
        let older = self.meta.as_ref().and_then(|meta| meta.get(OLDER_RESOURCE));
        match newer.or(older) {
            None => Ok(None),
            Some(Value::String(uri)) if uri.starts_with("ui://") => Ok(Some(uri)),
            Some(_) => {
                let message = format!("the page of the MCP tool '{}' is no `ui://` URI", self.name);
                Err(Error::invalid_response(message))
            }
        }
    }
}

impl McpClient {
    /// Reads a page.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`]; `InvalidRequest` if it is not a `ui://` URI; `NotFound` if the server gives
    /// something else; `InvalidResponse` if it is not a page or not text.
    pub async fn read_mcp_app_resource(&self, uri: &str) -> Result<McpAppResource> {
        if !uri.starts_with("ui://") {
            return Err(Error::invalid_request(
                "the URI of a page of MCP Apps begins with `ui://`",
            ));
        }
        let contents = self.read_resource(uri).await?;
        let page = contents.into_iter().find(|content| content.get("uri") == Some(&uri.into()));
        let page = page.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("the MCP server gave no page for '{uri}'"))
        })?;
        page_of(page)
    }
}

fn page_of(mut page: Value) -> Result<McpAppResource> {
    let kind = page.get("mimeType").and_then(Value::as_str).unwrap_or_default();
    if kind != MCP_APP_MIME_TYPE {
        let message = format!("a page of MCP Apps is '{MCP_APP_MIME_TYPE}', not '{kind}'");
        return Err(Error::invalid_response(message));
    }
    let field = |name: &str| page.get(name).and_then(Value::as_str);
    let html = match (field("text"), field("blob")) {
        (Some(text), _) => text.to_owned(),
        (None, Some(blob)) => {
            STANDARD.decode(blob).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(
                || Error::invalid_response("the page of MCP Apps is no text in base64"),
            )?
        }
        (None, None) => return Err(Error::invalid_response("the page of MCP Apps has no text")),
    };
    let uri = field("uri").unwrap_or_default().to_owned();
    let meta = page.get_mut("_meta").and_then(|meta| meta.get_mut("ui")).map(Value::take);
    Ok(McpAppResource { uri, html, meta })
}
