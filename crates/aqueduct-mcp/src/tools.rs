//! A server's tools as tools of Aqueduct.

use std::collections::BTreeMap;

use aqueduct::spec::JsonObject;
use aqueduct::spec::language::ToolResultOutput;
use aqueduct::{Error, Result, Tool, ToolContext};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::client::McpClient;
use crate::model::{CallToolResult, ToolDefinition};

impl McpClient {
    /// All of the server's tools.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn tools(&self) -> Result<Vec<Tool>> {
        Ok(self.tools_from_definitions(&self.list_tools().await?))
    }

    /// Those of the server's tools that the program has an input schema for, with that schema.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn tools_with_schemas(&self, schemas: &BTreeMap<String, Value>) -> Result<Vec<Tool>> {
        let definitions = self.list_tools().await?;
        let known = definitions.iter().filter_map(|definition| {
            Some(self.tool(definition).schema(schemas.get(&definition.name)?.clone()))
        });
        Ok(known.collect())
    }

    /// Makes tools of definitions that were listed before, without asking the server.
    pub fn tools_from_definitions(&self, definitions: &[ToolDefinition]) -> Vec<Tool> {
        definitions.iter().map(|definition| self.tool(definition)).collect()
    }

    fn tool(&self, definition: &ToolDefinition) -> Tool {
        let (client, name) = (self.clone(), definition.name.clone());
        let execute = move |input: Value, _: ToolContext| {
            let (client, name) = (client.clone(), name.clone());
            async move {
                let Value::Object(arguments) = input else {
                    return Err(Error::invalid_request("the input of an MCP tool is an object"));
                };
                client.call_tool(&name, arguments).await
            }
        };
        let mut metadata = JsonObject::new();
        metadata.insert("clientName".to_owned(), self.name().into());
        metadata.insert("toolName".to_owned(), definition.name.as_str().into());
        let annotated = definition.annotations.as_ref().and_then(|known| known.get("title"));
        let title = definition.title.as_deref().or(annotated.and_then(Value::as_str));
        let mut tool = Tool::dynamic(&definition.name, schema(definition), execute)
            .to_model_output(model_output);
        if let Some(title) = title {
            metadata.insert("title".to_owned(), title.into());
            tool = tool.title(title);
        }
        if let Some(annotations) = &definition.annotations {
            metadata.insert("annotations".to_owned(), annotations.clone());
        }
        if let Some(meta) = &definition.meta {
            metadata.insert("_meta".to_owned(), meta.clone());
        }
        if let Some(description) = &definition.description {
            tool = tool.description(description);
        }
        if let Some(schema) = &definition.output_schema {
            tool = tool.output_schema(schema.clone());
        }
        tool.metadata(metadata)
    }
}

impl CallToolResult {
    /// The result as a type: its structured content or, from servers that have none, its first text read as JSON. Whether it
    /// fits the tool's output schema is for the type to say.
    ///
    /// # Errors
    /// `InvalidResponse` if the tool failed, or gave nothing of that form.
    pub fn structured<T: DeserializeOwned>(&self) -> Result<T> {
        if self.is_error == Some(true) {
            return Err(Error::invalid_response("the MCP tool failed, so that its result is none"));
        }
        let mut parts = self.content.as_deref().unwrap_or_default().iter();
        let text = parts.find_map(|part| part.get("text").and_then(Value::as_str));
        let read = match (&self.structured_content, text) {
            (Some(content), _) => T::deserialize(content),
            (None, Some(text)) => serde_json::from_str(text),
            (None, None) => {
                let message = "the MCP tool gave neither structured content nor text";
                return Err(Error::invalid_response(message));
            }
        };
        read.map_err(|error| {
            let message = format!("the result of the MCP tool is not what was expected: {error}");
            Error::invalid_response(message).with_source(error)
        })
    }
}

fn schema(definition: &ToolDefinition) -> Value {
    let mut schema = match &definition.input_schema {
        Value::Object(schema) => schema.clone(),
        _ => Map::from_iter([("type".to_owned(), "object".into())]),
    };
    schema.entry("properties").or_insert_with(|| json!({}));
    schema.insert("additionalProperties".to_owned(), false.into());
    Value::Object(schema)
}

/// Text and images as they are, other parts as the text of their JSON.
fn model_output(output: &Value) -> ToolResultOutput {
    let result = serde_json::from_value::<CallToolResult>(output.clone()).ok();
    let Some(parts) = result.and_then(|result| result.content) else {
        return ToolResultOutput::json(output.clone());
    };
    let parts: Vec<Value> = parts.iter().map(model_part).collect();
    serde_json::from_value(json!({ "type": "content", "value": parts }))
        .unwrap_or_else(|_| ToolResultOutput::json(output.clone()))
}

fn model_part(part: &Value) -> Value {
    let field = |name: &str| part.get(name).and_then(Value::as_str);
    match (field("type"), field("text"), field("data"), field("mimeType")) {
        (Some("text"), Some(text), ..) => json!({ "type": "text", "text": text }),
        (Some("image"), _, Some(data), Some(media_type)) => json!({
            "type": "file", "mediaType": media_type, "data": { "type": "data", "data": data },
        }),
        _ => json!({ "type": "text", "text": part.to_string() }),
    }
}
