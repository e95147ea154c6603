//! What this thread logs while a test runs, as the functions would write it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing::subscriber::DefaultGuard;

/// The log of this thread.
#[derive(Clone, Default)]
pub struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    /// Captures until the guard is dropped.
    #[must_use]
    pub fn start() -> (Self, DefaultGuard) {
        // While there is but one subscriber, an event that another thread comes
        // by first is switched off for all, since that thread has none. So
        // there is one for every thread, and an earlier one does as well.
        let for_all = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
        drop(tracing::subscriber::set_global_default(for_all));
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone());
        (log, tracing::subscriber::set_default(subscriber.finish()))
    }

    /// The lines that say this.
    ///
    /// # Panics
    ///
    /// When the log is not text.
    #[must_use]
    pub fn lines_with(&self, text: &str) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().expect("no test panicked with it").clone());
        let log = log.expect("the log is text");
        log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }

    /// The fields of the lines that say this.
    ///
    /// # Panics
    ///
    /// When a line is not JSON.
    #[must_use]
    pub fn fields_with(&self, text: &str) -> Vec<Value> {
        let fields = |line: String| {
            let line: Value = serde_json::from_str(&line).expect("a line is JSON");
            line["fields"].clone()
        };
        self.lines_with(text).into_iter().map(fields).collect()
    }
}

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panicked with it").write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
