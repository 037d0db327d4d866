//! The events of a streamed answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shape::objects;
use super::{Annotation, Item, Response};

/// Declares the events and how they are told apart.
macro_rules! events {
    ($( $(#[$meta:meta])* $variant:ident($type:ty) = $value:literal, )+) => {
        /// An event.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            $( $(#[$meta])* $variant($type), )+
            /// A kind this version does not know, or one of another shape than it knows.
            Unknown(Value),
        }

        impl Event {
            /// Reads the data of an event. The kind is read first, so that the fields need no detour over generic JSON.
            ///
            /// # Errors
            /// If it is no JSON object with a `type`.
            pub fn read(data: &str) -> Result<Self, serde_json::Error> {
                #[derive(Deserialize)]
                struct Head<'a> {
                    #[serde(borrow)]
                    r#type: std::borrow::Cow<'a, str>,
                }
                let head: Head<'_> = serde_json::from_str(data)?;
                Self::read_as(&head.r#type, data)
            }

            /// Reads the data of an event whose kind is known.
            pub(crate) fn read_as(kind: &str, data: &str) -> Result<Self, serde_json::Error> {
                let known = match kind {
                    $( $value => serde_json::from_str::<$type>(data).ok().map(|mut fields| {
                        fields.rest.shift_remove("type");
                        Self::$variant(fields)
                    }), )+
                    _ => None,
                };
                match known {
                    Some(event) => Ok(event),
                    None => serde_json::from_str(data).map(Self::Unknown),
                }
            }

            /// The value of `type`.
            pub fn tag(&self) -> &str {
                match self {
                    $( Self::$variant(_) => $value, )+
                    Self::Unknown(value) => value.get("type").and_then(Value::as_str).unwrap_or_default(),
                }
            }
        }

        impl Serialize for Event {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(Serialize)]
                struct Tagged<'a, T> {
                    r#type: &'static str,
                    #[serde(flatten)]
                    fields: &'a T,
                }
                match self {
                    $( Self::$variant(fields) => Tagged { r#type: $value, fields }.serialize(serializer), )+
                    Self::Unknown(value) => value.serialize(serializer),
                }
            }
        }
    };
}

events! {
    /// The answer begins.
    Created(ResponseEvent) = "response.created",
    /// The model is at work.
    InProgress(ResponseEvent) = "response.in_progress",
    /// The answer is complete.
    Completed(ResponseEvent) = "response.completed",
    /// The answer stopped early.
    Incomplete(ResponseEvent) = "response.incomplete",
    /// The answer failed.
    Failed(ResponseEvent) = "response.failed",
    /// An item begins.
    ItemAdded(ItemEvent) = "response.output_item.added",
    /// An item is whole.
    ItemDone(ItemEvent) = "response.output_item.done",
    /// More text.
    TextDelta(TextDelta) = "response.output_text.delta",
    /// Where something in the text was found.
    AnnotationAdded(AnnotationAdded) = "response.output_text.annotation.added",
    /// A thought begins.
    SummaryPartAdded(SummaryPart) = "response.reasoning_summary_part.added",
    /// More of a thought.
    SummaryTextDelta(SummaryDelta) = "response.reasoning_summary_text.delta",
    /// A thought is whole.
    SummaryPartDone(SummaryPart) = "response.reasoning_summary_part.done",
    /// More of a function's arguments.
    FunctionCallArgumentsDelta(ItemDelta) = "response.function_call_arguments.delta",
    /// More of a custom tool's input.
    CustomToolCallInputDelta(ItemDelta) = "response.custom_tool_call_input.delta",
    /// More of the interpreter's code.
    CodeDelta(ItemDelta) = "response.code_interpreter_call_code.delta",
    /// The interpreter's code is whole.
    CodeDone(CodeDone) = "response.code_interpreter_call_code.done",
    /// More of a patch.
    DiffDelta(ItemDelta) = "response.apply_patch_call_operation_diff.delta",
    /// A patch is whole.
    DiffDone(DiffDone) = "response.apply_patch_call_operation_diff.done",
    /// An image, as far as it is.
    PartialImage(PartialImage) = "response.image_generation_call.partial_image",
    /// Something failed.
    Error(ErrorEvent) = "error",
}

objects! {
    /// Something about the whole answer.
    ResponseEvent {
        /// The answer so far.
        response: Response,
    } {
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// More of something.
    ItemDelta {
        /// Which item; other hosts change the id from event to event.
        item_id: String,
        /// Which item, by its place.
        output_index: u64,
        /// What is added.
        delta: String,
    } {
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// More text.
    TextDelta {
        /// Which item.
        item_id: String,
        /// What is added.
        delta: String,
    } {
        /// Which item, by its place.
        output_index: u64,
        /// How likely the tokens were.
        logprobs: Value,
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// A thought begins or is whole.
    SummaryPart {
        /// Which item.
        item_id: String,
        /// Which thought of it.
        summary_index: u64,
    } {
        /// Which item, by its place.
        output_index: u64,
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// More of a thought.
    SummaryDelta {
        /// Which item.
        item_id: String,
        /// Which thought of it.
        summary_index: u64,
        /// What is added.
        delta: String,
    } {
        /// Which item, by its place.
        output_index: u64,
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// The interpreter's code is whole.
    CodeDone {
        /// Which item.
        item_id: String,
        /// Which item, by its place.
        output_index: u64,
        /// The code.
        code: String,
    } {
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// A patch is whole.
    DiffDone {
        /// Which item.
        item_id: String,
        /// Which item, by its place.
        output_index: u64,
        /// The patch.
        diff: String,
    } {
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// An image, as far as it is.
    PartialImage {
        /// Which item.
        item_id: String,
        /// Which item, by its place.
        output_index: u64,
        /// The image in base64.
        partial_image_b64: String,
    } {
        /// Which event of the stream.
        sequence_number: u64,
    }
    /// Something failed; the words are here or in `error`.
    ErrorEvent {} {
        /// The words.
        message: String,
        /// The code.
        code: Value,
        /// What it is about.
        param: Value,
        /// All of that, as older versions of the API have it.
        error: Value,
        /// Which event of the stream.
        sequence_number: u64,
    }
}

/// An item begins or is whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemEvent {
    /// Which item, by its place.
    #[serde(default)]
    pub output_index: u64,
    /// The item.
    pub item: Item,
    /// Which event of the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<u64>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: aqueduct_spec::JsonObject,
}

/// Where something in the text was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AnnotationAdded {
    /// Where.
    pub annotation: Annotation,
    /// Which item, by its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_index: Option<u64>,
    /// Which event of the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<u64>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: aqueduct_spec::JsonObject,
}
