//! How one host of the messages API differs from the vendor's own.

use std::collections::BTreeMap;
use std::fmt::Debug;

use aqueduct_spec::UrlPattern;

use super::encode::Betas;
use super::wire;

/// How one host of the messages API differs from the vendor's own. Every method has the vendor's own as its default.
///
/// Hosts that also sign or frame in a way of their own (Bedrock) use [`encode`](super::encode::encode) and the decoders, and
/// send by themselves.
pub trait Dialect: Debug + Send + Sync + 'static {
    /// Where a call goes, below the base URL.
    fn path(&self, _model_id: &str, _stream: bool) -> String {
        "/messages".to_owned()
    }

    /// Last touch on a request: renames, removals, and features that are named in the body.
    fn adapt(&self, _request: &mut wire::Request, _betas: &mut Betas) {}

    /// Whether the host holds answers to JSON schemas.
    fn structured_output(&self) -> bool {
        true
    }

    /// Whether it holds inputs of tools to them.
    fn strict_tools(&self) -> bool {
        true
    }

    /// Which URLs it fetches itself, by media type.
    fn supported_urls(&self) -> BTreeMap<String, Vec<UrlPattern>> {
        BTreeMap::new()
    }
}

/// The vendor's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Dialect for Plain {
    fn supported_urls(&self) -> BTreeMap<String, Vec<UrlPattern>> {
        BTreeMap::from([
            ("image/*".to_owned(), vec![UrlPattern::Web]),
            ("application/pdf".to_owned(), vec![UrlPattern::Web]),
        ])
    }
}
