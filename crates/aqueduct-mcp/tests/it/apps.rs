//! MCP Apps.

use aqueduct::ErrorKind;
use aqueduct_mcp::{
    MCP_APP_MIME_TYPE, McpClient, ToolDefinition, mcp_app_capabilities, split_mcp_app_tools,
};
use serde_json::{Value, json};

use crate::mock::{result, server_with};

fn tool(name: &str, meta: Value) -> ToolDefinition {
    serde_json::from_value(json!({ "name": name, "inputSchema": {}, "_meta": meta })).unwrap()
}

fn names(tools: &[ToolDefinition]) -> Vec<&str> {
    tools.iter().map(|tool| tool.name.as_str()).collect()
}

#[test]
fn tools_are_parted_by_whom_they_are_for() {
    let tools = [
        tool("plain", json!(null)),
        tool("shown", json!({ "ui": { "resourceUri": "ui://a" } })),
        tool("both", json!({ "ui": { "visibility": ["model", "app"] } })),
        tool("page", json!({ "ui": { "visibility": ["app"] }, "ui/resourceUri": "ui://b" })),
        tool("nobody", json!({ "ui": { "visibility": [] } })),
    ];
    let parted = split_mcp_app_tools(&tools);
    assert_eq!(names(&parted.model), ["plain", "shown", "both"]);
    assert_eq!(names(&parted.app), ["both", "page"]);
    let pages: Vec<_> = tools.iter().map(|tool| tool.mcp_app_resource_uri().unwrap()).collect();
    assert_eq!(pages, [None, Some("ui://a"), None, Some("ui://b"), None]);
    let elsewhere = tool("x", json!({ "ui": { "resourceUri": "https://example.com" } }));
    assert_eq!(elsewhere.mcp_app_resource_uri().unwrap_err().kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn a_page_is_read() {
    let server = server_with(json!({ "resources": {} }), |message| {
        let uri = message["params"]["uri"].as_str().unwrap_or_default();
        let content = match uri {
            "ui://text" => json!({ "uri": uri, "mimeType": MCP_APP_MIME_TYPE, "text": "<p>",
                "_meta": { "ui": { "csp": { "connectDomains": ["a.example"] }, "new": 1 } } }),
            "ui://blob" => json!({ "uri": uri, "mimeType": MCP_APP_MIME_TYPE, "blob": "PHA+" }),
            "ui://other" => json!({ "uri": uri, "mimeType": "text/html", "text": "<p>" }),
            _ => json!({ "uri": "ui://text", "mimeType": MCP_APP_MIME_TYPE, "text": "" }),
        };
        result(message, &json!({ "contents": [content] }))
    });
    let client =
        McpClient::connect(server.clone()).capabilities(mcp_app_capabilities()).await.unwrap();
    let announced = &server.received()[0]["params"]["capabilities"];
    assert_eq!(
        announced["extensions"]["io.modelcontextprotocol/ui"]["mimeTypes"],
        json!([MCP_APP_MIME_TYPE])
    );
    let page = client.read_mcp_app_resource("ui://text").await.unwrap();
    assert_eq!((page.uri.as_str(), page.html.as_str()), ("ui://text", "<p>"));
    assert_eq!(page.meta.unwrap(), json!({ "csp": { "connectDomains": ["a.example"] }, "new": 1 }));
    assert_eq!(client.read_mcp_app_resource("ui://blob").await.unwrap().html, "<p>");
    for (uri, kind) in [
        ("ui://other", ErrorKind::InvalidResponse),
        ("ui://none", ErrorKind::NotFound),
        ("https://example.com", ErrorKind::InvalidRequest),
    ] {
        assert_eq!(client.read_mcp_app_resource(uri).await.unwrap_err().kind(), kind, "{uri}");
    }
}
