//! Leave to run a tool: the question, the answer, and the rules that may give it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::{Message, ToolApprovalRequestPart, ToolApprovalResponsePart};
use aqueduct_spec::{BoxFuture, ProviderMetadata};
use serde_json::Value;

use super::signature::ApprovalKey;
use super::{Contexts, ToolCall, ToolContext};

/// What a rule says about a tool call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolApproval {
    /// No leave is needed.
    #[default]
    NotApplicable,
    /// Leave is given by the rule; the conversation records it.
    Approved {
        /// Why.
        reason: Option<String>,
    },
    /// Leave is refused by the rule: the tool does not run and the model learns why.
    Denied {
        /// Why.
        reason: Option<String>,
    },
    /// Somebody has to be asked.
    User {
        /// Why, for who is asked.
        reason: Option<String>,
    },
}

impl ToolApproval {
    /// Leave is given.
    pub fn approved() -> Self {
        Self::Approved { reason: None }
    }

    /// Leave is refused.
    pub fn denied() -> Self {
        Self::Denied { reason: None }
    }

    /// Somebody has to be asked.
    pub fn user() -> Self {
        Self::User { reason: None }
    }

    /// Adds why leave is given, refused, or needed.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        match &mut self {
            Self::Approved { reason } | Self::Denied { reason } | Self::User { reason } => {
                *reason = Some(why.into());
            }
            Self::NotApplicable => {}
        }
        self
    }
}

/// A tool call that a rule is asked about.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApprovalQuestion {
    /// The call.
    pub tool_call: ToolCall,
    /// The messages that led to the call.
    pub messages: Arc<[Message]>,
    /// What the program passes along.
    pub contexts: Contexts,
}

/// A tool call waits for somebody's leave, or a rule has decided already.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolApprovalRequest {
    /// The id of the question, to be given in the answer.
    pub approval_id: String,
    /// The call in question.
    pub tool_call: ToolCall,
    /// Why leave is needed, for who is asked.
    pub reason: Option<String>,
    /// Whether a rule has answered, so that nobody needs to be asked.
    pub is_automatic: bool,
    /// What proves that the question was asked here and about this very input; see `tool_approval_secret`.
    pub signature: Option<String>,
    /// What else the provider said about it, if it is the provider's tool.
    pub provider_metadata: Option<ProviderMetadata>,
}

impl ToolApprovalRequest {
    /// Gives leave: put this part into a tool message behind the response messages, and ask again.
    pub fn approve(&self) -> ToolApprovalResponsePart {
        self.answer(true, None)
    }

    /// Refuses leave; the model learns why.
    pub fn deny(&self, reason: impl Into<String>) -> ToolApprovalResponsePart {
        self.answer(false, Some(reason.into()))
    }

    fn answer(&self, approved: bool, reason: Option<String>) -> ToolApprovalResponsePart {
        let mut part = ToolApprovalResponsePart::new(self.approval_id.as_str(), approved);
        part.reason = reason;
        part.provider_executed = self.tool_call.provider_executed.then_some(true);
        part
    }

    pub(crate) fn to_part(&self) -> ToolApprovalRequestPart {
        let id = self.tool_call.tool_call_id.as_str();
        let mut part = ToolApprovalRequestPart::new(self.approval_id.as_str(), id);
        part.reason.clone_from(&self.reason);
        part.is_automatic = self.is_automatic.then_some(true);
        part.signature.clone_from(&self.signature);
        part
    }
}

/// A rule's answer to the question for leave.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolApprovalResponse {
    /// The id of the question.
    pub approval_id: String,
    /// The call in question.
    pub tool_call: ToolCall,
    /// The answer.
    pub approved: bool,
    /// Why.
    pub reason: Option<String>,
    /// Whether it is the provider's tool.
    pub provider_executed: bool,
}

/// A tool call was refused and did not run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolOutputDenied {
    /// The call.
    pub tool_call_id: String,
    /// The tool.
    pub tool_name: String,
    /// Whether it is the provider's tool.
    pub provider_executed: bool,
    /// Whether the tool was not known when the program was written.
    pub dynamic: bool,
}

impl ToolOutputDenied {
    pub(crate) fn of(call: &ToolCall) -> Self {
        Self {
            tool_call_id: call.tool_call_id.clone(),
            tool_name: call.tool_name.clone(),
            provider_executed: call.provider_executed,
            dynamic: call.dynamic,
        }
    }
}

/// What a request says about leave to run tools.
#[derive(Clone, Default)]
pub(crate) struct ApprovalRules {
    pub(crate) generic: Option<GenericRule>,
    pub(crate) by_tool: BTreeMap<String, ToolRule>,
    pub(crate) key: Option<ApprovalKey>,
}

pub(crate) type GenericRule =
    Arc<dyn Fn(ApprovalQuestion) -> BoxFuture<'static, ToolApproval> + Send + Sync>;

/// What a request says about one tool.
#[derive(Clone)]
pub(crate) enum ToolRule {
    Always(ToolApproval),
    When(Arc<dyn Fn(Value, ToolContext) -> BoxFuture<'static, ToolApproval> + Send + Sync>),
}

impl fmt::Debug for ApprovalRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApprovalRules").finish_non_exhaustive()
    }
}
