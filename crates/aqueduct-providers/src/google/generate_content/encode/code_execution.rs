//! Code that the vendor ran in an earlier turn, in the shape in which its answer told it.

use aqueduct_spec::language::{ToolCallPart, ToolResultOutput, ToolResultPart};
use serde_json::Value;

use crate::google::generate_content::wire::{CodeExecutionResult, ExecutableCode, Part};

const TOOL_NAME: &str = "code_execution";

/// The code; `None` if the call is none of this vendor's.
pub(super) fn call(part: &ToolCallPart) -> Option<Part> {
    let text = |name: &str| part.input.get(name).and_then(Value::as_str);
    let (language, code) = (text("language")?, text("code")?);
    let executable_code = ExecutableCode {
        language: language.to_owned(),
        code: code.to_owned(),
        ..ExecutableCode::default()
    };
    (part.tool_name == TOOL_NAME)
        .then(|| Part { executable_code: Some(executable_code), ..Part::default() })
}

/// What the code gave; `None` if it is no result of this vendor's.
pub(super) fn result(part: &ToolResultPart) -> Option<Part> {
    let ToolResultOutput::Json(output) = &part.output else { return None };
    let text = |name: &str| output.value.get(name).and_then(Value::as_str);
    let result = CodeExecutionResult {
        outcome: text("outcome")?.to_owned(),
        output: text("output").map(str::to_owned),
        ..CodeExecutionResult::default()
    };
    (part.tool_name == TOOL_NAME)
        .then(|| Part { code_execution_result: Some(result), ..Part::default() })
}
