//! What is written into `tracing`.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

thread_local! {
    static WRITTEN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Everything that this thread writes, and with it all tasks of a test's runtime.
///
/// The subscriber is that of the whole process: what `tracing` remembers of who wants to hear what is shared by all threads,
/// so that one of a single thread would miss events that another thread was the first to write.
pub(crate) struct Log;

impl Log {
    pub(crate) fn begin() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
            all.with_ansi(false).with_writer(|| Writer).init();
        });
        tracing::callsite::rebuild_interest_cache();
        WRITTEN.set(Some(Vec::new()));
        Self
    }

    pub(crate) fn text(&self) -> String {
        let bytes = WRITTEN.take().unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("rmcp"), "nothing was written, so nothing was seen");
        text
    }
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| {
            if let Some(written) = written {
                written.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
