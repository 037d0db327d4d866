//! The pieces of a message for a user interface, as they go over the wire.

use aqueduct_spec::json::{present, shape, tagged};
use aqueduct_spec::language::{InputEncoding, UnifiedFinishReason};
use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde_json::Value;

tagged! {
    /// A piece of a message for a user interface.
    ///
    /// Chunks of kinds that this version does not know are kept and written back as they came.
    ///
    /// Source: <https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol> (`UIMessageChunk`, 2026-08).
    pub enum UiMessageChunk by "type" {
        /// The message begins.
        Start(StartChunk) = "start",
        /// A step begins.
        StartStep(StartStepChunk) = "start-step",
        /// A step is complete.
        FinishStep(FinishStepChunk) = "finish-step",
        /// What the step has shown so far is void: it is tried again.
        ResetStep(ResetStepChunk) = "reset-step",
        /// A block of text begins.
        TextStart(TextStartChunk) = "text-start",
        /// More of a block of text.
        TextDelta(TextDeltaChunk) = "text-delta",
        /// A block of text ends.
        TextEnd(TextEndChunk) = "text-end",
        /// A block of reasoning begins.
        ReasoningStart(ReasoningStartChunk) = "reasoning-start",
        /// More of a block of reasoning.
        ReasoningDelta(ReasoningDeltaChunk) = "reasoning-delta",
        /// A block of reasoning ends.
        ReasoningEnd(ReasoningEndChunk) = "reasoning-end",
        /// Something only one provider has.
        Custom(CustomChunk) = "custom",
        /// The input of a tool begins.
        ToolInputStart(ToolInputStartChunk) = "tool-input-start",
        /// More of a tool's input.
        ToolInputDelta(ToolInputDeltaChunk) = "tool-input-delta",
        /// The input of a tool, whole.
        ToolInputAvailable(ToolInputAvailableChunk) = "tool-input-available",
        /// The input of a tool cannot be used.
        ToolInputError(ToolInputErrorChunk) = "tool-input-error",
        /// A tool call waits for somebody's leave, or a rule has decided.
        ToolApprovalRequest(ToolApprovalRequestChunk) = "tool-approval-request",
        /// Whether a tool may run.
        ToolApprovalResponse(ToolApprovalResponseChunk) = "tool-approval-response",
        /// The result of a tool.
        ToolOutputAvailable(ToolOutputAvailableChunk) = "tool-output-available",
        /// A tool call gave no result.
        ToolOutputError(ToolOutputErrorChunk) = "tool-output-error",
        /// A tool call was refused and did not run.
        ToolOutputDenied(ToolOutputDeniedChunk) = "tool-output-denied",
        /// A page where something was found.
        SourceUrl(SourceUrlChunk) = "source-url",
        /// A document where something was found.
        SourceDocument(SourceDocumentChunk) = "source-document",
        /// A file.
        File(FileChunk) = "file",
        /// A file that belongs to the reasoning.
        ReasoningFile(ReasoningFileChunk) = "reasoning-file",
        /// Something went wrong.
        Error(ErrorChunk) = "error",
        /// What the program notes about the message.
        MessageMetadata(MessageMetadataChunk) = "message-metadata",
        /// The message is complete.
        Finish(FinishChunk) = "finish",
        /// Somebody gave up on the message.
        Abort(AbortChunk) = "abort",
    }
    families {
        /// Data of the program's own.
        Data(DataChunk) = "data-",
    }
}

shape! {
    /// The message begins.
    #[derive(Default)]
    StartChunk {} {
        /// The id of the message.
        message_id: String,
        /// What the program notes about the message.
        message_metadata: Value,
    }
}
shape! {
    /// A step begins.
    #[derive(Default)]
    StartStepChunk {} {}
}
shape! {
    /// A step is complete.
    #[derive(Default)]
    FinishStepChunk {} {}
}
shape! {
    /// What the step has shown so far is void: it is tried again.
    #[derive(Default)]
    ResetStepChunk {} {}
}
shape! {
    /// A block of text begins.
    TextStartChunk {
        /// The block.
        id: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// More of a block of text.
    TextDeltaChunk {
        /// The block.
        id: String,
        /// What is added to it.
        delta: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A block of text ends.
    TextEndChunk {
        /// The block.
        id: String,
    } {
        /// What supports the text: sources, and which of its characters each is about.
        citations: Vec<JsonObject>,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A block of reasoning begins.
    ReasoningStartChunk {
        /// The block.
        id: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// More of a block of reasoning.
    ReasoningDeltaChunk {
        /// The block.
        id: String,
        /// What is added to it.
        delta: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A block of reasoning ends.
    ReasoningEndChunk {
        /// The block.
        id: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// Something only one provider has; its content is in the metadata.
    CustomChunk {
        /// What it is: `<provider>.<kind>`.
        kind: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A page where something was found.
    SourceUrlChunk {
        /// The id of the source.
        source_id: String,
        /// The page's URL.
        url: String,
    } {
        /// The page's title.
        title: String,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A document where something was found.
    SourceDocumentChunk {
        /// The id of the source.
        source_id: String,
        /// The media type.
        media_type: String,
        /// The title.
        title: String,
    } {
        /// The file's name.
        filename: String,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A file.
    FileChunk {
        /// Its content as a `data:` URL, or where it is.
        url: String,
        /// The media type.
        media_type: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A file that belongs to the reasoning.
    ReasoningFileChunk {
        /// Its content as a `data:` URL, or where it is.
        url: String,
        /// The media type.
        media_type: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// Something went wrong.
    ErrorChunk {
        /// What, in words for the user.
        error_text: String,
    } {}
}
shape! {
    /// What the program notes about the message.
    MessageMetadataChunk {
        /// The notes; an object is merged with those that are there.
        message_metadata: Value,
    } {}
}
shape! {
    /// The message is complete.
    #[derive(Default)]
    FinishChunk {} {
        /// Why the model stopped.
        finish_reason: UnifiedFinishReason,
        /// What the program notes about the message.
        message_metadata: Value,
    }
}
shape! {
    /// Somebody gave up on the message.
    #[derive(Default)]
    AbortChunk {} {
        /// Why, if they said so.
        reason: String,
    }
}
shape! {
    /// Data of the program's own.
    DataChunk {
        /// What it is: `data-<name>`.
        #[serde(rename = "type")]
        tag: String,
        /// The data.
        #[serde(default)]
        data: Value,
    } {
        /// Its id: data of the same kind and id is replaced.
        id: String,
        /// Whether it is for the moment alone and does not become part of the message.
        transient: bool,
    }
}

shape! {
    /// The input of a tool begins.
    ToolInputStartChunk {
        /// The call.
        tool_call_id: String,
        /// The tool.
        tool_name: String,
    } {
        /// What the pieces of the input are; JSON if it does not say.
        input_encoding: InputEncoding,
        /// Whether the provider runs the tool.
        provider_executed: bool,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
        /// What the program noted about the tool.
        tool_metadata: JsonObject,
        /// Whether the tool was not known when the program was written.
        dynamic: bool,
        /// What to call the tool before a person.
        title: String,
    }
}
shape! {
    /// More of a tool's input.
    ToolInputDeltaChunk {
        /// The call.
        tool_call_id: String,
        /// What is added to the input: a piece of JSON, or of a text.
        input_text_delta: String,
    } {}
}
shape! {
    /// The input of a tool, whole.
    ToolInputAvailableChunk {
        /// The call.
        tool_call_id: String,
        /// The tool.
        tool_name: String,
        /// The input.
        #[serde(default)]
        input: Value,
    } {
        /// Whether the provider runs the tool.
        provider_executed: bool,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
        /// What the program noted about the tool.
        tool_metadata: JsonObject,
        /// Whether the tool was not known when the program was written.
        dynamic: bool,
        /// What to call the tool before a person.
        title: String,
    }
}
shape! {
    /// The input of a tool cannot be used.
    ToolInputErrorChunk {
        /// The call.
        tool_call_id: String,
        /// The tool.
        tool_name: String,
        /// The input, or what the model wrote in its place.
        #[serde(default)]
        input: Value,
        /// What is wrong, in words for the user.
        error_text: String,
    } {
        /// Whether the provider runs the tool.
        provider_executed: bool,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
        /// What the program noted about the tool.
        tool_metadata: JsonObject,
        /// Whether the tool was not known when the program was written.
        dynamic: bool,
        /// What to call the tool before a person.
        title: String,
    }
}
shape! {
    /// A tool call waits for somebody's leave, or a rule has decided.
    ToolApprovalRequestChunk {
        /// The id of the question, to be given in the answer.
        approval_id: String,
        /// The call in question.
        tool_call_id: String,
    } {
        /// What the program that asks wants shown with the question.
        #[serde(deserialize_with = "present")]
        approval_descriptor: Value,
        /// The input before the tool's schema changed it.
        #[serde(deserialize_with = "present")]
        input_schema_input: Value,
        /// Why leave is needed, for who is asked.
        reason: String,
        /// Whether a rule has answered, so that nobody needs to be asked.
        is_automatic: bool,
        /// What proves that the question was asked by the server.
        signature: String,
    }
}
shape! {
    /// Whether a tool may run.
    ToolApprovalResponseChunk {
        /// The id of the question.
        approval_id: String,
        /// The answer.
        approved: bool,
    } {
        /// Why.
        reason: String,
        /// Whether the provider runs the tool.
        provider_executed: bool,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// The result of a tool.
    ToolOutputAvailableChunk {
        /// The call.
        tool_call_id: String,
        /// What the tool gave.
        #[serde(default)]
        output: Value,
    } {
        /// Whether the provider ran the tool.
        provider_executed: bool,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
        /// What the program noted about the tool.
        tool_metadata: JsonObject,
        /// Whether the tool was not known when the program was written.
        dynamic: bool,
        /// Whether another result will replace this one.
        preliminary: bool,
    }
}
shape! {
    /// A tool call gave no result.
    ToolOutputErrorChunk {
        /// The call.
        tool_call_id: String,
        /// What went wrong, in words for the user.
        error_text: String,
    } {
        /// Whether the provider ran the tool.
        provider_executed: bool,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
        /// What the program noted about the tool.
        tool_metadata: JsonObject,
        /// Whether the tool was not known when the program was written.
        dynamic: bool,
    }
}
shape! {
    /// A tool call was refused and did not run.
    ToolOutputDeniedChunk {
        /// The call.
        tool_call_id: String,
    } {}
}
