//! What is written into `tracing`.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that this thread writes, and with it all tasks of a test's runtime.
pub(crate) struct Log {
    bytes: Bytes,
    _guard: DefaultGuard,
}

impl Log {
    pub(crate) fn begin() -> Self {
        let bytes = Bytes::default();
        let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
        let all = all.with_writer(bytes.clone()).finish();
        Self { bytes, _guard: tracing::subscriber::set_default(all) }
    }

    pub(crate) fn text(&self) -> String {
        let text = String::from_utf8(self.bytes.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("rmcp"), "nothing was written, so nothing was seen");
        text
    }
}

#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl io::Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Bytes {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
