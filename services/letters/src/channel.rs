//! The directory that letters are put into.

use crate::{Delivery, Letters};
use messages::Letter;
use runtime::Caller;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A channel that is a directory.
#[derive(Debug, Clone)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// A channel into this directory; it is made when it does not exist.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// Puts both forms of the letter on disk, flushed, under names that only this letter has.
    fn deliver(&self, letter: &Letter) -> io::Result<()> {
        let year = letter.written_on.format("%Y").to_string();
        let directory = self.root.join(letter.authority.as_str()).join(year);
        fs::create_dir_all(&directory)?;
        write_whole(&directory, &format!("{}.txt", letter.letter), letter.text.as_bytes())?;
        write_whole(&directory, &format!("{}.html", letter.letter), letter.html.as_bytes())?;
        // A name lasts once its folder is synced: those of the files, of the year and of the authority.
        directory.ancestors().take(3).try_for_each(|folder| File::open(folder)?.sync_all())
    }
}

/// Under its name the file is whole or not there.
fn write_whole(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let temporary = directory.join(format!(".{name}.part"));
    let mut file = File::create(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, directory.join(name))
}

#[async_trait::async_trait]
impl Caller<Letters> for Directory {
    async fn call(&self, _key: &str, id: &str, letter: Letter) -> Delivery {
        let channel = self.clone();
        let written = tokio::task::spawn_blocking(move || channel.deliver(&letter)).await;
        match written {
            Ok(Ok(())) => Delivery::Delivered,
            Ok(Err(error)) => {
                tracing::error!(letter.id = id, error.kind = %error.kind(), "a letter could not be written to the channel; it is tried again");
                Delivery::Failed
            }
            Err(_) => {
                tracing::error!(
                    letter.id = id,
                    "a letter was not written by a fault of the program; it is tried again"
                );
                Delivery::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_written_twice_is_there_once_and_whole() {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            write_whole(directory.path(), "a.txt", b"whole").unwrap();
        }
        let names: Vec<_> =
            fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.txt"]);
        assert_eq!(fs::read(directory.path().join("a.txt")).unwrap(), b"whole");
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_an_error_and_not_a_panic() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(Directory::open(file.path().join("below-a-file")).is_err());
    }
}
