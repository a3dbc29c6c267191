//! The size and the hash of a file, taken while it is read.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// The size and the hash of what was read of a file so far.
#[derive(Clone, Default)]
pub(crate) struct RunningDigest(Arc<Mutex<(u64, blake3::Hasher)>>);

impl RunningDigest {
    /// Bytes read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// BLAKE3 of the bytes read so far.
    pub(crate) fn hash(&self) -> blake3::Hash {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.finalize()
    }

    fn add(&self, bytes: &[u8]) {
        let mut digest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        digest.0 += bytes.len() as u64;
        digest.1.update(bytes);
    }
}

/// A reader whose bytes are counted and hashed.
pub(super) struct DigestReader<R> {
    inner: R,
    digest: RunningDigest,
}

impl<R> DigestReader<R> {
    /// Adds all that is read to a digest.
    pub(super) fn new(inner: R, digest: RunningDigest) -> Self {
        Self { inner, digest }
    }
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.add(&buffer[..read]);
        Ok(read)
    }
}
