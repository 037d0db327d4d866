//! The `simulator`: a provider without any model, for tests, demos, load and chaos.
//!
//! Every answer says so in `providerMetadata.simulator`, and nothing falls back to it unless a route names it. The same call
//! gets the same answer: no chance, no clock (the id and the date of an answer come from the call's context). Tokens are
//! words. Settings of chance (`temperature`, `topP`, `topK`, penalties, `seed`) are accepted and met by any fixed answer.
//!
//! # Models
//!
//! | kind | id | answers |
//! |---|---|---|
//! | language | `echo` | what the user said last; a file as `[file: image/png, 70 bytes]` |
//! | | `lorem` | a fixed text of 69 words |
//! | | `reasoning` | a thought (signed in `providerMetadata.simulator.signature`), then as `echo` |
//! | | `tools` | a call of the first function tool; after its result, a text that holds the result |
//! | | `json` | JSON, with or without `responseFormat` |
//! | embedding | `embedding` | bags of words, hashed and of length 1, so that similar texts are near; option `dimensions` (256) |
//! | reranking | `reranking` | the share of the query's words that a document has |
//! | image | `image` | PNGs of the size asked for |
//! | speech | `speech` | WAV, a tone a word; the text is in the file's comment |
//! | transcription | `transcription` | the text of `speech`, or a sentence about the audio; streamed too, a word for each chunk of audio and the rest at its end |
//! | speech translation | `speech-translation` | what it hears, behind the name of the language asked for; audio as raw PCM, 8 kHz |
//! | realtime | `realtime` | tokens, with no session behind them; the common events are its frames |
//! | video | `video` | uncompressed AVI, at once or as a job that is done when asked after |
//!
//! Any other id is `NoSuchModel`. All language models call a tool if `toolChoice` is `required` or names one, answer a JSON
//! `responseFormat` with JSON that fits its schema, stop at `stopSequences`, and cut their text at `maxOutputTokens` words
//! (finish reason `length`). After a tool's result every model answers with the result.
//!
//! # Scripts
//!
//! A call scripts its answer in `providerOptions.simulator`, or, from clients that cannot set those, in a marker in its last
//! user text, which is cut out of what is echoed (calls of other kinds: in their text, prompt, query or values):
//!
//! ```text
//! Hello! [[simulator {"failure": {"status": 429, "retryAfterMs": 50, "times": 2}}]]
//! ```
//!
//! | option | does |
//! |---|---|
//! | `text` | answers this text |
//! | `reasoning` | thinks this first |
//! | `toolCalls` | calls these tools: `[{"toolName", "input", "toolCallId"?}]`; an input that is a string is sent as it is, broken JSON too. Not again once results follow |
//! | `parts` | answers these V4 stream parts; `stream-start` and `finish` are added where they lack |
//! | `steps` | a list of scripts, one for each step of a tool loop (the last goes on); each is laid over the rest of the script |
//! | `latencyMs` | waits before it answers or fails |
//! | `firstChunkDelayMs` | waits between the start of the stream and its first chunk |
//! | `chunkDelayMs` | waits before each further chunk. A whole answer takes as long as its stream |
//! | `chunkSize` | characters in a chunk; without it, a word |
//! | `failure` | fails: `{"status"?, "kind"?: "network" \| "timeout", "message"?, "code"?, "retryAfterMs"?, "times"?}`. With `times`, the same call fails that often and then succeeds. Without status and kind: status 500 |
//! | `failAfterChunks` | the connection breaks after so many chunks (deltas of text, reasoning, tool input) |
//! | `stallAfterChunks` | nothing more comes after so many chunks, until the call is dropped |
//! | `finishReason` | `stop`, `length`, `content-filter`, `tool-calls`, `error`, `other` |
//! | `usage` | a V4 usage in place of the count of words |
//! | `warnings` | V4 warnings to answer with |
//! | `metadata` | an object added to `providerMetadata.simulator` |
//! | `dimensions` | the length of embeddings, 1 to 4096 |
//!
//! Live audio is scripted by options alone; of a realtime call these are in its session's `providerOptions`.
//!
//! The options win over the marker, the marker over the settings. Several simulators can stand beside each other under
//! names of their own (setting `name`): `providerOptions.<name>` and `[[simulator:<name> {…}]]` script that one alone, which
//! is how a test breaks one target of a route and not the other. An option that is not listed is a warning, a malformed one an
//! `InvalidRequest`.
//!
//! # Settings
//!
//! `name`, `latencyMs`, `latencyJitterMs` (up to so much on top), `firstChunkDelayMs`, `chunkDelayMs`, `chunkSize`;
//! `failureRate` (0 to 1) and `failureStatus` (503), `cutRate` (streams that break after their first chunk), `stallRate`
//! (that stall there), all drawn from `seed` (0): the n-th call of an instance always fares the same;
//! `requestsPerMinute`, over which a call is refused with 429, `retry-after` and rate limit headers.
//!
//! Sleeping is this provider's purpose and its alone; all others leave time to layers.

mod answer;
mod calls;
mod conversation;
mod digest;
mod embedding;
mod failure;
mod fold;
mod image;
mod language;
mod live;
mod pace;
mod png;
mod provider;
mod realtime;
mod reranking;
mod schema;
mod script;
mod settings;
mod speech;
mod transcription;
mod translation;
mod video;
mod wav;
mod words;

pub use provider::{ENTRY, MODELS};
