//! Leaves out of an answer what is large and was not asked for.

use aqueduct_spec::Include;
use aqueduct_spec::embedding::EmbedResult;
use aqueduct_spec::image::GenerateImageResult;
use aqueduct_spec::language::{GenerateResult, RequestInfo, ResponseInfo};
use aqueduct_spec::reranking::RerankResult;
use aqueduct_spec::speech::GenerateSpeechResult;
use aqueduct_spec::transcription::TranscribeResult;
use aqueduct_spec::video::{GenerateVideoResult, StartVideoResult, VideoStatus};

/// An answer with parts that only who asks for them gets.
pub(super) trait Trim {
    /// Leaves out what `include` does not name.
    fn trim(&mut self, include: Include);
}

fn request(info: &mut Option<RequestInfo>, include: Include) {
    if !include.request_body || info.as_ref().is_some_and(|info| info.body.is_none()) {
        *info = None;
    }
}

fn response(info: &mut Option<ResponseInfo>, include: Include) {
    if let Some(present) = info.as_mut().filter(|_| !include.response_body) {
        present.headers = None;
        present.body = None;
        if *present == ResponseInfo::default() {
            *info = None;
        }
    }
}

macro_rules! trim {
    ($($type:ty: $($field:ident)+;)+) => { $(
        impl Trim for $type {
            fn trim(&mut self, include: Include) {
                $($field(&mut self.$field, include);)+
            }
        }
    )+ };
}

trim! {
    GenerateResult: request response;
    GenerateImageResult: response;
    GenerateSpeechResult: request response;
    TranscribeResult: request response;
    RerankResult: response;
    GenerateVideoResult: response;
    StartVideoResult: response;
}

impl Trim for EmbedResult {
    fn trim(&mut self, include: Include) {
        response(&mut self.response, include);
        // The client takes no usage or one with a number, but nothing in between.
        if self.usage.as_ref().is_some_and(|usage| usage.tokens.is_none()) {
            self.usage = None;
        }
    }
}

impl Trim for VideoStatus {
    fn trim(&mut self, include: Include) {
        match self {
            Self::Pending(status) => response(&mut status.response, include),
            Self::Completed(status) => response(&mut status.response, include),
            Self::Error(status) => response(&mut status.response, include),
            Self::Cancelled(status) => response(&mut status.response, include),
            _ => {}
        }
    }
}
