//! Conversations made shorter: thoughts and tool calls that nobody needs any more are left out.
//!
//! Source: <https://ai-sdk.dev/docs/reference/ai-sdk-ui/prune-messages> and the behaviour of `ai` 7.0.173 (2026-11).

use std::collections::{HashMap, HashSet};

use aqueduct_spec::language::{AssistantPart, Message, ToolPart};

/// What [`prune_messages`] leaves out. Default: nothing but empty messages.
///
/// ```
/// use aqueduct::message::{Prune, PruneFrom, prune_messages};
///
/// # let messages = Vec::new();
/// let prune = Prune::new()
///     .reasoning(PruneFrom::BeforeLastMessage)
///     .tool_calls(PruneFrom::BeforeLast(4))
///     .tool_calls_of(["search"], PruneFrom::All);
/// let shorter = prune_messages(messages, &prune);
/// # assert!(shorter.is_empty());
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "it says what to leave out, and leaves out nothing itself"]
pub struct Prune {
    reasoning: Option<PruneFrom>,
    tool_calls: Vec<ToolRule>,
    keeps_empty: bool,
}

/// The messages from which something is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PruneFrom {
    /// All.
    All,
    /// All but the last one.
    BeforeLastMessage,
    /// All but the last so many.
    BeforeLast(usize),
}

impl PruneFrom {
    /// How many messages at the end stay as they are.
    fn n_kept(self) -> usize {
        match self {
            Self::All => 0,
            Self::BeforeLastMessage => 1,
            Self::BeforeLast(n) => n,
        }
    }
}

#[derive(Debug, Clone)]
struct ToolRule {
    from: PruneFrom,
    /// Only these tools; `None` for all.
    tools: Option<HashSet<String>>,
}

impl Prune {
    /// Leaves out nothing but empty messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out thoughts, and files that belong to them.
    pub fn reasoning(mut self, from: PruneFrom) -> Self {
        self.reasoning = Some(from);
        self
    }

    /// Leaves out tool calls, their results and the questions about them, and thoughts that led to nothing else. What the messages
    /// that stay refer to stays too. Rules are added to one another.
    pub fn tool_calls(mut self, from: PruneFrom) -> Self {
        self.tool_calls.push(ToolRule { from, tools: None });
        self
    }

    /// As [`Prune::tool_calls`], of these tools only.
    pub fn tool_calls_of<T: Into<String>>(
        mut self,
        tools: impl IntoIterator<Item = T>,
        from: PruneFrom,
    ) -> Self {
        let tools = Some(tools.into_iter().map(Into::into).collect());
        self.tool_calls.push(ToolRule { from, tools });
        self
    }

    /// Keeps messages of which nothing is left.
    pub fn keep_empty_messages(mut self) -> Self {
        self.keeps_empty = true;
        self
    }
}

/// Leaves thoughts and tool calls out of a conversation, to save tokens.
#[must_use]
pub fn prune_messages(mut messages: Vec<Message>, prune: &Prune) -> Vec<Message> {
    if let Some(from) = prune.reasoning {
        for message in before_kept(&mut messages, from.n_kept()) {
            if let Message::Assistant(message) = message {
                message.content.retain(|part| !is_thought(part));
            }
        }
    }
    for rule in &prune.tool_calls {
        rule.apply(&mut messages);
    }
    if !prune.keeps_empty {
        messages.retain(|message| !is_empty(message));
    }
    messages
}

fn before_kept(messages: &mut [Message], n_kept: usize) -> &mut [Message] {
    let end = messages.len().saturating_sub(n_kept);
    messages.get_mut(..end).unwrap_or_default()
}

fn is_empty(message: &Message) -> bool {
    match message {
        Message::System(message) => message.content.is_empty(),
        Message::User(message) => message.content.is_empty(),
        Message::Assistant(message) => message.content.is_empty(),
        Message::Tool(message) => message.content.is_empty(),
        _ => false,
    }
}

fn is_thought(part: &AssistantPart) -> bool {
    matches!(part, AssistantPart::Reasoning(_) | AssistantPart::ReasoningFile(_))
}

/// Thoughts in a row belong to what follows them. If nothing is left of that they go as well: some providers refuse thoughts that
/// lead to nothing.
fn drop_idle_thoughts(content: &[AssistantPart], keeps: &mut [bool]) {
    let mut end = content.len();
    // From the end, a group of thoughts and what follows it at a time.
    while let Some(last) = content.iter().take(end).rposition(is_thought) {
        let before = content.iter().take(last).rposition(|part| !is_thought(part));
        let start = before.map_or(0, |before| before + 1);
        let follows = keeps.get(last + 1..end).unwrap_or_default();
        if !follows.is_empty() && !follows.contains(&true) {
            keeps.get_mut(start..=last).unwrap_or_default().fill(false);
        }
        end = start;
    }
}

/// What a part of a message has to do with a tool.
enum Link<'a> {
    /// A call or its result.
    Call { id: &'a str, tool: &'a str },
    /// A question about a call.
    Question { id: &'a str, call_id: &'a str },
    /// The answer to a question.
    Answer { id: &'a str },
}

fn of_assistant(part: &AssistantPart) -> Option<Link<'_>> {
    match part {
        AssistantPart::ToolCall(part) => {
            Some(Link::Call { id: &part.tool_call_id, tool: &part.tool_name })
        }
        AssistantPart::ToolResult(part) => {
            Some(Link::Call { id: &part.tool_call_id, tool: &part.tool_name })
        }
        AssistantPart::ToolApprovalRequest(part) => {
            Some(Link::Question { id: &part.approval_id, call_id: &part.tool_call_id })
        }
        _ => None,
    }
}

fn of_tool(part: &ToolPart) -> Option<Link<'_>> {
    match part {
        ToolPart::ToolResult(part) => {
            Some(Link::Call { id: &part.tool_call_id, tool: &part.tool_name })
        }
        ToolPart::ToolApprovalResponse(part) => Some(Link::Answer { id: &part.approval_id }),
        _ => None,
    }
}

fn links(message: &Message) -> Vec<Link<'_>> {
    match message {
        Message::Assistant(message) => message.content.iter().filter_map(of_assistant).collect(),
        Message::Tool(message) => message.content.iter().filter_map(of_tool).collect(),
        _ => Vec::new(),
    }
}

/// What belongs together across the messages of a conversation.
#[derive(Default)]
struct Belongings {
    /// The tools of calls.
    tools: HashMap<String, String>,
    /// The calls that questions are about.
    questions: HashMap<String, String>,
    kept_calls: HashSet<String>,
    kept_questions: HashSet<String>,
}

impl Belongings {
    fn of(messages: &[Message], n_kept: usize) -> Self {
        let mut all = Self::default();
        for link in messages.iter().flat_map(links) {
            match link {
                Link::Call { id, tool } => {
                    all.tools.insert(id.to_owned(), tool.to_owned());
                }
                Link::Question { id, call_id } => {
                    all.questions.insert(id.to_owned(), call_id.to_owned());
                }
                Link::Answer { .. } => {}
            }
        }
        for link in messages.iter().rev().take(n_kept).flat_map(links) {
            match link {
                Link::Call { id, .. } => {
                    all.kept_calls.insert(id.to_owned());
                }
                Link::Question { id, .. } | Link::Answer { id } => {
                    all.kept_questions.insert(id.to_owned());
                    // A question without its call is no conversation that a model could go on with.
                    all.kept_calls.extend(all.questions.get(id).cloned());
                }
            }
        }
        all
    }

    fn is_kept(&self, link: &Link<'_>) -> bool {
        match link {
            Link::Call { id, .. } => self.kept_calls.contains(*id),
            Link::Question { id, .. } | Link::Answer { id } => self.kept_questions.contains(*id),
        }
    }

    fn tool<'a>(&'a self, link: &Link<'a>) -> Option<&'a str> {
        match link {
            Link::Call { tool, .. } => Some(tool),
            Link::Question { id, .. } | Link::Answer { id } => {
                self.tools.get(self.questions.get(*id)?).map(String::as_str)
            }
        }
    }
}

impl ToolRule {
    fn apply(&self, messages: &mut [Message]) {
        let n_kept = self.from.n_kept();
        let all = Belongings::of(messages, n_kept);
        let stays = |link: &Link<'_>| all.is_kept(link) || self.spares(all.tool(link));
        for message in before_kept(messages, n_kept) {
            match message {
                Message::Assistant(message) => {
                    let mut keeps: Vec<bool> = message
                        .content
                        .iter()
                        .map(|part| of_assistant(part).as_ref().is_none_or(stays))
                        .collect();
                    drop_idle_thoughts(&message.content, &mut keeps);
                    let mut keeps = keeps.into_iter();
                    message.content.retain(|_| keeps.next().unwrap_or(true));
                }
                Message::Tool(message) => {
                    message.content.retain(|part| of_tool(part).as_ref().is_none_or(stays));
                }
                _ => {}
            }
        }
    }

    /// Whether this is a tool that the rule is not about.
    fn spares(&self, tool: Option<&str>) -> bool {
        match (&self.tools, tool) {
            (Some(tools), Some(tool)) => !tools.contains(tool),
            _ => false,
        }
    }
}
