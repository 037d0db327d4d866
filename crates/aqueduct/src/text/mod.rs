//! Text from a language model: `generate_text` and `stream_text`, which are one request and one loop.
//!
//! ```text
//! request ─ checks ─► tool_loop ─► model_call ─► Model<Generate> | Model<Stream>
//!                        ▲  │                        │ parts
//!                        │  └─ tools, in parallel ◄─ step (records the answer)
//!                        └───────── next step ◄──────┘
//! ```
//!
//! A unary answer is taken apart into the parts of a stream (`whole`), so that there is one reading of an answer. Nothing
//! runs unless it is polled, and dropping the request or the stream cancels everything that is under way.

mod answer;
mod callbacks;
mod content;
mod emitter;
mod model_call;
mod part;
mod request;
mod result;
mod settings;
mod step;
mod stop;
mod stream;
mod tool_loop;
mod whole;

pub use content::ContentPart;
pub use part::{FinishPart, FinishStepPart, StartStepPart, TextStreamPart};
pub use request::{Streamed, TextRequest, Whole, generate_text, stream_text};
pub use result::TextResult;
pub use step::Step;
pub use stop::{has_tool_call, step_count_is};
pub use stream::{TextDeltas, TextStream};
