//! Secrets come from files or from the environment: a command line can be seen by everybody on the machine.

use crate::cli::WrongInput;
use secrecy::SecretString;
use std::path::Path;

/// The first line of a file that holds one secret, whatever ends it. `option` is what named the file.
pub fn read(path: &Path, option: &str) -> Result<SecretString, WrongInput> {
    let refused = |problem: String| WrongInput(format!("{option} {}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refused(format!("cannot be read: {error}")))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() || secret.contains('\n') {
        return Err(refused("holds no secret: write it as one line".to_owned()));
    }
    Ok(SecretString::from(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn read_back(content: &str) -> Result<String, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let secret = read(file.path(), "--a-file").map_err(|error| error.to_string())?;
        Ok(secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_one_line_and_keeps_its_blanks() {
        assert_eq!(read_back("hunter 2 \r\n").unwrap(), "hunter 2 ");
        assert_eq!(read_back("hunter2").unwrap(), "hunter2");
    }

    #[test]
    fn a_file_without_a_secret_is_refused_and_nothing_of_it_is_shown() {
        for content in ["", "\n", "hunter2\nhunter3\n"] {
            let refused = read_back(content).unwrap_err();
            assert!(refused.starts_with("--a-file ") && !refused.contains("hunter"), "{refused}");
        }
        assert!(read(Path::new("/nowhere"), "--a-file").is_err());
    }
}
