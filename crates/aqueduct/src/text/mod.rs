//! Text from a language model: `generate_text` and `stream_text`, which are one request and one loop.
//!
//! ```text
//! request ─ checks ─► tool_loop ─► run/step ─► run/answer ─► Model<Generate> | Model<Stream>
//!                                   ▲   │                      │ parts: reader (as the consumer sees them),
//!                                   │   └─ run/tools ◄─────────┘        record (as content)
//!                                   └── next step ◄──┘
//! ```
//!
//! A unary answer is taken apart into the parts of a stream (`layer::whole_answer`), so that there is one reading of an answer. Nothing
//! runs unless it is polled, and dropping the request or the stream cancels everything that is under way.

mod abort;
mod block_ids;
mod call_settings;
mod callbacks;
mod content;
mod emitter;
mod event;
mod model_call;
mod part;
mod performance;
mod prepare_step;
mod reader;
mod record;
mod repair;
mod request;
mod result;
mod run;
mod smooth;
mod step;
mod stop;
mod stream;
mod tape;
mod timeouts;
mod tool_loop;
mod transform;

pub use abort::AbortHandle;
pub use aqueduct_spec::language::{
    FinishReason, InputEncoding, ReasoningEffort, ResponseFormat, UnifiedFinishReason, Usage,
};
pub(crate) use callbacks::{Callback, Callbacks};
pub use content::ContentPart;
pub use event::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, StartEvent, StepStartEvent, ToolEndEvent,
    ToolStartEvent,
};
pub use part::{
    AbortPart, FinishPart, FinishStepPart, StartStepPart, TextStreamPart, ToolInputStartPart,
};
pub use performance::{ChunkTimes, Performance};
pub use prepare_step::{IntoStepChanges, StepChanges, StepPlan};
pub use repair::BrokenToolCall;
pub(crate) use request::PrepareCall;
pub use request::{
    Blueprint, Streamed, TextRequest, Whole, generate_text, stream_model_call, stream_text,
};
pub use result::TextResult;
pub use smooth::{Smoothing, smooth_stream};
pub use step::Step;
pub use stop::{has_tool_call, loop_finished, step_count_is};
pub use stream::{TextDeltas, TextStream};
pub(crate) use timeouts::Limit;
pub use timeouts::Timeouts;
pub use transform::{PartStream, TransformContext};
