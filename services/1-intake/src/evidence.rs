//! Raw input, kept as it came and addressed by its SHA-256.

use crate::Error;
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The largest input, in bytes. A full extract of the largest municipality has under 2 GiB.
pub(crate) const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// How much is read at a time, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// A folder of raw inputs: `ab/abcdef…`, each written under another name, synced and renamed, so that a name always
/// has its whole content.
#[derive(Debug, Clone)]
pub(crate) struct EvidenceStore {
    folder: PathBuf,
}

/// Two inputs that arrive at once must not write to one file.
static NEXT_TEMPORARY: AtomicU64 = AtomicU64::new(0);

/// The SHA-256 of what `input` gives, in hexadecimal.
pub(crate) fn sha256(mut input: impl Read) -> std::io::Result<String> {
    let (mut hash, mut chunk) = (Sha256::new(), vec![0; CHUNK_BYTES]);
    loop {
        let read = input.read(&mut chunk)?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
    }
    Ok(hex::encode(hash.finalize()))
}

impl EvidenceStore {
    /// Opens the folder; makes it where it is absent.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, Error> {
        // It holds the registers' own files: nobody else may read it.
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|source| Error::Keep { path: folder.clone(), source })?;
        Ok(Self { folder })
    }

    /// Where an input lies.
    pub(crate) fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(sha256.get(..2).unwrap_or("__")).join(sha256)
    }

    /// Opens an input.
    pub(crate) fn read(&self, sha256: &str) -> Result<BufReader<File>, Error> {
        let path = self.path(sha256);
        match File::open(&path) {
            Ok(file) => Ok(BufReader::with_capacity(CHUNK_BYTES, file)),
            Err(source) => Err(Error::Read { path, source }),
        }
    }

    /// Keeps what `input` gives and returns its SHA-256 in hexadecimal. What is there already is not written again.
    /// `from` names the input in errors.
    pub(crate) fn put(&self, from: &Path, input: impl Read) -> Result<String, Error> {
        let number = NEXT_TEMPORARY.fetch_add(1, Ordering::Relaxed);
        let temporary = self.folder.join(format!(".receiving-{}-{number}", std::process::id()));
        let kept = self.write(from, input, &temporary).and_then(|sha256| self.name(&temporary, sha256));
        if kept.is_err() {
            // The error itself is what the caller must know; what remains is a file that nothing reads.
            let _ = fs::remove_file(&temporary);
        }
        kept
    }

    fn write(&self, from: &Path, mut input: impl Read, temporary: &Path) -> Result<String, Error> {
        let keep = |source| Error::Keep { path: temporary.to_owned(), source };
        let mut file = File::create(temporary).map_err(keep)?;
        let (mut hash, mut chunk, mut size) = (Sha256::new(), vec![0; CHUNK_BYTES], 0_u64);
        loop {
            let read =
                input.read(&mut chunk).map_err(|source| Error::Read { path: from.to_owned(), source })?;
            let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else { break };
            size += u64::try_from(read).unwrap_or(u64::MAX);
            if size > FILE_BYTES_MAX {
                return Err(Error::TooLarge { path: from.to_owned() });
            }
            hash.update(part);
            file.write_all(part).map_err(keep)?;
        }
        file.sync_all().map_err(keep)?;
        Ok(hex::encode(hash.finalize()))
    }

    fn name(&self, temporary: &Path, sha256: String) -> Result<String, Error> {
        let path = self.path(&sha256);
        let keep = |source| Error::Keep { path: path.clone(), source };
        if path.exists() {
            fs::remove_file(temporary).map_err(keep)?;
            return Ok(sha256);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(keep)?;
        fs::rename(temporary, &path).map_err(keep)?;
        // The name lasts once its folder is synced, and the folder's name once the one above is.
        for folder in [folder, &self.folder] {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(keep)?;
        }
        Ok(sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_same_content_is_kept_once_under_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path().join("evidence")).unwrap();
        let first = store.put(Path::new("a"), &b"abc"[..]).unwrap();
        let second = store.put(Path::new("b"), &b"abc"[..]).unwrap();
        assert_eq!(first, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(first, second);
        let mut text = String::new();
        store.read(&first).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        assert!(
            store
                .path(&first)
                .ends_with("ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
        let rights = fs::metadata(folder.path().join("evidence")).unwrap().permissions();
        assert_eq!(rights.mode() & 0o777, 0o700, "its owner's alone");
        let left = fs::read_dir(folder.path().join("evidence")).unwrap().count();
        assert_eq!(left, 1, "nothing temporary remains");
    }

    #[test]
    fn an_input_that_breaks_off_leaves_nothing() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("broken"))
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let store = EvidenceStore::open(folder.path().to_owned()).unwrap();
        store.put(Path::new("a"), (&b"abc"[..]).chain(Broken)).unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
