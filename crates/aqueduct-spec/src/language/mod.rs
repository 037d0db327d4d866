//! Language models: text, reasoning, tool calls and files from a prompt.
//!
//! A prompt is a list of messages made of parts; an answer is a list of [`Content`] parts, or a stream of [`StreamPart`]s.

mod call;
mod content;
mod finish_reason;
mod prompt;
mod result;
mod settings;
mod stream;
mod stream_answer;
mod tool;
mod usage;

pub use call::*;
pub use content::*;
pub use finish_reason::*;
pub use prompt::*;
pub use result::*;
pub use settings::*;
pub use stream::*;
pub use tool::*;
pub use usage::*;
