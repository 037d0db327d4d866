//! Puts streamed tool calls together.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use aqueduct_spec::language::{StreamPart, ToolCall, ToolInputDelta, ToolInputEnd, ToolInputStart};
use aqueduct_spec::{Context, Error, ProviderMetadata, Result};

/// More calls in one answer are not a model's doing.
const MAX_CALLS: usize = 4096;

/// The bytes that all arguments of one answer may take together.
const MAX_ARGUMENT_BYTES: usize = 64 * 1024 * 1024;

/// The tool calls of one streamed answer.
///
/// A piece belongs to the call with its id, else with its index, else to the last one. Calls are finished at the end of the
/// stream only: arguments that parse may still be the begin of longer ones.
#[derive(Debug, Default)]
pub(crate) struct ToolCallTracker {
    calls: Vec<Call>,
    by_id: HashMap<String, usize>,
    by_index: HashMap<u64, usize>,
    latest: Option<usize>,
    type_required: bool,
    argument_bytes: usize,
}

#[derive(Debug)]
struct Call {
    id: String,
    name: String,
    arguments: String,
    metadata: Option<ProviderMetadata>,
}

/// A piece of a call.
#[derive(Debug, Default)]
pub(crate) struct Piece<'a> {
    pub(crate) index: Option<u64>,
    pub(crate) id: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) arguments: Option<Cow<'a, str>>,
    pub(crate) metadata: Option<ProviderMetadata>,
}

impl ToolCallTracker {
    /// Demands that the first piece of a call says `"type": "function"`, or not.
    pub(crate) fn new(type_required: bool) -> Self {
        Self { type_required, ..Self::default() }
    }

    /// Whether a call with this index has begun.
    pub(crate) fn knows_index(&self, index: u64) -> bool {
        self.by_index.contains_key(&index)
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// `InvalidResponse` if a call begins without an id or a name.
    pub(crate) fn piece(
        &mut self,
        piece: Piece<'_>,
        cx: &Context,
        parts: &mut VecDeque<StreamPart>,
    ) -> Result<()> {
        let index = piece.index;
        let named = piece.id.filter(|id| !id.is_empty());
        let known = match (named, index) {
            (Some(id), _) => self.by_id.get(id).copied(),
            (None, Some(index)) => self.by_index.get(&index).copied(),
            (None, None) => self.latest,
        };
        let is_indexed = named.is_none() && known.is_some();
        self.argument_bytes += piece.arguments.as_deref().map_or(0, str::len);
        if self.argument_bytes > MAX_ARGUMENT_BYTES || self.calls.len() >= MAX_CALLS {
            return Err(Error::invalid_response("the tool calls of the answer do not end"));
        }
        let position = match known {
            Some(position) => {
                self.go_on(position, piece.arguments, parts);
                position
            }
            None => self.begin(piece, cx, parts)?,
        };
        if let Some(index) = index.filter(|_| !is_indexed) {
            self.by_index.insert(index, position);
        }
        self.latest = Some(position);
        Ok(())
    }

    /// Finishes all calls, in the order in which they began.
    pub(crate) fn finish(&mut self, parts: &mut VecDeque<StreamPart>) {
        for call in self.calls.drain(..) {
            parts.push_back(ToolInputEnd::new(call.id.as_str()).into());
            let mut whole = ToolCall::new(call.id, call.name, call.arguments);
            whole.provider_metadata = call.metadata;
            parts.push_back(whole.into());
        }
    }

    fn begin(
        &mut self,
        piece: Piece<'_>,
        cx: &Context,
        parts: &mut VecDeque<StreamPart>,
    ) -> Result<usize> {
        let expected = |what: &str| {
            Error::invalid_response(format!("a tool call of the answer begins without {what}"))
        };
        if self.type_required && piece.kind != Some("function") {
            return Err(expected("the type 'function'"));
        }
        let id = piece.id.ok_or_else(|| expected("an id"))?;
        let name = piece.name.ok_or_else(|| expected("a function name"))?;
        // Several calls with empty ids could not be told apart.
        let id = if id.is_empty() { cx.generate_id() } else { id.to_owned() };
        parts.push_back(ToolInputStart::new(id.as_str(), name).into());
        let arguments = piece.arguments.unwrap_or_default();
        if !arguments.is_empty() {
            parts.push_back(ToolInputDelta::new(id.as_str(), &*arguments).into());
        }
        let position = self.calls.len();
        self.by_id.insert(id.clone(), position);
        self.calls.push(Call {
            id,
            name: name.to_owned(),
            arguments: arguments.into_owned(),
            metadata: piece.metadata,
        });
        Ok(position)
    }

    fn go_on(
        &mut self,
        position: usize,
        arguments: Option<Cow<'_, str>>,
        parts: &mut VecDeque<StreamPart>,
    ) {
        if let (Some(call), Some(arguments)) = (self.calls.get_mut(position), arguments) {
            call.arguments.push_str(&arguments);
            parts.push_back(ToolInputDelta::new(call.id.as_str(), arguments).into());
        }
    }
}
