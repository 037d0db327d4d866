//! Questions in place of an answer: since 2026-07-28 a server that needs the user says so in the result, and the call is made
//! again with what the user said.
//! Source: <https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation> (2026-11-24).

use aqueduct::{Error, Result};
use serde_json::{Map, Value};

use crate::rpc::Elicit;

/// How often a call is made again with answers.
pub(super) const MAX_ROUNDS: usize = 10;

/// Whether the result is a question.
pub(super) fn is_question(result: &Value) -> bool {
    result.get("resultType").is_some_and(|kind| kind == "input_required")
}

/// Asks the user and adds the answers to the parameters of the call.
pub(super) async fn answer(
    mut question: Value,
    params: &mut Map<String, Value>,
    elicit: Option<&Elicit>,
) -> Result<()> {
    let mut answers = Map::new();
    if let Some(Value::Object(requests)) = question.get_mut("inputRequests").map(Value::take) {
        for (name, mut request) in requests {
            let method = request.get("method").and_then(Value::as_str).unwrap_or_default();
            let ("elicitation/create", Some(elicit)) = (method, elicit) else {
                let message =
                    format!("the MCP server asks for {method}, which nothing here answers");
                return Err(Error::invalid_request(message));
            };
            let asked = request.get_mut("params").map(Value::take).unwrap_or_default();
            answers.insert(name, elicit(asked).await?);
        }
    }
    if !answers.is_empty() {
        params.insert("inputResponses".to_owned(), Value::Object(answers));
    }
    match question.get_mut("requestState").map(Value::take) {
        Some(state) => params.insert("requestState".to_owned(), state),
        None => params.shift_remove("requestState"),
    };
    Ok(())
}
